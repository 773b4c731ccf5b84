"""Trials whose cases and chance are drawn from a seed: the students' public one, or a round's, derived from the secret."""

from __future__ import annotations

import copy
import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from ..checks import Trial
from ..inside.plan import Implementation, Plan
from ..numerics.compare import Truth
from ..topics.rubric import Case, Cases, Row, Topic

PUBLIC_SEED = 0
LARGE = 1 << 18  # bytes of arrays that are drawn anew each time: to copy them takes as long


class TruthSource(Protocol):
    def run(self, plan: Plan) -> list[Truth]: ...


def round_seed(secret: bytes, topic: str, round: str) -> int:
    """The seed of a topic's grading cases in a round: HMAC-SHA256(secret, topic ‖ round), as an integer."""
    return int.from_bytes(hmac.new(secret, f"{topic}\0{round}".encode(), hashlib.sha256).digest()[:16], "big")


def drawn(generator: Cases, seed: int) -> list[Case]:
    """Return the cases that a generator draws from a seed: the caller's own, to be changed at will."""
    kept = _small_draw(generator, seed)
    return _draw(generator, seed) if kept is None else copy.deepcopy(kept)


@lru_cache(maxsize=512)  # the generators of thirty topics, on a round's seed and on the public one
def _small_draw(generator: Cases, seed: int) -> list[Case] | None:
    """Return the cases, shared by all rows and submissions, or None where they are large."""
    cases = _draw(generator, seed)
    size = sum(value.nbytes for _, case in cases for value in case.values() if isinstance(value, np.ndarray))
    return cases if size <= LARGE else None


def _draw(generator: Cases, seed: int) -> list[Case]:
    return list(generator(np.random.default_rng(seed)))


class SeededTrial(Trial):
    """Every row draws the same cases, whatever ran before it; chance is its own, by `path` (the row's id)."""

    def __init__(self, topic: Topic, student: Implementation, truth: TruthSource, seed: int, path: str) -> None:
        self.topic, self.student, self.truth, self.seed, self.path = topic, student, truth, seed, path
        self.rng = np.random.default_rng([seed, *path.encode()])

    def cases(self, generator: Cases | None = None) -> Sequence[Case]:
        return drawn(generator or self.topic.cases, self.seed)

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return self.rng.normal(size=shape)

    def expect(self, plan: Plan) -> list[Truth]:
        return self.truth.run(plan)

    def learn(self, compute: Callable[[], Any]) -> Any:
        return compute()

    def _branch(self, name: str) -> Trial:
        return SeededTrial(self.topic, self.student, self.truth, self.seed, f"{self.path}/{name}")


def seeded_trials(topic: Topic, student: Implementation, truth: TruthSource, seed: int) -> Callable[[Row], Trial]:
    return lambda row: SeededTrial(topic, student, truth, seed, row.id)
