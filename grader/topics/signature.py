"""What the student writes, declared by a `def` without a body: signature, stub, contract and generator at once.

    def softmax(logits: Reals["n c"]) -> Reals["n c"]:
        \"\"\"The probabilities of each row.\"\"\"

`Reals["n d"]` is a float64 array of n × d, `Ints["n", "c"]` whole numbers below c, `Opaque` the student's own business
(state, caches), `Random` a generator of random numbers (`np.random.Generator`), made in the student's process from a
seed. A dict or tuple of these is several outputs. A `Layer` is a pair forward/backward with an opaque cache, an `Object` a
class: its annotations are the attributes that are read, its methods what is called. Sizes are letters, bound where a case
is drawn, or digits.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..inside.plan import Plan
from ..inside.wire import Ref, Seeded


@dataclass(frozen=True)
class Spec:
    """One argument or output: `kind` is "real", "int", "opaque" or "random"; ints lie in [0, below)."""

    kind: str
    dims: tuple[str, ...] = ()
    below: str = ""

    @property
    def is_array(self) -> bool:
        return self.kind in ("real", "int")

    def describe(self) -> str:
        if self.kind == "opaque":
            return "whatever you need; nobody else looks inside"
        if self.kind == "random":
            return "a numpy random generator (np.random.Generator): draw from it, and from nothing else"
        noun = {"real": "real", "int": "whole number"}[self.kind]
        if not self.dims:
            return f"a {noun}" + (" number" if self.kind == "real" else "")
        shape = f"({', '.join(self.dims)}{',' if len(self.dims) == 1 else ''})"
        return f"{noun if self.kind == 'real' else 'integer'} array of shape {shape}" + (
            f", each 0 ≤ value < {self.below}" if self.below else ""
        )


class _Arrays:
    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __getitem__(self, dims: Any) -> Spec:
        shape, below = dims if isinstance(dims, tuple) else (dims, "")
        return Spec(self.kind, tuple(shape.split()), str(below))


Reals, Ints, Opaque, Random = _Arrays("real"), _Arrays("int"), Spec("opaque"), Spec("random")


@dataclass(frozen=True)
class Parameter:
    """`spec` is None for a hyper-parameter (a keyword with a default)."""

    name: str
    spec: Spec | None
    default: Any = inspect.Parameter.empty
    keyword: bool = False


@dataclass(frozen=True)
class Function:
    """A function that the student writes."""

    name: str
    parameters: tuple[Parameter, ...]
    outputs: tuple[tuple[str, Spec], ...]  # (name or "", spec)
    doc: str

    @property
    def arrays(self) -> tuple[str, ...]:
        """The names of the real-valued arguments, in order: what a gradient can be taken with respect to."""
        return tuple(p.name for p in self.parameters if p.spec and p.spec.kind == "real")

    @property
    def defaults(self) -> dict[str, Any]:
        return {p.name: p.default for p in self.parameters if p.default is not inspect.Parameter.empty}

    def arguments(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """The part of a case that this function takes. Raises TypeError where the case lacks an argument."""
        missing = [p.name for p in self.parameters if p.name not in case and p.name not in self.defaults]
        if missing:
            raise TypeError(f"{self.name}: the case lacks {', '.join(missing)}")
        return {p.name: case[p.name] for p in self.parameters if p.name in case}

    def ask(self, plan: Plan, case: Mapping[str, Any]) -> list[Ref]:
        """Add a call with a case's arguments to a plan: arrays by position, hyper-parameters by keyword."""
        given = self.arguments(case)
        args = [given[p.name] for p in self.parameters if p.name in given and not p.keyword]
        kwargs = {p.name: given[p.name] for p in self.parameters if p.name in given and p.keyword}
        names = [name for name, _ in self.outputs] if len(self.outputs) > 1 else []
        return plan.call(self.name, *args, outputs=len(self.outputs), names=names, **kwargs)

    def sizes(self, case: Mapping[str, Any]) -> dict[str, int]:
        """The letters of the signature, bound by the shapes of a case; a whole-number argument, given or by default, binds its
        own name."""
        bound: dict[str, int] = {}
        for p in self.parameters:
            value = case.get(p.name, p.default)
            if p.spec is None and isinstance(value, int):
                bound[p.name] = value
            if p.spec is not None and p.spec.is_array and p.name in case:
                bound.update(zip(p.spec.dims, np.shape(case[p.name]), strict=True))
        return bound

    def given(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Everything that has a name in a call: arguments, hyper-parameters (their defaults, too), and sizes by letter."""
        return {**self.defaults, **self.arguments(case), **self.sizes(case)}

    def shape(self, output: int, case: Mapping[str, Any]) -> tuple[int, ...]:
        """The shape of an output on a case."""
        bound = self.sizes(case)
        return tuple(int(d) if d.isdigit() else bound[d] for d in self.outputs[output][1].dims)

    def label(self, output: int) -> str:
        """How a sentence names an output: "adam", or "`dgamma` of batch_norm_backward"."""
        name = self.outputs[output][0]
        return f"`{name}` of {self.name}" if name else self.name


class Layer:
    """Base of a pair `NAME_forward` / `NAME_backward`: the class's name is the layer's, its two methods the pair."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]


class Object:
    """Base of a class that the student writes. Annotated names are attributes that the grader reads; methods without a
    body are what it calls; operators (`__add__`, …) are methods, too."""


@dataclass(frozen=True)
class Class:
    """A class that the student writes."""

    name: str
    attributes: tuple[tuple[str, Spec], ...]
    methods: tuple[Function, ...]
    doc: str


Target = Function | Class
Declared = Function | Callable[..., Any] | type[Layer] | type[Object]


def function(declared: Callable[..., Any] | Function) -> Function:
    """The Function that a bodyless `def` declares."""
    return declared if isinstance(declared, Function) else _read(declared, declared.__name__)


def layer(declared: type[Layer]) -> tuple[Function, Function]:
    """The forward and backward Functions of a Layer."""
    name = declared.__name__
    return _read(declared.forward, f"{name}_forward"), _read(declared.backward, f"{name}_backward")


def object_class(declared: type[Object]) -> Class:
    """The Class that an Object declares."""
    attributes = tuple((n, s) for n, s in inspect.get_annotations(declared).items() if isinstance(s, Spec))
    own = {name: value for name, value in vars(declared).items() if inspect.isfunction(value)}
    methods = tuple(_read(value, name, bound=True) for name, value in own.items())
    return Class(declared.__name__, attributes, methods, inspect.cleandoc(declared.__doc__ or ""))


def functions_of(declared: Declared) -> tuple[Function, ...]:
    """The functions that a declaration of a function or of a Layer stands for."""
    if isinstance(declared, type):
        assert issubclass(declared, Layer), f"{declared.__name__} is a class: ask it with `follows`"
        return layer(declared)
    return (function(declared),)


def targets_of(declared: Declared) -> tuple[Target, ...]:
    """What the student writes for a declaration."""
    if isinstance(declared, type) and issubclass(declared, Object):
        return (object_class(declared),)
    return functions_of(declared)


def is_declaration(value: Any) -> bool:
    """Whether a module's value declares something that the student writes."""
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
    """`bound`: a method, whose first parameter is the object; what it returns may be no Spec, and is then not described."""
    signature = inspect.signature(declared)
    parameters = tuple(
        Parameter(
            p.name,
            p.annotation if isinstance(p.annotation, Spec) else None,
            p.default,
            p.kind is inspect.Parameter.KEYWORD_ONLY,
        )
        for p in list(signature.parameters.values())[bound:]
    )
    outputs = tuple(_parts(signature.return_annotation))
    described = outputs if not bound else tuple(part for part in outputs if isinstance(part[1], Spec))
    return Function(name, parameters, described, inspect.cleandoc(declared.__doc__ or ""))


def sample(declared: Declared, rng: Any, *, scale: float = 1.0, **given: Any) -> dict[str, Any]:
    """Draw arguments that fit a signature (a layer's is its forward's): reals N(0, scale²), ints below their bound, a seed
    for a generator.

    `given` binds sizes (n=8) and may give an argument outright (x=...). Hyper-parameters are left out unless given; one that
    is a whole number is a size as well.
    """
    target = functions_of(declared)[0]
    arguments = {p.name for p in target.parameters if p.spec is not None}
    sizes = target.defaults | {key: value for key, value in given.items() if key not in arguments}
    case: dict[str, Any] = {}
    for p in target.parameters:
        if p.name in given:
            case[p.name] = given[p.name]
        elif p.spec is not None and p.spec.kind == "random":
            case[p.name] = Seeded(int(rng.integers(1 << 63)))
        elif p.spec is not None and p.spec.is_array:
            case[p.name] = _draw(p.spec, rng, scale, sizes)
    return case


def _draw(spec: Spec, rng: Any, scale: float, sizes: Mapping[str, int]) -> Any:
    shape = tuple(int(d) if d.isdigit() else sizes[d] for d in spec.dims)
    if spec.kind == "real":
        return scale * rng.normal(size=shape) if shape else scale * float(rng.normal())
    below = int(spec.below) if spec.below.isdigit() else sizes[spec.below]
    return np.asarray(rng.integers(below, size=shape))
