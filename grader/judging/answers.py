"""The whole answer of a row: everything that was returned to its questions, in a form in which two programs can be compared.

Two programs with one fault differ by rounding only. Two *fingerprints* find equal answers without keeping them: hashes of all
numbers, rounded to 8 digits on two grids, so that a number at the edge of one is inside a step of the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np

from ..numerics.compare import VALUES, as_array, largest

DIGITS = 8  # of the largest number of an array, in a fingerprint
SINGLE_DIGITS = 4  # the same of an answer in float32
SAME_RTOL = 1e-9  # two programs with one fault differ by rounding only
SINGLE_RTOL = 1e-5  # the same in float32
# Of the two grids, in steps. Not half a step, where many answers lie that are 0 but for rounding, nor any other fraction: powers of
# two are at halves and quarters of a step (2**-14 was at the edge of both).
SHIFTS = (0.0, 1 / np.pi)
ROUND = 1e-6  # a number that is as near to a quarter is one
MOST_KEPT = 4096  # numbers of an array that are kept to be compared; of the rest fingerprints tell
NOT_NUMBERS = {"nan": 1 << 62, "inf": 1 << 61, "-inf": 1 << 60}


@dataclass(frozen=True)
class Numbers:
    """An array that was returned: its shape, at most `MOST_KEPT` of its entries, whether it came in less than float64, and
    `noise`, the rounding that its entries may hold."""

    shape: tuple[int, ...]
    entries: np.ndarray
    single: bool = False
    noise: float = 0.0
    prints: tuple[str, str] = ("", "")

    @classmethod
    def of(cls, array: np.ndarray, scale: float = 0.0) -> Numbers:
        """Read an array; `scale` is the largest term that went into it (`Truth.scale`), if that is known."""
        values = array.astype(float).ravel()
        noise = VALUES.floor * max(scale, largest(values))
        single = array.dtype.kind == "f" and array.dtype.itemsize < 8
        step = max(1, -(-values.size // MOST_KEPT))
        return cls(array.shape, values[::step].copy(), single, noise, _prints(array.shape, values, single, noise))

    def agrees(self, other: Numbers, rtol: float, floor: float) -> bool:
        """Say whether two arrays are equal but for `rtol` of each entry, or `floor` of the largest."""
        if (self.shape, self.single) != (other.shape, other.single):
            return False
        if self.bits == other.bits:
            return True  # as most answers of most programs are: found out a hundred times faster than below
        rtol = SINGLE_RTOL if self.single else rtol
        atol = max(self.noise, other.noise, floor * other.largest)
        if self.entries.size and _apart(float(self.entries[0]), float(other.entries[0]), rtol, atol):
            return False  # most arrays that differ do so there
        return bool(np.allclose(self.entries, other.entries, rtol=rtol, atol=atol, equal_nan=True))

    @cached_property
    def bits(self) -> bytes:
        """A digest of the entries as they are, to the last bit."""
        return hashlib.blake2b(self.entries.tobytes(), digest_size=16).digest()

    @cached_property
    def largest(self) -> float:
        return largest(self.entries)

    def to_wire(self) -> list[Any]:
        return [list(self.shape), self.entries, self.single, self.noise, *self.prints]

    @classmethod
    def from_wire(cls, data: Sequence[Any]) -> Numbers:
        shape, entries, single, noise, one, other = data
        return cls(tuple(shape), np.asarray(entries, float), single, noise, (one, other))


def _apart(mine: float, theirs: float, rtol: float, atol: float) -> bool:
    return isfinite(mine) and isfinite(theirs) and abs(mine - theirs) > atol + rtol * abs(theirs)


def _prints(shape: tuple[int, ...], values: np.ndarray, single: bool, noise: float) -> tuple[str, str]:
    size, digits = largest(values), SINGLE_DIGITS if single else DIGITS
    found = []
    for shift in SHIFTS:
        grid = np.zeros(values.size, np.int64)
        if size > 0:
            unit = 10.0 ** (np.floor(np.log10(size) + shift) - digits)
            unit = max(unit, 10.0 ** np.ceil(np.log10(max(noise, 1e-320)) + 2 + shift))  # below it there is rounding
            finite = np.isfinite(values)
            grid[finite] = np.rint(values[finite] / unit + shift).astype(np.int64)
        grid[np.isnan(values)] = NOT_NUMBERS["nan"]
        grid[np.isposinf(values)] = NOT_NUMBERS["inf"]
        grid[np.isneginf(values)] = NOT_NUMBERS["-inf"]
        found.append(hashlib.sha256(repr((shape, single)).encode() + grid.tobytes()).hexdigest()[:32])
    return found[0], found[1]


@dataclass(frozen=True)
class Answers:
    """The whole answer of a row, in the order of asking: arrays, and words for what is none, exceptions among them.

    `complete`: every question was asked. `drawn`: there are generators among the arguments, so that a program may draw other
    numbers and be as right. `values` are empty where nothing but the fingerprints is on record. `largest` is the largest value
    that each hyper-parameter was asked with, by (function, name), where that is known.
    """

    values: tuple[Numbers | str, ...]
    complete: bool = True
    drawn: bool = False
    recorded: tuple[str, str] | None = None
    largest: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @cached_property
    def prints(self) -> tuple[str, str]:
        """The two fingerprints of the whole."""
        if self.recorded is not None:
            return self.recorded
        found = [hashlib.sha256(), hashlib.sha256()]
        for value in self.values:
            for grid, each in enumerate(found):
                each.update(b"\0" + ((value if isinstance(value, str) else value.prints[grid]).encode()))
        return found[0].hexdigest()[:32], found[1].hexdigest()[:32]

    def agrees(self, other: Answers, rtol: float = SAME_RTOL, floor: float = 0.0) -> bool:
        """Say whether two whole answers are equal but for rounding. An incomplete one agrees with nothing.

        `rtol` is allowed of each entry, and `floor` of the largest of an array.
        """
        if not (self.complete and other.complete):
            return False
        if self.recorded is not None or other.recorded is not None:
            return self.may_agree(other)
        if len(self.values) != len(other.values):
            return False
        return all(
            a == b if isinstance(a, str) or isinstance(b, str) else a.agrees(b, rtol, floor)
            for a, b in zip(self.values, other.values, strict=True)
        )

    @property
    def size(self) -> int:
        """How many numbers were returned."""
        return sum(int(np.prod(value.shape)) for value in self.values if isinstance(value, Numbers))

    def may_agree(self, other: Answers) -> bool:
        """Say whether one of the fingerprints is equal."""
        return any(mine == theirs for mine, theirs in zip(self.prints, other.prints, strict=True))

    def beside(self, right: Answers) -> Difference:
        """Return what is wrong, beside the right answer."""
        mine, theirs = [np.zeros(0)], [np.zeros(0)]
        for a, b in zip(self.values, right.values, strict=False):
            if isinstance(a, Numbers) and isinstance(b, Numbers) and a.shape == b.shape:
                off = ~np.isclose(a.entries, b.entries, rtol=SAME_RTOL, atol=b.noise, equal_nan=True)
                mine.append(a.entries[off])
                theirs.append(b.entries[off])
            elif isinstance(a, Numbers):
                mine.append(a.entries)
        return Difference(np.concatenate(mine), np.concatenate(theirs))


@dataclass(frozen=True)
class Difference:
    """The entries of an answer that are wrong, and the right ones, of those arrays that have the right shape."""

    wrong: np.ndarray
    right: np.ndarray

    @property
    def is_dead(self) -> bool:
        """Whether one and the same number, or NaN, stands wherever it is wrong, while the right answer varies there."""
        return len(np.unique(self.wrong)) <= 1 < len(np.unique(self.right))

    @property
    def is_telling(self) -> bool:
        """Whether there is a number that not many faults give. NaN and round numbers (0, 1, a half) may come of many."""
        quarters = 4 * self.wrong[np.isfinite(self.wrong)]
        return bool((np.abs(quarters - np.round(quarters)) > ROUND).any())


# ---------------------------------------------------------------------------------------- as plain data


def to_wire(answers: Answers, light: bool = False) -> dict[str, Any]:
    """Return whole answers as plain data; `light`: with no more of them than their fingerprints."""
    about = {"complete": answers.complete, "drawn": answers.drawn}
    if light or answers.recorded is not None:
        return {**about, "prints": list(answers.prints)}
    return {**about, "values": [v if isinstance(v, str) else v.to_wire() for v in answers.values]}


def from_wire(data: Mapping[str, Any]) -> Answers:
    """Return the whole answers that `to_wire` made plain data of."""
    prints = tuple(data["prints"]) if "prints" in data else None
    values = tuple(v if isinstance(v, str) else Numbers.from_wire(v) for v in data.get("values", ()))
    return Answers(values, data["complete"], data["drawn"], prints)


def read(value: Any, scale: float = 0.0) -> Numbers | str:
    """Return one answer in the form in which it is compared."""
    array = as_array(value)
    return f"value: {value!r:.500}" if array is None else Numbers.of(array, scale)
