"""Hear all that a submission answers to one row, the cases behind a first fault included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..checks import Check, Trial
from ..errors import Evidence, Fault, Raised, Wrong
from ..inside.plan import Implementation, Plan
from ..inside.wire import Ref, Seeded
from ..numerics.compare import Truth
from ..topics.cases import Case, Cases
from ..topics.trial import Inputs, TruthSource
from .answers import Answers, Numbers, read

SMALL = 32  # numbers: a larger answer is described by itself, and a class of them would fill the memory
Scales = dict[int, dict[Ref, float]]
"""By the identity of a plan's steps: the largest term that goes into each right answer (`Truth.scale`)."""


class Hearing(Implementation):
    """Stands between a trial and its submission, and hears the answers. `answers` are made when somebody asks for them."""

    def __init__(self, trial: Trial) -> None:
        self.student, self.source, self.inputs = trial.student, trial.truth, _Walked(trial.inputs)
        self.heard: list[tuple[Plan, list[Any] | str]] = []
        self.scales: Scales = {}
        self.complete = True
        trial.student, trial.truth, trial.inputs = self, _Overheard(trial.truth, self.scales), self.inputs

    def run(self, plan: Plan) -> list[Any]:
        try:
            answers = self.student.run(plan)
        except Raised as raised:
            self.heard.append((plan, f"raised {raised.type}: {raised.message}"))
            raise
        except Wrong as wrong:
            self.heard.append((plan, f"wrong: {wrong}"))
            raise
        except Fault:
            self.complete = False
            raise
        self.heard.append((plan, answers[: len(plan.wanted)]))
        return answers

    def begin_row(self) -> None:
        self.student.begin_row()

    def cpu_seconds(self) -> float:
        return self.student.cpu_seconds()

    def ask_the_rest(self, check: Check) -> list[Evidence]:
        """Put the cases behind the one at which the claim fell, each in turn, to hear all that the row asks. Return the
        evidence of those at which it falls, too, where the answer is small.

        What comes of them decides nothing: the row is lost. So nothing that may stand in for the claim is asked, and nothing
        more once an exception was raised: a program that is not deep enough for one case may never end on the next.
        """
        fallen: list[Evidence] = []
        while self.inputs.skip():
            self.student.begin_row()
            try:
                check.alone(Trial(self, self.source, self.inputs))
            except Wrong as wrong:
                answer = wrong.evidence.answer
                if isinstance(answer, np.ndarray) and answer.size <= SMALL:
                    fallen.append(wrong.evidence)
                continue
            except Raised:
                break
            except Exception:  # late, ended, or asked for what is not on record: nothing more can be heard
                self.complete = False
            break
        return fallen

    @cached_property
    def answers(self) -> Answers:
        """The whole answer."""
        values: list[Numbers | str] = []
        for plan, answers in self.heard:
            if isinstance(answers, str):
                values.append(answers)
                continue
            scales = self.scales.get(id(plan.steps), {})
            wanted = [ref for ref, _ in plan.wanted]
            values += [read(answer, scales.get(ref, 0.0)) for answer, ref in zip(answers, wanted, strict=True)]
        drawn = any(_draws(step.args) or _draws(step.kwargs.values()) for plan, _ in self.heard for step in plan.steps)
        return Answers(tuple(values), self.complete, drawn, largest=self._largest())

    def _largest(self) -> dict[tuple[str, str], float]:
        """Return the largest value that each hyper-parameter was asked with."""
        found: dict[tuple[str, str], float] = {}
        for plan, _ in self.heard:
            for step in plan.steps:
                for name, value in step.kwargs.items():
                    if isinstance(value, float):
                        found[step.name, name] = max(value, found.get((step.name, name), value))
        return found


def _draws(values: Any) -> bool:
    return any(isinstance(value, Seeded) for value in values)


class _Overheard(TruthSource):
    """A source of truth that notes how large the terms of its answers are, for steps that the submission is asked, too."""

    def __init__(self, truth: TruthSource, scales: Scales) -> None:
        self.truth, self.scales = truth, scales
        self.plans: list[Plan] = []  # so that no other steps get the identity of these

    def run(self, plan: Plan) -> list[Truth]:
        found = self.truth.run(plan)
        self.plans.append(plan)
        self.scales[id(plan.steps)] = {
            ref: float(np.max(truth.scale, initial=0.0)) for (ref, _), truth in zip(plan.wanted, found, strict=True)
        }
        return found


class _Walk(list[Case]):
    """Cases, and at which of them a claim is."""

    def __init__(self, cases: Sequence[Case], generator: Cases | None) -> None:
        super().__init__(cases)
        self.generator, self.at = generator, -1

    def __iter__(self) -> Iterator[Case]:
        for self.at, case in enumerate(super().__iter__()):
            yield case


class _Walked(Inputs):
    """Inputs of which it is known how far a claim came with its cases, and of which the first can be left out."""

    def __init__(
        self, inputs: Inputs, walks: list[_Walk] | None = None, left_out: dict[Cases | None, int] | None = None
    ) -> None:
        self.inputs = inputs
        self.walks: list[_Walk] = [] if walks is None else walks
        self.left_out: dict[Cases | None, int] = {} if left_out is None else left_out
        self.given: dict[Cases | None, Sequence[Case]] = {}

    def cases(self, generator: Cases | None) -> Sequence[Case]:
        # What a record holds of a row is read once: the rest of its cases are those that were read.
        if not self.left_out or generator not in self.given:
            self.given[generator] = self.inputs.cases(generator)
        self.walks.append(_Walk(self.given[generator][self.left_out.get(generator, 0) :], generator))
        return self.walks[-1]

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return self.inputs.normal(shape)

    def computed(self, compute: Callable[[], Any]) -> Any:
        return self.inputs.computed(compute)

    def branch(self, name: str) -> Inputs:
        return _Walked(self.inputs.branch(name), self.walks, self.left_out)

    def skip(self) -> bool:
        """Leave out the cases up to the one at which the claim stopped. Say whether any are left."""
        stopped = next((walk for walk in self.walks if -1 < walk.at < len(walk) - 1), None)
        self.walks.clear()
        if stopped is not None:
            self.left_out[stopped.generator] = self.left_out.get(stopped.generator, 0) + stopped.at + 1
        return stopped is not None
