"""Claims about training: `run` (from a given start, step by step), and `measured` (any claim about what a training comes to, asked
where its steps are right or wrong by themselves). `band`, of a start of one's own, is next door."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import Fault, TopicError, Wrong
from ..inside.plan import Plan
from ..numerics.compare import TRAINING, Truth, as_array, require_close
from ..topics.asking import Answer, Asking, Call, asking, by_name
from ..topics.cases import Arguments, Case, Cases
from ..topics.signature import Declared
from ..topics.trial import Check, FollowThrough, SingleCase, Trial
from .combine import either
from .steps import explain_step


class run(Check):
    """A training run from given parameters has the reference's parameters after each number of steps in `at`. `along` names what
    counts the steps: an argument, by its first axis (batches, of which the first are given), or a whole number (`steps`). With
    `output`, names of some outputs (by blanks), those alone are judged: the others have rows of their own.

    Training from a given start is deterministic: a perturbation of 1e-15 stays below 1e-13 after 2,000 steps, so hundreds of
    steps are held to a relative 1e-6. The first checkpoint that differs is the evidence, or the first step where that is wrong
    already: there nothing but the step itself can be wrong, and each parameter is judged apart (`steps.explain_step`).
    """

    def __init__(
        self, asked: Declared | Asking, at: Sequence[int], along: str, on: Cases | None = None, output: str = ""
    ) -> None:
        self.asked, self.at, self.along, self.generator = asking(asked), tuple(at), along, on
        self.functions, self.outputs = self.asked.targets, output.split()
        for name in self.outputs:
            if isinstance(self.asked, Call):
                self.asked.target.index(name)  # raises TopicError where there is none of that name
        if not self.at or min(self.at) < 1:
            raise TopicError(f"run(at={at!r}): name at least one number of steps, from 1 on")
        numbers = [name for name, default in self.asked.defaults.items() if type(default) is int]
        if isinstance(self.asked, Call) and along not in (*self.asked.specs, *numbers):
            has = ", ".join((*self.asked.specs, *numbers)) or "none"
            sentence = f"{self.asked.name} has no array or whole number of that name (it has: {has})"
            raise TopicError(f"run(along={along!r}): {sentence}")

    @property
    def references(self) -> frozenset[str]:
        return frozenset(target.name for target in self.functions)

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            total = self._total(case)
            if max(self.at) > total:
                sentence = f"`{self.along}` has {total} steps on {name}, so there is no checkpoint at {max(self.at)}"
                raise TopicError(f"run(at={list(self.at)}): {sentence}")
            plan = Plan()
            checkpoints = self._ask(plan, case, self.at)
            before, truths, after = (self._truths(trial, case, [steps + by for steps in self.at]) for by in (-1, 0, 1))
            first, second = self._truths(trial, case, [1, 2])
            found, given = iter(trial.student.run(plan)), self.asked.given(case)
            for k, (steps, answers) in enumerate(zip(self.at, checkpoints, strict=True)):
                outputs = by_name(answers, truths[k])
                for i, answer in enumerate(answers):
                    where = f"{answer.label} after {steps} of {total} steps on {name}"
                    nearby = {
                        "what it should be a step earlier": before[k][i].value,
                        "what it should be a step later": after[k][i].value,
                    }
                    try:
                        require_close(next(found), truths[k][i], where, TRAINING, given, nearby, outputs)
                    except Wrong as wrong:
                        raise self._after_one_step(trial, (name, case), first, second, wrong) from None

    def _after_one_step(
        self, trial: Trial, named: Case, truths: Sequence[Truth], later: Sequence[Truth], wrong: Wrong
    ) -> Wrong:
        """Return the evidence of the first step in place of that of a later one, if that step is wrong already: nothing else
        has gone into it."""
        (name, case), plan = named, Plan()
        [answers] = self._ask(plan, case, [1])
        given, outputs = self.asked.given(case), by_name(answers, truths)
        lost, arrays = dict[str, Wrong](), dict[str, np.ndarray]()
        with contextlib.suppress(Fault):
            for answer, truth, then, got in zip(answers, truths, later, trial.student.run(plan), strict=True):
                nearby = {"what it should be a step later": then.value}
                where = f"{answer.label} after 1 of {self._total(case)} steps on {name}"
                try:
                    require_close(got, truth, where, TRAINING, given, nearby, outputs)
                except Wrong as one:
                    lost[answer.name] = one
                if (array := as_array(got)) is not None:
                    arrays[answer.name] = array
        if not lost:
            return wrong
        right = {answer.name: truth.value for answer, truth in zip(answers, truths, strict=True)}
        start = {key: np.asarray(given[key]) for key in right if key in given}
        shapes = [{key: array.shape for key, array in of.items()} for of in (start, arrays, right)]
        why = ""
        if shapes[0] == shapes[1] == shapes[2]:
            why = explain_step(start, arrays, right, list(lost), float(given.get("lr", 1.0)))
        return Wrong.of(replace(next(iter(lost.values())).evidence, because=why))

    def _ask(self, plan: Plan, case: Mapping[str, Any], at: Sequence[int]) -> list[list[Answer]]:
        """Ask for the outputs after each number of steps."""
        asked = [self.asked.ask(plan, {**case, self.along: self._first(case, steps)}) for steps in at]
        judged = [[answer for answer in answers if answer.name in (self.outputs or [answer.name])] for answers in asked]
        plan.want(*(answer.ref for answers in judged for answer in answers))
        return judged

    def _total(self, case: Mapping[str, Any]) -> int:
        """Return how many steps a case has: where a count is left out of it, as many as the last checkpoint."""
        if self.along in self.asked.defaults:
            return int(case.get(self.along, max(self.at)))
        return len(Arguments(case)[self.along])

    def _first(self, case: Mapping[str, Any], steps: int) -> Any:
        """Return what makes the run end after its first steps."""
        return steps if self.along in self.asked.defaults else case[self.along][:steps]

    def _truths(self, trial: Trial, case: Mapping[str, Any], at: Sequence[int]) -> list[list[Truth]]:
        """Return the right outputs after each number of steps, or the number nearest to it that there is."""
        plan, at = Plan(), [min(max(steps, 1), self._total(case)) for steps in at]
        widths = [len(answers) for answers in self._ask(plan, case, at)]
        truths = iter(trial.expect(plan))
        return [[next(truths) for _ in range(width)] for width in widths]


class measured(Check):
    """`claim`, another check, holds of what a training comes to. It is not asked where the training follows from the student's own,
    wrong functions: that slip has a row of its own, and along a wrong gradient a training ends well or badly by luck.

    `steps` tells: an `either` of a claim about the steps and of what they are by the student's own functions.
    """

    def __init__(self, claim: Check, steps: either) -> None:
        self.claim, self.steps, self.functions = claim, steps, claim.functions

    @property
    def references(self) -> frozenset[str]:
        return self.claim.references | self.steps.references

    @property
    def judges(self) -> frozenset[str]:
        return self.claim.judges

    def __call__(self, trial: Trial) -> FollowThrough | None:
        followed = None
        with contextlib.suppress(Wrong):
            followed = self.steps(trial.branch("steps"))
        return followed or self.claim(trial)

    def rehearse(self, trial: Trial) -> None:
        self.steps.rehearse(trial.branch("steps"))
        self.claim.rehearse(trial)

    def alone(self, trial: Trial) -> None:
        self.claim.alone(trial)

    def single_case(self, trial: Trial) -> SingleCase | None:
        return self.claim.single_case(trial)
