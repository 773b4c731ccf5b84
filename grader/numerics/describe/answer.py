"""An answer beside the right one, and the test whether a guess explains it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

EXACT = 1e-9  # relative: two programs with the same fault differ by rounding only
TELLING = 1e3  # an entry this many times larger than its rounding can refute a guess
ENOUGH = 3  # entries that can: fewer fit some guess by chance
MANY = 20  # entries: of fewer that are whole numbers, or have two values only, something has the same pattern by chance
SMALL = 1e-6  # of the largest entry: a smaller difference has too few digits left to be told from another
DIGITS = 6  # a number that has no more is found by chance among the sums and products of others


@dataclass(frozen=True)
class Comparison:
    """An answer and the right one, both as floats of the same shape, with everything that has a name in the call.

    `rounding` is how far an entry may be off by rounding, `wrong` a mask of the entries that are. `where`, `given`,
    `nearby` and `outputs` are those of errors.Evidence; of the outputs only the others. `settled` are the hyper-parameters that
    another row of the same program shows to be where they belong.
    """

    got: np.ndarray
    want: np.ndarray
    rounding: np.ndarray | float
    wrong: np.ndarray
    given: dict[str, object]
    nearby: dict[str, np.ndarray]
    outputs: dict[str, np.ndarray] = field(default_factory=dict)
    where: str = ""
    settled: frozenset[str] = frozenset()

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The arguments that are arrays of more than one number."""
        return {k: v.astype(float) for k, v in self.given.items() if isinstance(v, np.ndarray) and v.size > 1}

    @property
    def every(self) -> str:
        if not self.got.ndim:
            return "the answer"
        return "every entry" if self.wrong.all() else "every entry that is wrong"

    def has_digits(self, long: np.ndarray) -> bool:
        """Return True if the answer, of few entries, has more digits than are met by chance. `long` says which numbers have."""
        return bool(long.sum() >= min(ENOUGH, long.size))

    def explained_by(self, guess: np.ndarray, free: int | np.ndarray = 0, axis: int | None = None) -> bool:
        """Return True if the guess is the answer in every entry, and its numbers prove it.

        They must differ, and be larger than their rounding. `free` is how many numbers of the guess were found from the answer
        itself: more than twice as many entries must stand behind it, along `axis` in each line. One number alone proves only
        what nothing was found for. Unless there are many, they or the right ones have more digits than are met by chance.
        """
        if guess.shape != self.got.shape or not np.isfinite(guess).all():
            return False
        if not (np.abs(self.got - guess) <= EXACT * np.abs(guess) + self.rounding).all():
            return False
        telling = np.abs(guess) > TELLING * np.asarray(self.rounding)
        if guess.size < MANY and not self.has_digits(with_digits(self.got) | with_digits(self.want)):
            return False
        if guess.size == 1:
            return bool(telling.all()) and free == 0
        if telling.sum() < min(ENOUGH, guess.size) or not (telling.sum(axis) > 2 * np.asarray(free)).all():
            return False
        return bool(np.ptp(guess) > SMALL * np.abs(guess).max())


def has_digits(number: float) -> bool:
    """Return True for a number that six digits do not write."""
    return bool(with_digits(np.asarray(number)))


def with_digits(values: np.ndarray) -> np.ndarray:
    """Return a mask of the numbers that six digits do not write."""
    with np.errstate(all="ignore"):
        unit = 10.0 ** (np.floor(np.log10(np.abs(values))) - DIGITS + 1)
        return np.asarray(np.abs(np.round(values / unit) * unit - values) > EXACT * np.abs(values))


def distinct(values: np.ndarray) -> int:
    """Return how many different numbers there are."""
    return len(np.unique(values))


def factor_of(got: np.ndarray, want: np.ndarray) -> float:
    """Return the ratio of the answer to the largest right entry: no other factor can explain them all."""
    at = np.argmax(np.abs(want))
    return float(got.flat[at] / want.flat[at])


def lines_of(ndim: int, axis: int) -> str:
    """Return the word for what an axis counts: entries, rows, columns."""
    return "entries" if ndim == 1 else {0: "rows", 1: "columns"}.get(axis, f"slices along axis {axis}")
