"""Describing an answer that no known mistake explains: the simplest true sentence about how it differs from the right one.

A sentence must explain every entry to nine digits, and the numbers must be able to refute it: of an array of zeros, many true
sentences say nothing. What was found from the answer itself, k numbers, must explain more than 2 k entries. How large the
difference is is looked at first. If a sentence guesses at a cause, it ends in a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from ...errors import Evidence, Wrong
from ..compare import VALUES, Truth, is_close
from ..name_numbers import counts
from .amounts import (
    any_factor,
    any_offset,
    argument,
    function_of_truth,
    known_factor,
    known_offset,
    nearby,
    one_number,
    sign,
)
from .answer import ENOUGH, Comparison
from .entries import entries
from .formulas import formula
from .limits import both_sides, by_place, not_finite, one_side, place_alone
from .lines import by_line, straight
from .nearly import is_small, near, precision, roughly
from .places import in_one_line, order
from .questions import same_question, together
from .reduced import extreme_number, reduced_number
from .rows_and_columns import by_row_and_column, whole_rows
from .shapes import an_argument, another_output, describe_shape

__all__ = ["describe", "describe_or_raise"]

Describer = Callable[[Comparison], Iterator[str]]
NUMBER = re.compile(r"\d[\d.e-]*")
LARGE = 200_000  # entries: in a larger array the search takes too long

# In the order in which they are asked: the first sentence is the answer. Each yields the sentences that explain a comparison.
DESCRIBERS: tuple[Describer, ...] = (
    one_number,
    not_finite,
    whole_rows,
    sign,
    argument,
    nearby,
    known_factor,
    known_offset,
    reduced_number,
    order,
    entries,
    function_of_truth,
    any_factor,
    any_offset,
    by_place,
    in_one_line,
    both_sides,
    formula,
    place_alone,
    by_line,
    by_row_and_column,
    straight,
    one_side,
    roughly,
    near,
)


def describe(wrong: Wrong, settled: Collection[str] = ()) -> str | None:
    """Return a sentence, without its full stop, about an answer that was compared with a truth; None if none is found.

    What the check itself has found out comes first. `settled` are hyper-parameters that are known to be where they belong.
    """
    if wrong.evidence.because:
        return wrong.evidence.because
    try:
        return describe_or_raise(wrong, settled)
    except Exception:  # a sentence is never worth a grade: a fault here must not leave a submission ungraded
        return None


def describe_or_raise(wrong: Wrong, settled: Collection[str] = ()) -> str | None:
    """Do the same, and let an exception through: for tests."""
    with np.errstate(all="ignore"):
        same = same_question(wrong.evidence)
        if (said := together(same)) is not None:
            return said
        describers = (*DESCRIBERS, extreme_number) if len(same) >= ENOUGH else DESCRIBERS
        sentences = partial(_sentences, describers=describers, settled=frozenset(settled))
        texts = sentences(wrong.evidence)
        return next((text for text in texts if all(_among(text, sentences(other)) for other in same[1:])), None)


def _among(sentence: str, others: Iterator[str]) -> bool:
    """Return True if the sentence, whatever its numbers, is one of the others."""
    return any(NUMBER.sub("#", text) == NUMBER.sub("#", sentence) for text in others)


def _sentences(evidence: Evidence, describers: Sequence[Describer], settled: frozenset[str]) -> Iterator[str]:
    """Yield the sentences that explain one answer, the simplest first."""
    truth, answer = evidence.truth, evidence.answer
    if not isinstance(truth, Truth) or not isinstance(answer, np.ndarray) or answer.dtype.kind not in "fiub":
        return
    got, want = answer.astype(float), truth.value.astype(float)
    if not 0 < answer.size <= LARGE or not 0 < want.size <= LARGE or not np.isfinite(want).all():
        return
    if (other := another_output(got, want, evidence.outputs)) is not None:
        yield other
    elif got.shape != want.shape:
        said = an_argument(got, evidence.given) or describe_shape(got, want, counts(evidence.given))
        yield from [said] if said else []
    elif (
        answer.dtype.kind != "f" or answer.dtype.itemsize >= 8
    ):  # else only its precision is wrong: the evidence says so
        it = replace(_compared(got, want, truth, evidence), settled=settled)
        # What is off by 1e-7 is off by that, whatever else explains so few digits; and 1e-16 is nothing.
        fitting = () if not it.wrong.any() else (precision,) if is_small(it) else describers
        yield from (sentence for describer in fitting for sentence in describer(it))


def _compared(got: np.ndarray, want: np.ndarray, truth: Truth, evidence: Evidence) -> Comparison:
    others = {name: value for name, value in evidence.outputs.items() if not np.array_equal(value, truth.value)}
    given, nearby = dict(evidence.given), dict(evidence.nearby)
    rounding, wrong = VALUES.floor * truth.scale, ~is_close(got, truth, VALUES)
    return Comparison(got, want, rounding, wrong, given, nearby, others, evidence.where)
