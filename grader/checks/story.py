"""Claims about what several calls make together: `follows` (a script, as the reference does), `composition` (a function does
what a script makes of the student's own others); `perform` gives a script's answers to any other claim.

A *script* is ordinary Python about things that are not there yet. It is run once, with stand-ins that write down what is
asked of them, and becomes one plan:

    def a_square(world, case):
        x = world.Value(case["x"])
        y = x * x
        y.backward()
        yield "the gradient of x", x.grad

What is yielded may be a list: its values are then compared as one array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..closeness import TRAINING, VALUES, Tolerance, Truth, as_array, is_close, largest, require_array, require_close
from ..plan import Plan
from ..result import Wrong
from ..signature import Class, Declared, Function, Target, function, targets_of
from ..topic import Cases, TopicError
from ..wire import Ref
from .combine import Following
from .gradients import moved
from .trial import Check, FollowThrough, Trial

Script = Callable[["World", Mapping[str, Any]], Iterable[tuple[str, "Thing | Sequence[Thing]"]]]


class World:
    """What a script asks: the declared functions and classes, by name."""

    def __init__(self, plan: Plan, targets: Sequence[Target]) -> None:
        self._plan, self._targets = plan, {target.name: target for target in targets}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        target = self._targets.get(name)
        if target is None:
            raise TopicError(f"a script asks for {name!r}, which its check does not name (it names {[*self._targets]})")
        return self._new(target) if isinstance(target, Class) else self._call(target)

    def let(self, value: Any) -> Thing:
        """A value that several calls are to share: a generator then draws on, from call to call."""
        return self._thing(self._plan.let(value))

    def sum(self, terms: Sequence[Thing], start: Any = 0) -> Thing:
        """Python's `sum`, where the values are: one step, though thousands of additions."""
        return self._thing(self._plan.apply("sum", _refs(terms), _refs(start)))

    def _new(self, target: Class) -> Callable[..., Thing]:
        return lambda *args, **kwargs: self._thing(self._plan.new(target.name, *_refs(args), **_refs(kwargs)))

    def _call(self, target: Function) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            given = dict(zip([p.name for p in target.parameters], _refs(args), strict=False)) | _refs(kwargs)
            refs = target.ask(self._plan, given)
            things = [self._thing(ref, _shape(target, i, given)) for i, ref in enumerate(refs)]
            return things[0] if len(things) == 1 else Things(things, [name for name, _ in target.outputs])

        return call

    def _thing(self, ref: Ref, shape: tuple[int, ...] | None = None) -> Thing:
        return Thing(self._plan, ref, self, shape)

    def attributes(self) -> set[str]:
        return {name for t in self._targets.values() if isinstance(t, Class) for name, _ in t.attributes}


class Things(tuple[Any, ...]):
    """Several outputs: to be unpacked, or taken by name."""

    def __new__(cls, things: Iterable[Thing], names: Sequence[str]) -> Things:
        made = super().__new__(cls, things)
        made.names = list(names)
        return made

    names: list[str]

    def __getattr__(self, name: str) -> Thing:
        if name not in self.names:
            raise AttributeError(name)
        return self[self.names.index(name)]


class Thing:
    """Stands in for a value in the student's process. Attributes that a class declares are read, other names are methods.

    `shape` is what a function's declaration says of its answer, where the arguments tell it."""

    def __init__(self, plan: Plan, ref: Ref, world: World, shape: tuple[int, ...] | None = None) -> None:
        self._plan, self._ref, self._world, self._shape = plan, ref, world, shape

    def __getattr__(self, name: str) -> Any:
        if name in self._world.attributes():
            return Thing(self._plan, self._plan.get(self._ref, name), self._world)
        return lambda *args, **kwargs: Thing(
            self._plan, self._plan.call(name, *_refs(args), on=self._ref, **_refs(kwargs))[0], self._world
        )

    def _apply(self, name: str, *operands: Any) -> Thing:
        return Thing(self._plan, self._plan.apply(name, *_refs(operands)), self._world)


def _operators() -> Iterator[tuple[str, Callable[..., Thing]]]:
    for name in ("add", "sub", "mul", "truediv", "pow", "matmul"):
        yield f"__{name}__", lambda self, other, name=name: self._apply(name, self, other)
        yield f"__r{name}__", lambda self, other, name=name: self._apply(name, other, self)
    yield "__neg__", lambda self: self._apply("neg", self)
    yield "__getitem__", lambda self, key: self._apply("getitem", self, key)


for _name, _operator in _operators():
    setattr(Thing, _name, _operator)
Thing.__array_ufunc__ = None  # type: ignore[attr-defined]  # an array on the left leaves the operator to us


def _shape(target: Function, output: int, given: Mapping[str, Any]) -> tuple[int, ...] | None:
    if not target.outputs[output][1].is_array:
        return None
    try:
        return target.shape(output, {name: value for name, value in given.items() if not isinstance(value, Ref)})
    except KeyError:  # a size that only the student's own values have
        return None


def _refs(value: Any) -> Any:
    """The value with every stand-in in it, also inside containers, replaced by its reference."""
    if isinstance(value, Thing):
        return value._ref
    if isinstance(value, list | tuple):
        return type(value)(_refs(item) for item in value) if type(value) in (list, tuple) else tuple(map(_refs, value))
    return {key: _refs(item) for key, item in value.items()} if isinstance(value, dict) else value


def written(script: Script, targets: Sequence[Target], case: Mapping[str, Any]) -> tuple[Plan, list[str]]:
    """The plan that a script writes on a case, and what each wanted answer is called."""
    plan, wanted = _wanted(script, targets, case)
    return plan, [name for name, _ in wanted]


def _wanted(
    script: Script, targets: Sequence[Target], case: Mapping[str, Any]
) -> tuple[Plan, list[tuple[str, Thing | Sequence[Thing]]]]:
    plan = Plan()
    wanted = list(script(World(plan, targets), case))
    plan.want(*(thing._ref if isinstance(thing, Thing) else plan.let(_refs(thing)) for _, thing in wanted))
    return plan, wanted


def perform(trial: Trial, script: Script, case: Mapping[str, Any], *named: Declared) -> list[np.ndarray]:
    """The student's answers to what `script(world, case)` asks of the functions and classes that are named, in the order in
    which it yields them as (what it is, value): for a claim of `holds` or `statistical` about several calls.

    `world.let(case["rng"])` is one generator for several calls. Raises Wrong where an answer is no array of real numbers,
    or not of the declared shape.
    """
    plan, wanted = _wanted(script, [target for item in named for target in targets_of(item)], case)
    answers = []
    for (name, thing), answer in zip(wanted, trial.student.run(plan), strict=True):
        declared, array = thing._shape if isinstance(thing, Thing) else None, as_array(answer)
        shape = declared if declared is not None or array is None else array.shape
        answers.append(require_array(answer, shape or (), "f", name))
    return answers


class follows(Check):
    """`script(world, case)` uses the functions and classes that are named as the reference's are used, and every value that
    it yields, as (what it is, value), is the reference's."""

    def __init__(
        self, script: Script, *named: Declared, on: Cases | None = None, tolerance: Tolerance = VALUES
    ) -> None:
        self.script, self.generator, self.tolerance = script, on, tolerance
        self.functions = tuple(target for item in named for target in targets_of(item))

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            plan, places = written(self.script, self.functions, case)
            truths = trial.expect(plan)
            for place, got, want in zip(places, trial.student.run(plan), truths, strict=True):
                require_close(got, want, f"{place} on {name}", self.tolerance, given=case)


class composition(Following):
    """`of` answers what `script` makes of the submission's own other functions: it yields the outputs of `of`, in order.

    As a fall-back in `either`: a training loop is right for the student's own, wrong gradient. It counts only behind work
    that is alive: finite, moved away from the arguments of the same name, and moving otherwise on other data.
    """

    def __init__(self, of: Declared, script: Script, *named: Declared, on: Cases | None = None) -> None:
        assert not isinstance(of, type)
        self.target, self.script, self.generator = function(of), script, on
        self.parts = tuple(target for item in named for target in targets_of(item))
        self.functions = (self.target, *self.parts)

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            own, mine = self._both(trial, case)
            for (output, _), made, answer in zip(self.target.outputs, own, mine, strict=True):
                where = f"`{output}` of {self.target.name} on {name}"
                if made is None:
                    raise Wrong(where, "your own functions make no array of it")
                require_close(answer, Truth.of(made), where, TRAINING)

    def follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        self(trial)
        _, case = trial.cases(self.generator)[0]
        if not self._is_alive(trial, case):
            raise wrong
        labels = [t.label(i) for t in self.parts if isinstance(t, Function) for i in range(len(t.outputs))]
        own = " and ".join(f"`{part.name}`" for part in self.parts)
        return FollowThrough(own, frozenset([*labels, *(part.name for part in self.parts)]), wrong)

    def _both(self, trial: Trial, case: Mapping[str, Any]) -> tuple[list[np.ndarray | None], list[Any]]:
        """What the script makes, and what `of` answers."""
        plan, places = written(self.script, self.parts, case)
        assert len(places) == len(self.target.outputs), (
            f"the script yields the {len(self.target.outputs)} outputs in order"
        )
        asked = Plan()
        asked.want(*self.target.ask(asked, case))
        return [as_array(made) for made in trial.student.run(plan)], trial.student.run(asked)

    def _is_alive(self, trial: Trial, case: dict[str, Any]) -> bool:
        changes = [self._changes(trial, other) for other in (case, next(moved(trial, self.target, case)))]
        return all(_differ(one, two) for one, two in zip(*changes, strict=True))

    def _changes(self, trial: Trial, case: Mapping[str, Any]) -> list[Truth | None]:
        """How far the script moves each output from the argument of its name; None for what is not finite."""
        plan, _ = written(self.script, self.parts, case)
        changes: list[Truth | None] = []
        for (output, _), made in zip(self.target.outputs, trial.student.run(plan), strict=True):
            array, start = as_array(made), np.asarray(case.get(output, 0.0))
            if array is None or not np.isfinite(array).all() or (output in case and array.size != start.size):
                changes.append(None)
            else:  # a vector that became a row is alive
                changes.append(Truth(array - (start.reshape(array.shape) if output in case else 0), largest(array)))
        return changes


def _differ(one: Truth | None, two: Truth | None) -> bool:
    """Whether something changed, and not by as much on other data."""
    return one is not None and two is not None and bool(one.value.any()) and not is_close(one.value, two, VALUES).all()
