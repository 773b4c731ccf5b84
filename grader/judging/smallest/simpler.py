"""Simpler cases from a case: fewer rows and columns, rounder numbers, fewer hyper-parameters.

A case stays one of its kind: sizes shrink in all arguments that share a letter, whole numbers stay below their bound, what
is positive or negative or between 0 and 1 stays so, rows that sum to 1 still do, and an array of zeros and ones, or of -1
and 1, stays one. The hyper-parameters that are left are given so by one of the row's own cases.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...checks import SingleCase
from .domain import settings

Values = dict[str, Any]
Move = Callable[[Values], Values | None]
Simplify = Callable[[np.ndarray], np.ndarray]

SEVERAL = 3  # numbers that are all between 0 and 1: fewer may be so by chance
FEW = 8  # indices of a letter that are left out one by one
PARTS: tuple[Callable[[int], Sequence[int]], ...] = (  # of a letter's indices, which to keep
    lambda n: range(1),
    lambda n: range(2),
    lambda n: range(n // 2),
    lambda n: range(n // 2, n),
)


def rounded(digits: int) -> Simplify:
    return lambda x: np.round(x, digits)


def counting(x: np.ndarray) -> np.ndarray:
    """Return 0, 1, 2, … in the form of `x`."""
    return np.arange(x.size, dtype=x.dtype).reshape(x.shape)


def halves(x: np.ndarray) -> np.ndarray:
    """Return numbers that are all 1/2: 0 where `x` is of whole numbers."""
    return np.full_like(x, 0.5)


SIMPLER: tuple[Simplify, ...] = (np.zeros_like, np.ones_like, halves, counting, rounded(0), rounded(1), rounded(2))


def moves(alone: SingleCase, case: Values) -> Iterator[Move]:
    """Yield ways to simplify, the boldest first. Each returns another case, or None if it has nothing to do or goes too far."""
    bound = (
        {} if any(isinstance(value, list) for value in case.values()) else sizes(alone, case)
    )  # lists keep their sizes
    letters = sorted(bound, key=lambda letter: -bound[letter])
    yield _all_at_once(alone, letters)
    for letter in letters:
        yield from (_kept(alone, letter, part) for part in PARTS)
        yield from (_without(alone, letter, i) for i in reversed(range(FEW)))
    yield from (_given(alone, setting) for setting in settings(alone))
    yield _rounded([name for name, spec in alone.specs.items() if spec.kind == "real" and name in case], rounded(0))
    for name in [*(name for name in alone.specs if name in case), *tables(case)]:
        yield from (_rounded([name], simplify) for simplify in SIMPLER)


def tables(case: Mapping[str, Any]) -> list[str]:
    """Return the names of the values that are numbers by name: the leaves of a script."""
    return [name for name, value in case.items() if isinstance(value, Mapping) and _are_numbers(value.values())]


def _are_numbers(values: Collection[Any]) -> bool:
    return len(values) > 0 and all(isinstance(x, float) for x in values)


def _array(value: Any) -> np.ndarray:
    return np.asarray([*value.values()] if isinstance(value, Mapping) else value)


def sizes(alone: SingleCase, case: Mapping[str, Any]) -> dict[str, int]:
    """Return the size that each letter of a case's arrays stands for."""
    bound: dict[str, int] = {}
    for name, spec in alone.specs.items():
        if name in case:
            shape = np.shape(case[name])
            bound.update((d, n) for d, n in zip(spec.axes(len(shape)), shape, strict=True) if d and not d.isdigit())
    return bound


def entries(case: Mapping[str, Any]) -> int:
    """Return how many numbers the arrays of a case hold."""
    return sum(value.size for value in case.values() if isinstance(value, np.ndarray))


def cost(case: Mapping[str, Any]) -> tuple[int, int]:
    """Return what simplification lowers: the number of entries, then how much there is to write."""
    numbers = [case[name] for name in tables(case)] + [v for v in case.values() if isinstance(v, np.ndarray | float)]
    written = sum(_characters(np.ravel(_array(value)).tolist()) for value in numbers)
    return entries(case), written + sum(not isinstance(value, np.ndarray) for value in case.values())


def _characters(numbers: list[float]) -> int:
    """Return how many characters it takes to write numbers, where 0 costs none and 1 one."""
    others = [x for x in numbers if x not in (0, 1)]
    brackets_and_commas = 2 * max(len(others), 1)
    return numbers.count(1) + len(repr(others)) - brackets_and_commas


def like(value: Any, original: Any) -> bool:
    """Say whether a simplified value is still of the original's kind."""
    now, before = _array(value), _array(original)
    if before.dtype.kind not in "fiu" or not before.size or not np.isfinite(before).all():
        return now.dtype == before.dtype
    signs = (np.greater, np.greater_equal, np.less)
    if any(sign(before, 0).all() and not sign(now, 0).all() for sign in signs):
        return False
    if before.size >= SEVERAL and _is_fraction(before).all() and not _is_fraction(now).all():
        return False
    labels = next((pair for pair in ((0, 1), (-1, 1)) if np.isin(before, pair).all()), None)
    if labels is not None and not np.isin(now, labels).all():
        return False
    shares = before.ndim > 0 and np.allclose(before.sum(axis=-1), 1, rtol=1e-9)
    return not shares or np.allclose(now.sum(axis=-1), 1, rtol=1e-9)


def _is_fraction(x: np.ndarray) -> np.ndarray:
    return (x > 0) & (x < 1)


def _all_at_once(alone: SingleCase, letters: Sequence[str]) -> Move:
    def move(case: Values) -> Values | None:
        found: Values | None = case
        for letter in letters:
            found = found and take(alone, found, letter, [0])
        return found

    return move


def _kept(alone: SingleCase, letter: str, keep: Callable[[int], Sequence[int]]) -> Move:
    def move(case: Values) -> Values | None:
        n = sizes(alone, case).get(letter, 0)
        indices = list(keep(n))
        return take(alone, case, letter, indices) if 0 < len(indices) < n else None

    return move


def _without(alone: SingleCase, letter: str, i: int) -> Move:
    """Leave out one index, where there are few."""
    return _kept(alone, letter, lambda n: [*range(i), *range(i + 1, n)] if i < n <= FEW else range(n))


def take(alone: SingleCase, case: Values, letter: str, indices: Sequence[int]) -> Values | None:
    """Return the case with these indices of a letter only, wherever it occurs; None if a whole number would lose its meaning."""
    bound = sizes(alone, case)
    taken = dict(case)
    for name, value in case.items():
        spec = alone.specs.get(name)
        if spec is not None and spec.below == letter:
            if not np.isin(value, indices).all():
                return None
            value = taken[name] = np.searchsorted(np.asarray(indices), value)
        if isinstance(value, np.ndarray):
            axes = [i for i, d in enumerate(spec.axes(value.ndim) if spec else _guessed(value, bound)) if d == letter]
            for axis in axes:
                value = np.take(value, indices, axis)
            taken[name] = value
        elif name == letter and isinstance(value, int):
            taken[name] = len(indices)
    return taken


def _guessed(value: np.ndarray, bound: Mapping[str, int]) -> list[str]:
    """Guess the letters of an array that no signature declares, by its lengths: where only one letter has that size."""
    by_size = [[letter for letter, n in bound.items() if n == length and n > 1] for length in value.shape]
    return [letters[0] if len(letters) == 1 else "" for letters in by_size]


def _given(alone: SingleCase, setting: Mapping[str, Any]) -> Move:
    """Leave out what a setting leaves out, where the case has the rest of it."""

    def move(case: Values) -> Values | None:
        rest = {**alone.defaults, **{name: case[name] for name in setting if name in case}}
        if repr(rest) != repr({**alone.defaults, **setting}):
            return None
        return {name: value for name, value in case.items() if name in setting or name not in alone.defaults}

    return move


def _as(value: Any, array: np.ndarray) -> Any:
    """Return other numbers in the form of `value`."""
    if isinstance(value, Mapping):
        return dict(zip(value, array.tolist(), strict=True))
    return array if isinstance(value, np.ndarray) else array.item()


def _rounded(names: Sequence[str], simplify: Simplify) -> Move:
    def move(case: Values) -> Values | None:
        found = dict(case)
        for name in names:
            simple = simplify(_array(case[name])) + 0  # no -0
            found[name] = _as(case[name], simple)
        return found

    return move
