"""Describers of lines: in each row, or in each column, one thing is wrong, with numbers of its own.

Each yields the sentences that explain a comparison; see `DESCRIBERS`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..compare import short
from .answer import ENOUGH, EXACT, SMALL, Comparison, distinct

LARGE = 20_000  # entries: of a larger answer no line is fitted


def by_line(it: Comparison) -> Iterator[str]:
    """Describe an answer in which each row or column is wrong by a factor or an offset of its own, or is constant."""
    if it.got.ndim != 2 or min(it.got.shape) < 2:
        return
    for axis, line in ((1, "row"), (0, "column")):
        largest = np.expand_dims(np.abs(it.want).argmax(axis), axis)
        factors = np.take_along_axis(it.got, largest, axis) / np.take_along_axis(it.want, largest, axis)
        offsets = np.median(it.got - it.want, axis=axis, keepdims=True)
        if not (np.ptp(it.want, axis=axis) > 0).all() or it.got.shape[axis] < ENOUGH:
            continue
        if it.explained_by(factors * it.want, free=1, axis=axis):
            some = f"{line} 0 by {short(factors.flat[0])}, {line} 1 by {short(factors.flat[1])}"
            yield f"each {line} is the right one times a number of its own ({some}){_total(it, axis, line)}"
        elif np.abs(offsets).max() > SMALL * np.abs(it.want).max() and it.explained_by(it.want + offsets, 1, axis):
            some = f"{line} 0 by {short(offsets.flat[0])}, {line} 1 by {short(offsets.flat[1])}"
            yield f"each {line} is off by a number of its own ({some})"
        if (np.ptp(it.got, axis=axis) == 0).all() and distinct(it.got) >= ENOUGH:
            yield f"all entries of a {line} are the same: is something reduced that should not be?"


def _total(it: Comparison, axis: int, line: str) -> str:
    """Return a question about lines that should have one sum, as probabilities do; "" about others."""
    mine, right = it.got.sum(axis), it.want.sum(axis)
    if (
        right[0]
        and np.allclose(right, right[0], rtol=EXACT, atol=0)
        and not np.isclose(mine, right[0], rtol=SMALL, atol=0).any()
    ):
        return f": no {line} sums to {short(right[0])} now, is something else divided by than the {line}'s sum?"
    return ""


def straight(it: Comparison) -> Iterator[str]:
    """Describe an answer of which each row or column, or its difference from the right one, is a straight line in an argument."""
    if it.got.ndim != 2 or it.got.size > LARGE or not np.isfinite(it.got).all():
        return
    same = {f"`{name}`": array for name, array in it.arrays.items() if array.shape == it.got.shape}
    one, off = np.ones(it.got.shape), it.got - it.want
    for axis, line in ((0, "column"), (1, "row")):
        for name, array in same.items():
            if _fitted(it.want, [array, one], axis) is not None:
                continue  # so is the right answer
            for terms, words in (([array], name), ([array, one], f"{name} plus a constant")):
                if _explains(it, _fitted(it.got, terms, axis), 0.0, terms, axis):
                    yield f"in each {line} it is a multiple of {words}, with numbers of its own"
                if _explains(it, _fitted(off, terms, axis), it.want, terms, axis):
                    yield f"in each {line} it is off by a multiple of {words}, with numbers of its own"
            terms = [it.want, array]
            if _explains(it, _fitted(it.got, terms, axis), 0.0, terms, axis):
                yield f"in each {line} it is a multiple of the right answer plus one of {name}, with numbers of its own"
        terms = [it.want, one]
        if _explains(it, _fitted(it.got, terms, axis), 0.0, terms, axis):
            yield f"in each {line} it is a multiple of the right answer plus a constant, with numbers of its own"


def _fitted(target: np.ndarray, terms: list[np.ndarray], axis: int) -> np.ndarray | None:
    """Return the combination of the terms' lines that is nearest to each line of `target`; None if that is not near."""
    lines = np.stack([np.moveaxis(term, axis, -1) for term in terms], axis=-1)  # (lines, entries, terms)
    sizes = np.abs(lines).max(axis=1, keepdims=True)
    if target.shape[axis] <= 2 * len(terms) or not sizes.all():
        return None
    onto = np.moveaxis(target, axis, -1)[..., None]
    fitted = lines / sizes @ (np.linalg.pinv(lines / sizes) @ onto)
    near = np.abs(fitted - onto).max() <= SMALL * np.abs(onto).max()
    return np.moveaxis(fitted[..., 0], -1, axis) if near else None


def _explains(
    it: Comparison, fitted: np.ndarray | None, rest: np.ndarray | float, terms: list[np.ndarray], axis: int
) -> bool:
    if fitted is None or np.abs(fitted).max() <= SMALL * np.abs(it.want).max():
        return False
    return it.explained_by(fitted + rest, len(terms), axis)
