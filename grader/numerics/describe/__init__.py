"""What is wrong with an answer that no known mistake explains: the simplest true description of how it differs.

A description is said only where it explains every entry to nine digits and the numbers can tell (a true sentence of an
array of zeros would say nothing). Comparison ends in a question where it guesses at a cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ...errors import Wrong
from ..compare import VALUES, Truth, is_close
from ..name_numbers import counts
from .amounts import (
    any_factor,
    any_offset,
    argument,
    by_line,
    function,
    known_factor,
    known_offset,
    nearby,
    one_number,
    sign,
    with_argument,
)
from .answer import Comparison
from .places import by_sign, in_one_line, order, precision
from .shapes import another_output, describe_shape

__all__ = ["describe", "described"]

LARGE = 200_000  # entries: beyond it the search for words takes too long

DESCRIBERS: tuple[Callable[[Comparison], Iterator[str]], ...] = (
    one_number,
    sign,
    argument,
    nearby,
    known_factor,
    known_offset,
    order,
    function,
    with_argument,
    any_factor,
    any_offset,
    by_line,
    by_sign,
    in_one_line,
    precision,
)


def describe(wrong: Wrong) -> str | None:
    """The description of an answer that was compared with a truth, as a sentence without its full stop; None for none."""
    try:
        return described(wrong)
    except Exception:  # a sentence is never worth a grade: a fault here must not leave a submission ungraded
        return None


def described(wrong: Wrong) -> str | None:
    """`describe`, with the faults that it may have."""
    truth, answer = wrong.evidence.truth, wrong.evidence.answer
    if not isinstance(truth, Truth) or not isinstance(answer, np.ndarray) or answer.dtype.kind not in "fiub":
        return None
    want = truth.value.astype(float)
    if not 0 < answer.size <= LARGE or not 0 < want.size <= LARGE or not np.isfinite(want).all():
        return None
    with np.errstate(all="ignore"):
        got = answer.astype(float)
        rounding = VALUES.floor * truth.scale
        if (other := another_output(got, want, wrong.evidence.outputs)) is not None:
            return other
        if got.shape != want.shape:
            return describe_shape(got, want, counts(wrong.evidence.given))
        if answer.dtype.kind == "f" and answer.dtype.itemsize < 8:
            return None  # the precision is what is wrong, and is said
        it = Comparison(
            got, want, rounding, ~is_close(got, truth, VALUES), dict(wrong.evidence.given), dict(wrong.evidence.nearby)
        )
        return next((sentence for describer in DESCRIBERS for sentence in describer(it)), None)
