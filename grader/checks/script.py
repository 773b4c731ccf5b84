"""A script: ordinary Python about things that are not there yet. It is run once, with stand-ins that write down what is asked of
them, and becomes one plan:

    def a_square(world, case):
        x = world.Value(case["x"])
        y = x * x
        y.backward()
        yield "the gradient of x", x.grad

What is yielded may be a list: its values are then compared as one array. `Script(a_square, Value)` is then asked like a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import TopicError, Wrong
from ..inside.plan import Plan
from ..inside.wire import Ref
from ..topics.asking import Answer, Asking, asking, targets_asked
from ..topics.cases import Arguments, authors_code, code_name
from ..topics.signature import Declared
from ..topics.targets import Class, Function, Spec, Target
from .transcript import transcript

Story = Callable[["Namespace", Mapping[str, Any]], Iterable[tuple[str, "Placeholder | Sequence[Placeholder]"]]]


class Namespace:
    """The declared functions and classes, by name, as a script asks them."""

    def __init__(self, plan: Plan, targets: Sequence[Target]) -> None:
        self._plan, self._targets = plan, {target.name: target for target in targets}
        self._names: dict[Ref, str] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        target = self._targets.get(name)
        if target is None:
            names = ", ".join(self._targets) or "none"
            raise TopicError(f"the script asks for `{name}`, which is not named beside it (it names: {names})")
        return self._new(target) if isinstance(target, Class) else self._call(target)

    def ask(self, asked: Declared | Asking, case: Mapping[str, Any]) -> list[Placeholder]:
        """Ask what a check would, a function, some of its outputs or another script, on a case whose values may be stand-ins."""
        question = asking(asked)
        answers = question.ask(self._plan, case if isinstance(question, Script) else _refs(case))
        return [self._placeholder(answer.ref, answer.shape) for answer in answers]

    def let(self, value: Any) -> Placeholder:
        """Share a value between several calls: a generator then draws on, from call to call."""
        return self._placeholder(self._plan.let(value))

    def sum(self, terms: Sequence[Placeholder], start: Any = 0) -> Placeholder:
        """Add up as Python's `sum` does, where the values are: one step, though thousands of additions."""
        return self._placeholder(self._plan.apply("sum", _refs(terms), _refs(start)))

    def length(self, value: Placeholder) -> Placeholder:
        """Return how many items a list has, or rows an array. (Python's own `len` has to be a whole number at once.)"""
        return self._placeholder(self._plan.apply("len", _refs(value)))

    def calls(self, function: Placeholder) -> Placeholder:
        """Return how often a function that was given (`let` shares it) has been called: evidence, for the student's code could
        write it anew."""
        return self._placeholder(self._plan.apply("calls", _refs(function)))

    def points(self, function: Placeholder) -> Placeholder:
        """Return where a function that was given has been called: the argument of each call, in an array."""
        return self._placeholder(self._plan.apply("points", _refs(function)))

    def name(self, **things: Placeholder) -> None:
        """Name values as they are called where the script is shown to a student."""
        self._names |= {thing._ref: name for name, thing in things.items()}

    def _new(self, target: Class) -> Callable[..., Placeholder]:
        return lambda *args, **kwargs: self._placeholder(self._plan.new(target.name, *_refs(args), **_refs(kwargs)))

    def _call(self, target: Function) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if len(args) > len(target.parameters):
                raise TopicError(
                    f"{target.name} takes {len(target.parameters)} arguments, and the script gives {len(args)}"
                )
            given = dict(zip([p.name for p in target.parameters], _refs(args), strict=False)) | _refs(kwargs)
            refs = target.ask(self._plan, given)
            sizes = target.sizes(given)
            shapes = [
                target.bound_shape(i, sizes) if spec.is_array else None for i, (_, spec) in enumerate(target.outputs)
            ]
            things = [self._placeholder(ref, shape) for ref, shape in zip(refs, shapes, strict=True)]
            for i, (thing, (_, spec)) in enumerate(zip(things, target.outputs, strict=True)):
                thing._choice = (target.label(i), spec.words)
            return things[0] if len(things) == 1 else Placeholders(things, [name for name, _ in target.outputs])

        return call

    def _placeholder(self, ref: Ref, shape: tuple[int, ...] | None = None) -> Placeholder:
        return Placeholder(self._plan, ref, self, shape)

    def attributes(self) -> set[str]:
        return {name for t in self._targets.values() if isinstance(t, Class) for name, _ in t.attributes}


class Placeholders(tuple[Any, ...]):
    """Several outputs: to be unpacked, or taken by name."""

    def __new__(cls, things: Iterable[Placeholder], names: Sequence[str]) -> Placeholders:
        made = super().__new__(cls, things)
        made.names = list(names)
        return made

    names: list[str]

    def __getattr__(self, name: str) -> Placeholder:
        if name not in self.names:
            raise AttributeError(name)
        return self[self.names.index(name)]


class Placeholder:
    """Stands in for a value in the student's process. Attributes that a class declares are read, other names are methods.

    `shape` is what a function's declaration says of its answer, where the arguments tell it."""

    # The function of whose answer it is, and the words of which that chooses one.
    _choice: tuple[str, tuple[str, ...]] = ("", ())

    def __init__(self, plan: Plan, ref: Ref, world: Namespace, shape: tuple[int, ...] | None = None) -> None:
        self._plan, self._ref, self._world, self._shape = plan, ref, world, shape

    def __getattr__(self, name: str) -> Any:
        if name in self._world.attributes():
            return Placeholder(self._plan, self._plan.get(self._ref, name), self._world)
        return lambda *args, **kwargs: Placeholder(
            self._plan, self._plan.call(name, *_refs(args), on=self._ref, **_refs(kwargs))[0], self._world
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Placeholder:
        return Placeholder(
            self._plan, self._plan.call("__call__", *_refs(args), on=self._ref, **_refs(kwargs))[0], self._world
        )

    def _apply(self, name: str, *operands: Any) -> Placeholder:
        return Placeholder(self._plan, self._plan.apply(name, *_refs(operands)), self._world)


def _operators() -> Iterator[tuple[str, Callable[..., Placeholder]]]:
    for name in ("add", "sub", "mul", "truediv", "pow", "matmul"):
        yield f"__{name}__", lambda self, other, name=name: self._apply(name, self, other)
        yield f"__r{name}__", lambda self, other, name=name: self._apply(name, other, self)
    yield "__neg__", lambda self: self._apply("neg", self)
    yield "__getitem__", lambda self, key: self._apply("getitem", self, key)


for _name, _operator in _operators():
    setattr(Placeholder, _name, _operator)
Placeholder.__array_ufunc__ = None  # type: ignore[attr-defined]  # an array on the left leaves the operator to us


def _refs(value: Any) -> Any:
    """Return the value with every placeholder in it, also inside containers, replaced by its reference."""
    if isinstance(value, Placeholder):
        return value._ref
    if isinstance(value, list | tuple):
        return type(value)(_refs(item) for item in value) if type(value) in (list, tuple) else tuple(map(_refs, value))
    return {key: _refs(item) for key, item in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True)
class Recording:
    """A script, written down on a case: its answers, what it yields for them, as references or lists of them, and what values
    are called."""

    answers: Sequence[Answer]
    things: Sequence[Any]
    names: Mapping[Ref, str]


class Script(Asking):
    """A script and the functions and classes that it uses, to be asked wherever a function can be.

    `story(world, case)` yields (what it is, value) for each answer.
    """

    any_shape = True

    def __init__(self, story: Story, *used: Declared | Asking) -> None:
        self.story, self.targets = story, tuple(target for item in used for target in targets_asked(item))
        self.name = ", ".join(target.name for target in self.targets)

    @cached_property
    def specs(self) -> Mapping[str, Spec]:
        """Return those of the functions that it uses: a case names its entries as they name their arguments."""
        functions = [f for t in self.targets for f in (t.methods if isinstance(t, Class) else [t])]
        found: dict[str, Spec] = {}
        for f in functions:
            found = f.specs | found
        return {name: found[name] for f in functions for name in f.specs}

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """Return those of the functions that it uses, not of methods: a case names them as these do."""
        functions = [target for target in self.targets if isinstance(target, Function)]
        return {name: value for f in functions for name, value in f.defaults.items()}

    def ask(self, plan: Plan, case: Mapping[str, Any]) -> list[Answer]:
        return list(self.record(plan, case).answers)

    def record(self, plan: Plan, case: Mapping[str, Any]) -> Recording:
        """Write the script down in a plan. Raise TopicError where it fails, or yields nothing."""
        world = Namespace(plan, self.targets)
        answers, things = [], []
        with authors_code(self.story):
            for item in self._told(world, case):
                place, thing = self._pair(item)
                refs, shape = (thing._ref, thing._shape) if isinstance(thing, Placeholder) else (_refs(thing), None)
                function, words = thing._choice if isinstance(thing, Placeholder) else ("", ())
                if words:
                    refs, shape = plan.choice(function, refs, words), ()
                # a list is taken as it is now: what is in it may change afterwards
                answers.append(Answer(refs if isinstance(refs, Ref) else plan.let(refs), place, shape, words=words))
                things.append(refs)
            if not answers:
                how = 'write `yield "what it is", value` for each answer'
                raise TopicError(f"{code_name(self.story)} yields nothing: {how}")
        return Recording(answers, things, world._names)

    def _told(self, world: Namespace, case: Mapping[str, Any]) -> Iterable[Any]:
        told: Any = self.story(world, Arguments(case, self.defaults))
        return told if isinstance(told, Iterable) else ()

    def _pair(self, item: Any) -> tuple[str, Any]:
        match item:
            case (str() as place, thing) if isinstance(thing, Placeholder) or not callable(thing):
                return place, thing
            case (str() as place, _):
                raise TopicError(f"{place!r} is a method that is not called, or an attribute that no class declares")
        expected = 'what it is and its value, as in `yield "w", w`'
        raise TopicError(f"{code_name(self.story)} yields {repr(item)[:60]}, expected {expected}")

    def write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        """Return the script up to the value that is wrong."""
        plan = Plan()
        found = self.record(plan, case)
        places = [answer.label for answer in found.answers]
        at = next((i for i, place in enumerate(places) if wrong.evidence.where.startswith(place)), -1)
        return transcript(plan, found.things[at], found.names)
