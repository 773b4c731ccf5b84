"""Claims about what several calls make together: `follows` (a script, as the reference does), `composition` (a function does
what a script makes of the student's own others); `perform` gives a script's answers to any other claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import Wrong
from ..inside.plan import Plan
from ..numerics.compare import (
    TRAINING,
    VALUES,
    Tolerance,
    Truth,
    as_array,
    is_close,
    largest,
    require_array,
    require_close,
)
from ..topics.cases import Cases
from ..topics.signature import Declared, Function, function, targets_of
from ..topics.trial import Check, FollowThrough, SingleCase, Trial
from .combine import Following
from .gradients import moved
from .script import Placeholder, Script, written
from .transcript import transcript


def perform(trial: Trial, script: Script, case: Mapping[str, Any], *named: Declared) -> list[np.ndarray]:
    """The student's answers to what `script(world, case)` asks of the functions and classes that are named, in the order in
    which it yields them as (what it is, value): for a claim of `holds` or `statistical` about several calls.

    `world.let(case["rng"])` is one generator for several calls. Raises Wrong where an answer is no array of real numbers,
    or not of the declared shape.
    """
    asked = written(script, [target for item in named for target in targets_of(item)], case)
    answers = []
    for (name, thing), answer in zip(asked.wanted, trial.student.run(asked.plan), strict=True):
        declared, array = thing._shape if isinstance(thing, Placeholder) else None, as_array(answer)
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
            asked = written(self.script, self.functions, case)
            truths = trial.expect(asked.plan)
            for place, got, want in zip(asked.places, trial.student.run(asked.plan), truths, strict=True):
                require_close(got, want, f"{place} on {name}", self.tolerance, given=case)

    def single_case(self, trial: Trial) -> SingleCase:
        """The shortest scripts first."""
        cases = trial.cases(self.generator)
        ordered = sorted(cases, key=lambda case: len(written(self.script, self.functions, case[1]).plan.steps))
        return SingleCase.of(self, ordered, self._write, others=True)

    def _write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        """The script up to the value that is wrong."""
        asked = written(self.script, self.functions, case)
        at = next((i for i, place in enumerate(asked.places) if wrong.evidence.where.startswith(place)), -1)
        return transcript(asked.plan, asked.things[at], asked.names)


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
                    raise Wrong(where, "your own functions make no array of it", id="form")
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
        script = written(self.script, self.parts, case)
        assert len(script.wanted) == len(self.target.outputs), (
            f"the script yields the {len(self.target.outputs)} outputs in order"
        )
        asked = Plan()
        asked.want(*self.target.ask(asked, case))
        return [as_array(made) for made in trial.student.run(script.plan)], trial.student.run(asked)

    def _is_alive(self, trial: Trial, case: dict[str, Any]) -> bool:
        changes = [self._changes(trial, other) for other in (case, next(moved(trial, self.target, case)))]
        return all(_differ(one, two) for one, two in zip(*changes, strict=True))

    def _changes(self, trial: Trial, case: Mapping[str, Any]) -> list[Truth | None]:
        """How far the script moves each output from the argument of its name; None for what is not finite."""
        plan = written(self.script, self.parts, case).plan
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
