"""A script: ordinary Python about things that are not there yet. It is run once, with stand-ins that write down what is asked of
them, and becomes one plan:

    def a_square(world, case):
        x = world.Value(case["x"])
        y = x * x
        y.backward()
        yield "the gradient of x", x.grad

What is yielded may be a list: its values are then compared as one array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import TopicError
from ..inside.plan import Plan
from ..inside.wire import Ref
from ..topics.signature import Class, Function, Target

Script = Callable[["Namespace", Mapping[str, Any]], Iterable[tuple[str, "Placeholder | Sequence[Placeholder]"]]]


class Namespace:
    """What a script asks: the declared functions and classes, by name."""

    def __init__(self, plan: Plan, targets: Sequence[Target]) -> None:
        self._plan, self._targets = plan, {target.name: target for target in targets}
        self._names: dict[Ref, str] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        target = self._targets.get(name)
        if target is None:
            raise TopicError(f"a script asks for {name!r}, which its check does not name (it names {[*self._targets]})")
        return self._new(target) if isinstance(target, Class) else self._call(target)

    def let(self, value: Any) -> Placeholder:
        """A value that several calls are to share: a generator then draws on, from call to call."""
        return self._placeholder(self._plan.let(value))

    def sum(self, terms: Sequence[Placeholder], start: Any = 0) -> Placeholder:
        """Python's `sum`, where the values are: one step, though thousands of additions."""
        return self._placeholder(self._plan.apply("sum", _refs(terms), _refs(start)))

    def name(self, **things: Placeholder) -> None:
        """What values are called where the script is shown to a student."""
        self._names |= {thing._ref: name for name, thing in things.items()}

    def _new(self, target: Class) -> Callable[..., Placeholder]:
        return lambda *args, **kwargs: self._placeholder(self._plan.new(target.name, *_refs(args), **_refs(kwargs)))

    def _call(self, target: Function) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            given = dict(zip([p.name for p in target.parameters], _refs(args), strict=False)) | _refs(kwargs)
            refs = target.ask(self._plan, given)
            things = [self._placeholder(ref, _shape(target, i, given)) for i, ref in enumerate(refs)]
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

    def __init__(self, plan: Plan, ref: Ref, world: Namespace, shape: tuple[int, ...] | None = None) -> None:
        self._plan, self._ref, self._world, self._shape = plan, ref, world, shape

    def __getattr__(self, name: str) -> Any:
        if name in self._world.attributes():
            return Placeholder(self._plan, self._plan.get(self._ref, name), self._world)
        return lambda *args, **kwargs: Placeholder(
            self._plan, self._plan.call(name, *_refs(args), on=self._ref, **_refs(kwargs))[0], self._world
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


def _shape(target: Function, output: int, given: Mapping[str, Any]) -> tuple[int, ...] | None:
    if not target.outputs[output][1].is_array:
        return None
    try:
        return target.shape(output, {name: value for name, value in given.items() if not isinstance(value, Ref)})
    except KeyError:  # a size that only the student's own values have
        return None


def _refs(value: Any) -> Any:
    """The value with every stand-in in it, also inside containers, replaced by its reference."""
    if isinstance(value, Placeholder):
        return value._ref
    if isinstance(value, list | tuple):
        return type(value)(_refs(item) for item in value) if type(value) in (list, tuple) else tuple(map(_refs, value))
    return {key: _refs(item) for key, item in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True)
class Recording:
    """What a script writes on a case: the plan, what is wanted of it with what that is called, and the names of values."""

    plan: Plan
    wanted: Sequence[tuple[str, Placeholder | Sequence[Placeholder]]]
    names: Mapping[Ref, str]

    @property
    def places(self) -> list[str]:
        return [place for place, _ in self.wanted]

    @property
    def things(self) -> list[Any]:
        """What is wanted, as references, or lists of them."""
        return [_refs(thing) for _, thing in self.wanted]


def written(script: Script, targets: Sequence[Target], case: Mapping[str, Any]) -> Recording:
    plan = Plan()
    world = Namespace(plan, targets)
    wanted = []
    for place, thing in script(world, case):
        plan.want(
            thing._ref if isinstance(thing, Placeholder) else plan.let(_refs(thing))
        )  # as it is now: it may change
        wanted.append((place, thing))
    return Recording(plan, wanted, world._names)
