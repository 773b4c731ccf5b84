"""Trials whose cases and chance are drawn from a seed: the students' public one, or a round's, derived from the secret."""

from __future__ import annotations

import copy
import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ..inside.plan import Implementation
from ..topics.cases import draw
from ..topics.rubric import Case, Cases, Row, Topic
from ..topics.trial import Inputs, Trial, TruthSource

PUBLIC_SEED = 0
LARGE = 1 << 18  # bytes of arrays that are drawn anew each time: to copy them takes as long


def round_seed(secret: bytes, topic: str, round: str) -> int:
    """Return the seed of a topic's grading cases in a round: HMAC-SHA256(secret, topic ‖ round), as an integer."""
    return int.from_bytes(hmac.new(secret, f"{topic}\0{round}".encode(), hashlib.sha256).digest()[:16], "big")


def drawn(generator: Cases, seed: int) -> list[Case]:
    """Return the cases that a generator draws from a seed: the caller's own, to be changed at will."""
    kept = _small_draw(generator, seed)
    return _draw(generator, seed) if kept is None else copy.deepcopy(kept)


@lru_cache(maxsize=512)  # the generators of thirty topics, on a round's seed and on the public one
def _small_draw(generator: Cases, seed: int) -> list[Case] | None:
    """Return the cases, shared by all rows and submissions, or None if they are large."""
    cases = _draw(generator, seed)
    size = sum(value.nbytes for _, case in cases for value in case.values() if isinstance(value, np.ndarray))
    return cases if size <= LARGE else None


def _draw(generator: Cases, seed: int) -> list[Case]:
    return draw(generator, np.random.default_rng(seed))


class SeededInputs(Inputs):
    """Every row draws the same cases, whatever ran before it; chance is its own, by `path`: the row's id, and the branch's."""

    def __init__(self, topic: Topic, seed: int, path: str) -> None:
        self.topic, self.seed, self.path = topic, seed, path
        self.rng = np.random.default_rng([seed, *path.encode()])

    def cases(self, generator: Cases | None) -> Sequence[Case]:
        return drawn(generator or self.topic.cases, self.seed)

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return self.rng.normal(size=shape)

    def computed(self, compute: Callable[[], Any]) -> Any:
        return compute()

    def branch(self, name: str) -> SeededInputs:
        return SeededInputs(self.topic, self.seed, f"{self.path}/{name}")


def seeded_trials(topic: Topic, student: Implementation, truth: TruthSource, seed: int) -> Callable[[Row], Trial]:
    """Return the function that makes the trial of a row, with cases and chance drawn from `seed`."""
    return lambda row: Trial(student, truth, SeededInputs(topic, seed, row.id))
