"""An answer beside the right one, and when a guess explains it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EXACT = 1e-9  # relative: two programs with one fault differ by rounding only
TELLING = 1e3  # an entry tells something where it is this many times larger than what rounding may do to it
ENOUGH = 3  # telling entries
SMALL = 1e-6  # of the largest entry: a smaller difference has too few digits to be told from another


@dataclass(frozen=True)
class Comparison:
    """An answer beside the right one, both as floats of one shape, and what else has a name."""

    got: np.ndarray
    want: np.ndarray
    rounding: np.ndarray | float  # how far an entry may be off for no reason
    wrong: np.ndarray  # which entries are
    given: dict[str, object]
    nearby: dict[str, np.ndarray]

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The arguments that are arrays of more than one number."""
        return {k: v.astype(float) for k, v in self.given.items() if isinstance(v, np.ndarray) and v.size > 1}

    @property
    def every(self) -> str:
        return "every entry" if self.got.ndim else "the answer"

    def explained_by(self, guess: np.ndarray) -> bool:
        """Whether the guess is what came back, in every entry, and its numbers can tell: some differ, some are not small."""
        if guess.shape != self.got.shape or not np.isfinite(guess).all():
            return False
        if not (np.abs(self.got - guess) <= EXACT * np.abs(guess) + self.rounding).all():
            return False
        telling = np.abs(guess) > TELLING * np.asarray(self.rounding)
        if telling.sum() < min(ENOUGH, guess.size):
            return False
        return guess.size == 1 or bool(np.ptp(guess) > SMALL * np.abs(guess).max())


def factor_of(got: np.ndarray, want: np.ndarray) -> float:
    """By how much the largest right entry is off: the only factor that can explain all."""
    at = np.argmax(np.abs(want))
    return float(got.flat[at] / want.flat[at])


def lines_of(ndim: int, axis: int) -> str:
    """What runs along an axis: entries, rows, columns."""
    return "entries" if ndim == 1 else {0: "rows", 1: "columns"}.get(axis, f"slices along axis {axis}")
