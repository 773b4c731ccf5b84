"""Describers of places: the right numbers in another order, or wrong ones in one line only.

Each yields the sentences that explain a comparison; see `DESCRIBERS`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .answer import ENOUGH, Comparison, distinct, lines_of

FEW = 6  # whole numbers: that three of them come back in reverse order is chance in one of six answers


# ------------------------------------------------------------------------------------- another order of the numbers


def order(it: Comparison) -> Iterator[str]:
    """Describe an answer that has the right numbers in another order."""
    got, want = it.got, it.want
    if not _tells_order(want):
        return
    if want.ndim == 2 and it.explained_by(want.T):
        yield "it is the right answer transposed"
    for axis in range(want.ndim):
        what = lines_of(want.ndim, axis)
        if want.shape[axis] < ENOUGH:
            continue
        if it.explained_by(np.flip(want, axis)):
            yield f"the {what} are in reverse order"
        for by in (1, -1):
            if it.explained_by(np.roll(want, by, axis)):
                yield f"the {what} are shifted by one: is an index off by one?"
        moved = _permuted(np.moveaxis(got, axis, 0), np.moveaxis(want, axis, 0))
        if moved is not None and it.explained_by(np.take(want, moved, axis)):
            yield f"the {what} are right, but in another order"


def _tells_order(want: np.ndarray) -> bool:
    """Return True if most numbers differ, and are not a few whole ones: others come back in some order by chance."""
    different = distinct(want)
    return different > want.size / 2 and different >= (FEW if (want == np.round(want)).all() else ENOUGH)


def _permuted(got: np.ndarray, want: np.ndarray) -> np.ndarray | None:
    """Return the number of the line of `want` that each line of `got` may be, each used once, or None.

    Lines are matched by their ranks, so the caller must still compare them. None if two lines of `want` begin alike.
    """
    got, want = got.reshape(len(got), -1), want.reshape(len(want), -1)
    if not np.isfinite(got).all():
        return None
    mine, theirs = np.lexsort(got.T[::-1]), np.lexsort(want.T[::-1])
    if len(np.unique(want[:, 0])) < len(want):
        return None
    found = np.empty(len(got), int)
    found[mine] = theirs
    return found


# -------------------------------------------------------------------------------------------- right in places


def in_one_line(it: Comparison) -> Iterator[str]:
    """Describe an answer that is right except for one row, one column, or the first or last entry."""
    wrong, shape = it.wrong, it.wrong.shape
    if wrong.all() or not (it.want[~wrong] != 0).sum() >= ENOUGH:
        return
    for axis in range(wrong.ndim):
        others = tuple(i for i in range(wrong.ndim) if i != axis)
        hit = np.flatnonzero(wrong.any(axis=others))
        if shape[axis] < ENOUGH or len(hit) != 1 or (wrong.ndim == 1 and hit[0] not in (0, shape[0] - 1)):
            continue
        line = {"entries": "entry", "rows": "row", "columns": "column"}.get(
            lines_of(wrong.ndim, axis), f"slice of axis {axis}"
        )
        if 2 * wrong.take(hit[0], axis).sum() <= wrong.size / shape[axis]:
            continue  # most of the line is right
        which = {0: f"the first {line}", shape[axis] - 1: f"the last {line}"}.get(int(hit[0]), f"{line} {hit[0]}")
        yield f"right except in {which}" if wrong.ndim > 1 else f"right except for {which}"
