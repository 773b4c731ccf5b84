"""Declarations of what the student writes: a `def` without a body is signature, stub, contract and generator at once.

    def softmax(logits: Reals["n c"]) -> Reals["n c"]:
        \"\"\"The probabilities of each row.\"\"\"

`Reals["n d"]` is a float64 array of n × d, `Ints["n", "c"]` whole numbers below c, `Opaque` the student's own business
(state, caches), `Random` a generator of random numbers (`np.random.Generator`), made in the student's process from a
seed. A dict or tuple of these is several outputs. A `Layer` is a pair forward/backward with an opaque cache, an `Object` a
class: its annotations are the attributes that are read, its methods what is called. Sizes are letters, bound where a case
is drawn, or digits; `Reals["..."]` has any shape, the same in all arrays of the function that are declared so, and
`Reals["*lead d"]` any number of axes before the last, the same wherever `*lead` occurs (none, too). `Several[Reals["i o"],
"L"]` is a list of L arrays, each of sizes of its own: the weights of a network of L layers. `Given["d -> "]` is a function that
the student is given, which takes an array and returns a number (`given` makes one for a case). `Choice["right wrong kink"]` is
one of these words, as text.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..errors import TopicError
from ..inside.wire import Bound, Seeded
from .cases import place
from .targets import ANY_SHAPE, LEADING, Class, Function, Parameter, Spec, Target

__all__ = [
    "Choice",
    "Class",
    "Declared",
    "Function",
    "Given",
    "Ints",
    "Layer",
    "Object",
    "Opaque",
    "Parameter",
    "Random",
    "Reals",
    "Several",
    "Spec",
    "Target",
    "function",
    "functions_of",
    "is_declaration",
    "layer",
    "object_class",
    "sample",
    "targets_of",
]

SHAPE = "shape"  # the keyword of `sample` that binds "..."
KINDS = 'Reals["n d"], Ints["n", "c"], Several[…], Given[…], Choice[…], Opaque or Random'


class _Arrays:
    def __init__(self, name: str, kind: str) -> None:
        self.name, self.kind = name, kind

    def __getitem__(self, dims: Any) -> Spec:
        shape, below = dims if isinstance(dims, tuple) and len(dims) == 2 else (dims, "")
        first, *others = shape.split() if isinstance(shape, str) and shape.split() else ["", ""]
        sizes = all(d.isdigit() or d.isidentifier() for d in [first.removeprefix(LEADING), *others])
        if not sizes and shape not in ("", ANY_SHAPE):
            expected = (
                f'sizes are letters or digits with blanks between, as in {self.name}["n 3"], or "..." for any shape; '
                f'{self.name}["*lead n"] has any number of axes before the others'
            )
            raise TopicError(f"{self.name}[{dims!r}]: {expected}")
        return Spec(self.kind, tuple(shape.split()), str(below))

    def __repr__(self) -> str:
        return f"{self.name} without sizes"


class _Lists:
    def __getitem__(self, parts: Any) -> Spec:
        match parts:
            case (Spec(several="", is_array=True) as item, str() as count) if count.isdigit() or count.isidentifier():
                return Spec("list", item=item, count=count)
        raise TopicError(
            f'Several[{parts!r}]: what an item is and how many there are, as in Several[Reals["i o"], "L"]'
        )

    def __repr__(self) -> str:
        return "Several without items"


class _Functions:
    def __getitem__(self, what: Any) -> Spec:
        sides = [side.split() for side in what.split("->")] if isinstance(what, str) else []
        if len(sides) != 2 or not all(
            d.isdigit() or d.isidentifier() for side in sides if side != [ANY_SHAPE] for d in side
        ):
            raise TopicError(
                f'Given[{what!r}]: what the function takes and gives, as in Given["d -> "], Given["d -> d"] or Given["... -> "]'
            )
        return Spec("function", below=what)

    def __repr__(self) -> str:
        return "Given without sizes"


class _Words:
    def __getitem__(self, words: Any) -> Spec:
        found = words.split() if isinstance(words, str) else []
        if len(found) < 2 or len(set(found)) < len(found):
            raise TopicError(f'Choice[{words!r}]: two words or more with blanks between, as in Choice["right wrong"]')
        return Spec("choice", below=words)

    def __repr__(self) -> str:
        return "Choice without words"


Several, Given, Choice = _Lists(), _Functions(), _Words()
Reals, Ints, Opaque, Random = _Arrays("Reals", "real"), _Arrays("Ints", "int"), Spec("opaque"), Spec("random")


class Layer:
    """Base of a pair `NAME_forward` / `NAME_backward`: the class's name is the layer's, its two methods the pair."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]


class Object:
    """Base of a class that the student writes. Annotated names are attributes that the grader reads; methods without a
    body are what it calls; operators (`__add__`, …) are methods, too."""


Declared = Function | Callable[..., Any] | type[Layer] | type[Object]


def function(declared: Callable[..., Any] | Function) -> Function:
    """Return the Function that a bodyless `def` declares. Raise TopicError for anything else."""
    if isinstance(declared, Function):
        return declared
    if not inspect.isfunction(declared):
        what = f"{declared.__name__} is a class" if isinstance(declared, type) else f"{declared!r} is none"
        raise TopicError(f"a function is asked for here, and {what}: name a `def` without a body")
    return _read(declared, declared.__name__)


def layer(declared: type[Layer]) -> tuple[Function, Function]:
    """Return the forward and backward Functions of a Layer. Raise TopicError for anything else."""
    name = getattr(declared, "__name__", repr(declared))
    if not (isinstance(declared, type) and issubclass(declared, Layer)):
        raise TopicError(f"a Layer is asked for here, and {name} is none: write `class {name}(Layer)`")
    for method in ("forward", "backward"):
        if not inspect.isfunction(getattr(declared, method, None)):
            raise TopicError(f"the Layer {name} has no `def {method}`")
    forward, backward = _read(declared.forward, f"{name}_forward"), _read(declared.backward, f"{name}_backward")
    if [spec.is_array for _, spec in forward.outputs] != [True, False]:
        raise TopicError(
            f"{forward.name} has to return an array and an Opaque cache, in this order", place(declared.forward)
        )
    if len(backward.parameters) < 2:
        raise TopicError(f"{backward.name} has to take `dout` and the cache, in this order", place(declared.backward))
    _require_bound_sizes(backward, forward.parameters, place(declared.backward))
    return forward, backward


def object_class(declared: type[Object]) -> Class:
    """Return the Class that an Object declares. Raise TopicError for an attribute that is annotated as something else."""
    annotations = inspect.get_annotations(declared)
    for name, spec in annotations.items():
        if not isinstance(spec, Spec):
            raise TopicError(f"{declared.__name__}: `{name}` is annotated with {_shown(spec)}, expected {KINDS}")
    own = {name: value for name, value in vars(declared).items() if inspect.isfunction(value)}
    methods = tuple(_read(value, name, bound=True) for name, value in own.items())
    return Class(declared.__name__, tuple(annotations.items()), methods, inspect.cleandoc(declared.__doc__ or ""))


def functions_of(declared: Declared) -> tuple[Function, ...]:
    """Return the functions that a declaration of a function or of a Layer stands for. Raise TopicError for an Object."""
    if isinstance(declared, type) and issubclass(declared, Object):
        name = declared.__name__
        raise TopicError(f"{name} is an Object: it is asked by a script, as in follows(script, {name})")
    return layer(declared) if isinstance(declared, type) else (function(declared),)


def targets_of(declared: Declared) -> tuple[Target, ...]:
    """Return what the student writes for a declaration."""
    if isinstance(declared, type) and issubclass(declared, Object):
        return (object_class(declared),)
    return functions_of(declared)


def is_declaration(value: Any) -> bool:
    """Return whether a module's value declares something that the student writes."""
    if isinstance(value, type):
        return issubclass(value, Layer | Object) and value not in (Layer, Object)
    if not inspect.isfunction(value):
        return False
    returns = value.__annotations__.get("return")
    parts = _parts(returns)
    return bool(parts) and all(isinstance(spec, Spec) for _, spec in parts)


def _parts(returns: Any) -> list[tuple[str, Any]]:
    if isinstance(returns, dict):
        return list(returns.items())
    return [("", spec) for spec in (returns if isinstance(returns, tuple) else (returns,))]


@lru_cache(maxsize=1024)  # every case that is drawn and every call that is made begins here
def _read(declared: Callable[..., Any], name: str, bound: bool = False) -> Function:
    """Read a `def`. `bound`: a method, whose first parameter is the object; what it returns may be no Spec, and is then not
    described. Raise TopicError, with the place of the `def`, for annotations that say nothing."""
    signature = inspect.signature(declared)
    given = list(signature.parameters.values())[bound:]
    outputs = tuple(_parts(signature.return_annotation))
    if not bound:
        for p in given:
            _require_kind(name, p, place(declared))
        for _, spec in outputs:
            if not isinstance(spec, Spec):
                sentence = f"{name} returns {_shown(spec)}, expected {KINDS}, or a dict of names and these"
                raise TopicError(sentence, place(declared))
    described = tuple(part for part in outputs if isinstance(part[1], Spec))
    parameters = tuple(
        Parameter(
            p.name,
            p.annotation if isinstance(p.annotation, Spec) else None,
            p.default,
            p.kind is inspect.Parameter.KEYWORD_ONLY,
        )
        for p in given
    )
    read = Function(name, parameters, described, inspect.cleandoc(declared.__doc__ or ""))
    # What is opaque may have sizes of its own, and so may the last of a list.
    if not bound and all(p.spec is None or (p.spec != Opaque and p.spec.item is None) for p in parameters):
        _require_bound_sizes(read, (), place(declared))
    return read


def _require_kind(name: str, p: inspect.Parameter, where: str) -> None:
    """Raise TopicError unless a parameter has a kind, or is a hyper-parameter."""
    if p.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
        raise TopicError(f"{name} takes `{p}`: name each argument", where)
    is_hyper = p.kind is inspect.Parameter.KEYWORD_ONLY or p.default is not inspect.Parameter.empty
    if not isinstance(p.annotation, Spec) and (not is_hyper or isinstance(p.annotation, _Arrays)):
        sentence = f"`{p.name}` of {name} is annotated with {_shown(p.annotation)}, expected {KINDS}"
        raise TopicError(f"{sentence}; a hyper-parameter is a keyword, after `*`", where)


def _require_bound_sizes(target: Function, others: Iterable[Parameter], where: str) -> None:
    """Raise TopicError where an output has a size that no argument has: then nothing says how large it is."""
    known: dict[str, None] = {}
    for p in (*target.parameters, *others):
        known |= dict.fromkeys(sorted(p.spec.letters) if p.spec is not None else [p.name])
    for i, (_, spec) in enumerate(target.outputs):
        if free := spec.free(known):
            have = f"they have: {', '.join(known)}" if known else "they have none"
            raise TopicError(f"{target.label(i)} has the size `{free[0]}`, which no argument has ({have})", where)


def _shown(annotation: Any) -> str:
    if annotation is inspect.Parameter.empty or annotation is None:
        return "nothing"
    if isinstance(annotation, str):
        return f"the text {annotation!r} (is `from __future__ import annotations` in this file? Take it out)"
    return annotation.__name__ if isinstance(annotation, type) else repr(annotation)


def sample(declared: Declared, rng: Any, *, scale: float = 1.0, **given: Any) -> dict[str, Any]:
    """Draw arguments that fit a signature (a layer's is its forward's): reals N(0, scale²), ints below their bound, a seed
    for a generator, one of the words of a choice.

    `given` binds sizes (n=8; shape=(3, 4) where "..." is declared; lead=(2, 3) for "*lead"; L=2, i=(4, 3), o=(3, 1) for the items
    of a list, one size for each item or for all) and may give an argument outright (x=...). Hyper-parameters are left out
    unless given; one that is a whole number is a size as well. Raise TopicError where a size is not given, or what is given
    has no place.
    """
    target = functions_of(declared)[0]
    letters = {letter for p in target.parameters if p.spec is not None for letter in p.spec.letters}
    if ANY_SHAPE in letters:
        letters = letters - {ANY_SHAPE} | {SHAPE}
    for name in given:
        if name not in letters and all(name != p.name for p in target.parameters):
            has = f"its arguments are {', '.join(p.name for p in target.parameters)}"
            sizes = f", its sizes {', '.join(sorted(letters))}" if letters else ""
            raise TopicError(f"sample({target.name}, …, {name}=…): {target.name} has no `{name}` ({has}{sizes})")
    arguments = {p.name for p in target.parameters if p.spec is not None}
    sizes_given = target.defaults | {key: value for key, value in given.items() if key not in arguments}
    case: dict[str, Any] = {}
    for p in target.parameters:
        if p.name in given:
            case[p.name] = given[p.name]
        elif p.spec is not None and p.spec.kind == "random":
            case[p.name] = Seeded(int(rng.integers(1 << 63)))
        elif p.spec is not None and p.spec.words:
            case[p.name] = str(rng.choice(p.spec.words))
        elif p.spec is not None and p.spec.is_array:
            if free := sorted({SHAPE if d == ANY_SHAPE else d for d in p.spec.letters} - sizes_given.keys()):
                sentence = f"the size `{free[0]}` of `{p.name}` is not given"
                raise TopicError(f"sample({target.name}, …): {sentence}: write sample({target.name}, rng, {free[0]}=…)")
            case[p.name] = _draw(p.spec, rng, scale, sizes_given)
        elif p.spec is not None and p.spec.item is not None:
            if free := sorted(p.spec.letters - sizes_given.keys()):
                sentence = f"the size `{free[0]}` of `{p.name}` is not given"
                raise TopicError(f"sample({target.name}, …): {sentence}: write sample({target.name}, rng, {free[0]}=…)")
            case[p.name] = [
                _draw(p.spec.item, rng, scale, {**sizes_given, **dict(zip(p.spec.item.dims, shape, strict=True))})
                for shape in p.spec.shapes(sizes_given) or []
            ]
    return case


def given(function: Callable[..., Any], *, budget: int = 0, **bound: Any) -> Bound:
    """Return a function of the topic for a case, where `Given` is declared, with the arguments `bound` by name.

    Its text is sent, and it is made in the student's process: it may use `np` and what is bound, nothing else, and holds no truth,
    no target and no seed, for student code can read it. The reference has a function of the same name, which it is given in its
    place. With a `budget`, the call beyond it raises. Raise TopicError for what has no text.
    """
    try:
        text = ast.unparse(ast.parse(textwrap.dedent(inspect.getsource(function))))  # the same, however it is formatted
    except (OSError, TypeError, SyntaxError) as error:
        raise TopicError(f"given({function!r}): a `def` is expected, whose text can be read: {error}") from error
    return Bound(function.__name__, text, dict(bound), budget)


def _draw(spec: Spec, rng: Any, scale: float, sizes: Mapping[str, Any]) -> Any:
    shape = spec.shape({**sizes, ANY_SHAPE: sizes.get(SHAPE)})
    assert shape is not None  # `sample` saw to it that all sizes are given
    if spec.kind == "real":
        return scale * rng.normal(size=shape) if shape else scale * float(rng.normal())
    below = int(spec.below) if spec.below.isdigit() else sizes[spec.below]
    return np.asarray(rng.integers(below, size=shape))
