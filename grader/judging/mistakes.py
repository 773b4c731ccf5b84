"""Recognise known mistakes: a lost row that fails at the same place with the same array as a known mistake has that mistake.

This is a lookup in what known mistakes lose on the very cases of the round (see `known`). It names; `points` prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import Raised, Wrong
from ..numerics.compare import as_array
from ..result import Hint, Status
from ..topics.rubric import Row
from .outcome import Outcome

ROUND = 1e-6  # a number that is as near to a quarter is one
SAME_RTOL = 1e-9  # two programs with one mistake differ by rounding only


@dataclass(frozen=True)
class Known:
    """A known mistake, or a pair of them, and what each row says of it."""

    hint: Hint
    outcomes: Sequence[Outcome]
    parts: tuple[str, ...] = ()
    """The names of two mistakes, where it is a pair of them."""

    @classmethod
    def of_losses(
        cls, hint: Hint, losses: Mapping[str, Exception], rubric: Sequence[Row], parts: tuple[str, ...] = ()
    ) -> Known:
        """Return the mistake of which no more is known than which rows it loses, and why."""
        return cls(hint, [Outcome(r, Status.LOST, losses[r.id]) for r in rubric if r.id in losses], parts)

    @property
    def losses(self) -> dict[str, Exception]:
        """Return why the mistake loses rows, by their ids."""
        return lost_rows(self.outcomes)


def lost_rows(outcomes: Sequence[Outcome]) -> dict[str, Exception]:
    """Return why rows are lost, by their ids."""
    return {o.row.id: o.error for o in outcomes if o.error is not None}


def recognise(outcomes: Sequence[Outcome], known: Sequence[Known]) -> dict[str, Hint]:
    """Return the mistake behind each lost row, by row id, where one is recognised.

    When several mistakes fit a row, prefer in this order:

    1. one whose predicted losses all happened (of the rows that were asked);
    2. one that explains more lost rows;
    3. one that predicts fewer losses;
    4. the one declared first.

    A mistake with a prediction that did not happen is named only if its numbers match exactly and point at one fault. Where a
    pair is preferred and one of its two fits the row alone, the row is that one's.
    """
    lost = {o.row.id: o.error for o in outcomes if o.error is not None}
    kept = {o.row.id for o in outcomes if o.earned and not o.follow}
    fits = {k.hint.name: {row for row, e in lost.items() if same(k.losses.get(row), e)} for k in known}

    def refuted(k: Known) -> bool:
        return bool(k.losses.keys() & kept)

    def rank(k: Known) -> tuple[bool, int, int]:
        return refuted(k), -len(fits[k.hint.name]), len(k.losses)

    ranked = sorted(known, key=rank)
    found = {}
    for row, error in lost.items():
        fitting = [k for k in ranked if row in fits[k.hint.name] and (_distinguishes(error) or not refuted(k))]
        for best in fitting[:1]:
            found[row] = next((k.hint for k in fitting if k.hint.name in best.parts), best.hint)
    return found


def _distinguishes(error: Exception) -> bool:
    """Say whether evidence points at one fault. Words and round numbers (0, 1, 2, a half) may come of many."""
    if not isinstance(error, Wrong):
        return True
    array = as_array(error.evidence.answer)
    if array is None or error.evidence.answer is None:
        return False
    quarters = 4 * array[np.isfinite(array)].astype(float)
    return bool((np.abs(quarters - np.round(quarters)) > ROUND).any())


def same(a: Exception | None, b: Exception | None) -> bool:
    """Say whether two pieces of evidence are the same: the same place, the same array."""
    if isinstance(a, Wrong) and isinstance(b, Wrong):
        one, other = a.evidence, b.evidence
        if one.where != other.where:
            return False
        if one.answer is None or other.answer is None:
            return one.answer is other.answer and one.sentence == other.sentence
        by_chance = max(one.by_chance, other.by_chance)
        return np.shape(one.answer) == np.shape(other.answer) and bool(
            np.allclose(one.answer, other.answer, rtol=SAME_RTOL, atol=by_chance, equal_nan=True)
        )
    if isinstance(a, Raised) and isinstance(b, Raised):
        return (a.type, a.message) == (b.type, b.message)
    return False
