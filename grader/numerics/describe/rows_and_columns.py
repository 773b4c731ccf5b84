"""Describers of a matrix by its rows and columns together: factors of both, or rows that are not finite.

Each yields the sentences that explain a comparison; see `DESCRIBERS`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..compare import short
from .answer import ENOUGH, EXACT, SMALL, TELLING, Comparison


def by_row_and_column(it: Comparison) -> Iterator[str]:
    """Describe an answer that is the right one times a number for its row and one for its column."""
    telling = np.minimum(np.abs(it.got), np.abs(it.want)) > TELLING * np.asarray(it.rounding)
    if it.got.ndim != 2 or min(it.got.shape) < 2 or not telling.all() or it.got.size <= 2 * sum(it.got.shape):
        return
    factors = it.got / it.want
    one_way = any((np.ptp(factors, axis) <= SMALL * np.abs(factors).max()).all() for axis in (0, 1))
    if not one_way and it.explained_by(it.want * factors[:, :1] * factors[:1] / factors[0, 0]):
        yield f"each entry is the right one times a number of its row and one of its column{_sums(it)}"


def _sums(it: Comparison) -> str:
    """Return what follows of rows that should have one sum, as probabilities do; "" about others."""
    right = it.want.sum(axis=1)
    if not right[0] or not np.allclose(right, right[0], rtol=EXACT, atol=0):
        return ""
    if np.allclose(it.got.sum(axis=1), right[0], rtol=EXACT, atol=0):
        return f", and each row still sums to {short(right[0])}: is something wrong in each column before rows are divided by sums?"
    if np.allclose(it.got.sum(axis=0), right[0], rtol=EXACT, atol=0):
        return f", and each column sums to {short(right[0])}, in place of each row: does a sum run over the wrong axis?"
    return ""


def whole_rows(it: Comparison) -> Iterator[str]:
    """Describe an answer that is right in some rows, and infinite or NaN in all entries of the others."""
    if it.got.ndim != 2 or it.got.shape[1] < ENOUGH or len(it.got) < ENOUGH:
        return
    bad = ~np.isfinite(it.got)
    rows = bad.all(axis=1)
    if not np.array_equal(bad, np.broadcast_to(rows[:, None], bad.shape)) or not 0 < rows.sum() < len(rows):
        return
    what = next(
        (w for w, test in (("nan", np.isnan), ("infinite", np.isinf)) if test(it.got[rows]).all()), "not finite"
    )
    rest = "right" if not it.wrong[~rows].any() else "finite"
    yield f"it is {what} in every entry of {rows.sum()} of the {len(rows)} rows, and {rest} in the others"
