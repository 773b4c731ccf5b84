"""The domain in which a row is determined: a smaller case that leaves it would show as wrong what is right.

A row says nothing of a case on which a right program may answer otherwise: dropout of one entry at p = 0.5, the logarithm of
a probability of 0. So a case belongs to the domain only if the model solution and every variant are right on it, whatever its
generators are seeded with. And what a row is about stays: its hyper-parameters are those of one of its own cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...checks import SingleCase, Trial
from ...errors import TopicError
from ...inside.plan import Implementation
from ...inside.wire import Seeded
from ...result import Status
from ...submission.in_process import Live
from ...topics.folder import Assignment
from ...topics.rubric import Case, Cases, Row
from ...topics.trial import Inputs, TruthSource
from ...truth.trials import PUBLIC_SEED
from ..evaluate import judge
from ..outcome import Outcome

DRAWS = 64  # of the right programs together, where a case has generators: what goes wrong once in ten times passes once in 850
NAME = "this input"


class SingleCaseInputs(Inputs):
    """One case. What a claim draws besides is the same each time."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.case = case

    def cases(self, generator: Cases | None) -> Sequence[Case]:
        return [(NAME, dict(self.case))]

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.random.default_rng(PUBLIC_SEED).normal(size=shape)

    def computed(self, compute: Callable[[], Any]) -> Any:
        return compute()

    def branch(self, name: str) -> SingleCaseInputs:
        return self


def judge_alone(
    row: Row, alone: SingleCase, student: Implementation, truth: TruthSource, case: Mapping[str, Any]
) -> Outcome:
    """Judge a row on one case."""
    return judge(Row(row.id, row.points, row.claim, alone.check), Trial(student, truth, SingleCaseInputs(case)))


def right_programs(assignment: Assignment) -> list[Live]:
    """Return the model solution and the variants, without those that cannot be run: `verify` reports them."""
    programs = [Live.of(assignment.solution)]
    for change in assignment.variants:
        try:
            programs.append(Live.of(change.apply(assignment.solution)))
        except TopicError:
            continue
    return programs


def is_determined(
    row: Row, alone: SingleCase, programs: Sequence[Live], truth: TruthSource, case: Mapping[str, Any]
) -> bool:
    """Say whether every right program earns the row on a case, whatever its generators are seeded with."""
    return all(
        judge_alone(row, alone, program, truth, seeded).status is Status.EARNED
        for seeded in _seedings(case, -(-DRAWS // len(programs)))
        for program in programs
    )


def _seedings(case: Mapping[str, Any], seeds: int) -> Iterator[Mapping[str, Any]]:
    """Yield the case, and if it has generators the same with so many other seeds."""
    yield case
    generators = [name for name, value in case.items() if isinstance(value, Seeded)]
    for seed in range(seeds if generators else 0):
        yield {**case, **{name: Seeded(seed + i * seeds) for i, name in enumerate(generators)}}


def settings(alone: SingleCase) -> list[dict[str, Any]]:
    """Return the hyper-parameters that the row's own cases give, each combination once."""
    found = [{name: case[name] for name in alone.defaults if name in case} for _, case in alone.cases]
    return list({repr(setting): setting for setting in found}.values())
