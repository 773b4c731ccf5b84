"""In which order the rows of a topic are asked: small inputs before large ones, whatever their order on the page.

A submission that is right but slow spends its time on what is large: nothing that is small is lost to that.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ..checks import Trial
from ..inside.plan import Implementation, Plan
from ..topics.cases import Case, Cases
from ..topics.rubric import Row, Topic
from ..topics.trial import Inputs
from ..truth.trials import SeededInputs

SMALL = 1000  # numbers or bytes: less is asked in no time


def small_first(topic: Topic, trial: Callable[[Row], Trial]) -> list[Row]:
    """Return the rows by the decade of their size, each after those that it needs. Hidden ones come last, so that what a
    visible row is asked later cannot tell what a hidden one asked."""
    left = sorted(topic.rubric, key=lambda row: (row.hidden, _decade(_size(row, trial(row)))))
    ordered: dict[str, Row] = {}
    while left:
        row = next(row for row in left if ordered.keys() >= set(row.needs.split()))
        ordered[row.id] = row
        left.remove(row)
    return list(ordered.values())


@lru_cache(maxsize=64)  # to draw the largest cases again for each submission would take longer than to grade some
def small_first_on(topic: Topic, seed: int) -> Sequence[Row]:
    """Do the same with cases that are drawn from a seed."""
    nobody = _Scales(SeededInputs(topic, seed, ""))
    return small_first(topic, lambda row: Trial(nobody, nobody, SeededInputs(topic, seed, row.id)))


def _decade(size: int) -> int:
    # Within a decade the order is the author's, easy claims first: what a slip in a program's globals does shows there.
    return math.ceil(math.log10(max(size, SMALL) / SMALL))


def _size(row: Row, trial: Trial) -> int:
    """Return how many numbers are drawn for a row's claim before it asks anything, and the bytes of its first question."""
    scales = _Scales(trial.inputs)
    # It cannot go on without an answer; whatever else is wrong with the row is seen where it is judged.
    with contextlib.suppress(Exception):
        row.check.alone(Trial(scales, scales, scales))
    return scales.size


class _Weighed(Exception):
    """Nothing is answered: the question has been weighed."""


class _Scales(Implementation, Inputs):
    """Inputs that are counted, and an implementation and a source of truth that answer nothing."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs, self.size = inputs, 0

    def run(self, plan: Plan) -> list[Any]:
        self.size += len(plan.encoded().payload)
        raise _Weighed

    def cpu_seconds(self) -> float:
        return 0.0

    def begin_row(self) -> None:
        pass

    def cases(self, generator: Cases | None) -> Sequence[Case]:
        found = self.inputs.cases(generator)
        self.size += sum(np.size(value) for _, case in found for value in case.values())
        return found

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        drawn = self.inputs.normal(shape)
        self.size += drawn.size
        return drawn

    def computed(self, compute: Callable[[], Any]) -> Any:
        raise _Weighed

    def branch(self, name: str) -> Inputs:
        return self
