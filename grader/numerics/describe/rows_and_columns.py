"""Describers of a matrix by its rows and columns together: factors of both, or rows that are not finite.

Each yields the sentences that explain a comparison; see `DESCRIBERS`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .answer import ENOUGH, Comparison


def by_row_and_column(it: Comparison) -> Iterator[str]:
    """Describe an answer that is the right one times a number for each row and a number for each column."""
    if it.got.ndim != 2 or not (np.isfinite(it.got) & (it.got != 0) & (it.want != 0)).all():
        return
    ratios = it.got / it.want
    logs = np.log(np.abs(ratios))
    fitted = logs.mean(axis=1, keepdims=True) + logs.mean(axis=0, keepdims=True) - logs.mean()
    if (ratios > 0).all() and it.explained_by(np.exp(fitted) * it.want, free=sum(it.got.shape) - 1):
        cause = "are the columns shifted, each by a number of its own, ahead of a softmax?"
        yield f"each entry is the right one times a number of its row and a number of its column: {cause}"


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
