"""Trials whose cases and chance are drawn from a seed: the students' public one, or a round's, derived from the secret."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..checks.trial import Inputs, Trial, TruthSource
from ..inside.plan import Implementation
from ..topics.rubric import Case, Cases, Row, Topic

PUBLIC_SEED = 0


def round_seed(secret: bytes, topic: str, round: str) -> int:
    """Return the seed of a topic's grading cases in a round: HMAC-SHA256(secret, topic ‖ round), as an integer."""
    return int.from_bytes(hmac.new(secret, f"{topic}\0{round}".encode(), hashlib.sha256).digest()[:16], "big")


class SeededInputs(Inputs):
    """Every row draws the same cases, whatever ran before it; chance is its own, by `path`: the row's id, and the branch's."""

    def __init__(self, topic: Topic, seed: int, path: str) -> None:
        self.topic, self.seed, self.path = topic, seed, path
        self.rng = np.random.default_rng([seed, *path.encode()])

    def cases(self, generator: Cases | None) -> Sequence[Case]:
        return list((generator or self.topic.cases)(np.random.default_rng(self.seed)))

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return self.rng.normal(size=shape)

    def computed(self, compute: Callable[[], Any]) -> Any:
        return compute()

    def branch(self, name: str) -> SeededInputs:
        return SeededInputs(self.topic, self.seed, f"{self.path}/{name}")


def seeded_trials(topic: Topic, student: Implementation, truth: TruthSource, seed: int) -> Callable[[Row], Trial]:
    """Return the function that makes the trial of a row, with cases and chance drawn from `seed`."""
    return lambda row: Trial(student, truth, SeededInputs(topic, seed, row.id))
