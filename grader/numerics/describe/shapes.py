"""Describing an answer of another shape than the right one: transposed, reduced once too often or not at all, wrapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

import numpy as np

from ..compare import short
from .answer import ENOUGH, EXACT, SMALL, has_digits

REDUCTIONS: Mapping[str, Callable[..., np.ndarray]] = {"sum": np.sum, "mean": np.mean, "maximum": np.max}


def describe_shape(got: np.ndarray, want: np.ndarray, sizes: Mapping[str, int]) -> str | None:
    """Return a sentence about what the answer is, if its numbers can tell, else a question that its shape suggests, or None.

    `sizes` are the names of the sizes of the case.
    """
    return next(chain(_by_numbers(got, want), _by_shape(got.shape, want.shape, sizes)), None)


def another_output(got: np.ndarray, want: np.ndarray, outputs: Mapping[str, np.ndarray]) -> str | None:
    """Return a sentence if the answer is the right value of another output of the same call, else None."""
    for name, array in outputs.items():
        if _same(got, np.asarray(array, float)) and not _same(want, got):
            return f"it is what `{name}` should be: are they returned in another order, or is one written into?"
    return None


def an_argument(got: np.ndarray, given: Mapping[str, object]) -> str | None:
    """Return a sentence if the answer is one of the arguments, else None."""
    arrays = {name: np.asarray(array, float) for name, array in given.items() if isinstance(array, np.ndarray)}
    return next(
        (f"it is the argument `{name}`, unchanged" for name, array in arrays.items() if _same(got, array)), None
    )


def _by_numbers(got: np.ndarray, want: np.ndarray) -> Iterator[str]:
    """Yield the sentences that the numbers prove."""
    if got.ndim == 2 and _same(got, want.T):
        yield "it is the right answer transposed"
    elif got.size == want.size and _same(got.ravel(), want.ravel()):
        yield "the numbers are right, only their shape is not: is `keepdims` or a `reshape` amiss?"
    for axis in range(want.ndim):
        for word, reduce in REDUCTIONS.items():
            if _same(got, reduce(want, axis=axis)) or _same(got, reduce(want, axis=axis, keepdims=True)):
                yield f"it is the {word} of the right answer over axis {axis}"
    for word, reduce in REDUCTIONS.items():
        if want.ndim > 1 and _same(got, reduce(want)):
            yield f"it is the {word} of the whole right answer"
    for axis in range(got.ndim):
        if got.shape[axis] > 1 and all(_same(part, want) for part in np.moveaxis(got, axis, 0)):
            yield f"it repeats the right answer along axis {axis}"
        for word, reduce in REDUCTIONS.items():
            if _same(reduce(got, axis=axis), want):
                yield f"its {word} over axis {axis} is the right answer"
    for word, reduce in REDUCTIONS.items():
        if got.ndim > 1 and _same(reduce(got), want):
            yield f"the {word} of all its entries is the right answer"
    if got.size >= ENOUGH and np.ptp(got) == 0:
        yield f"every entry is {short(got.flat[0])}"


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """Return True if the arrays are the same to nine digits and can tell: a constant one could be anything."""
    if a.shape != b.shape or not np.isfinite(b).all() or not np.allclose(a, b, rtol=EXACT, atol=0):
        return False
    return has_digits(b.item()) if b.size == 1 else bool(np.ptp(b) > SMALL * np.abs(b).max())


def _by_shape(got: tuple[int, ...], want: tuple[int, ...], sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield questions, for a shape alone proves nothing."""
    if len(got) == len(want) == 1 and got[0] != 1:
        letters = [[name for name, size in sizes.items() if size == n] for (n,) in (got, want)]
        if all(letters):
            yield f"it has {letters[0][0]} numbers, not {letters[1][0]}: does a sum or a mean run along the wrong axis?"
    if len(got) == 2 and got[0] == got[1] and want in ((got[0],), (got[0], 1)) and got[0] > 1:
        yield f"did an array of shape ({got[0]}, 1) meet one of shape ({got[0]},)?"
    elif any(got[:i] + got[i + 1 :] == want for i in range(len(got))):
        yield "it has an axis too many: is a sum, a mean or an index left out, or does a matrix come in where a vector belongs?"
    elif any(want[:i] + want[i + 1 :] == got for i in range(len(want))):
        cause = "a sum or a mean taken too often, is an array left out of the formula, or is another value returned in its place"
        yield f"{'it has an axis too few' if got else 'it is a single number'}: is {cause}?"
