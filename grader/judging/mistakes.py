"""Recognise known mistakes: a program that answers every question as the known mistake does, is that mistake.

This is a lookup in what known mistakes answer on the very cases of the round (see `known`). It names; `points` prices.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..errors import Raised, Wrong
from ..numerics.compare import as_array
from ..result import Hint, Status
from .answers import SAME_RTOL, Difference
from .outcome import Outcome

KEPT_RTOL = 1e-6  # of the largest number: answers that are both right may differ by what rows tolerate
NOT_ASKED = (Status.WITHHELD, Status.VOID)
UNANSWERED = ("missing", "not-written")  # ids of errors: nothing was written that could be a mistake


@dataclass(frozen=True, eq=False)
class Known:
    """A known mistake, or a pair of them, and how each row ends with it.

    `parts` are the names of two mistakes, where it is a pair of them. A slip that nobody listed has no name: it is priced, not
    told. `dead` are the rows in which its answer does not vary
    where the right one does; in those that are `telling` it has numbers that few other faults have (None: read them off the
    evidence). In those that it `touches` its answer is not the right program's. It `costs` so many points, where its author
    says so.
    """

    hint: Hint
    outcomes: Sequence[Outcome]
    parts: tuple[str, ...] = ()
    dead: frozenset[str] = frozenset()
    telling: frozenset[str] | None = None
    touches: frozenset[str] = frozenset()
    costs: float | None = None

    @classmethod
    def beside(
        cls,
        right: Mapping[str, Outcome],
        hint: Hint,
        outcomes: Sequence[Outcome],
        parts: tuple[str, ...] = (),
        costs: float | None = None,
    ) -> Known:
        """Return the mistake with what is to be seen beside the `right` program's answers, by row."""
        outcomes = [replace(o, heard=o.answers) for o in outcomes]
        differences = {
            o.row.id: o.answers.beside(theirs.answers)
            for o in outcomes
            if o.error is not None and o.answers and (theirs := right.get(o.row.id)) and theirs.answers
        }
        dead = _and_behind({row for row, difference in differences.items() if difference.is_dead}, outcomes)
        telling = frozenset(row for row, difference in differences.items() if difference.is_telling)
        touches = frozenset(
            o.row.id for o in outcomes if o.row.id in right and compare(o, right[o.row.id]) is Likeness.OTHER
        )
        return cls(hint, outcomes, parts, dead, telling, touches, costs)

    @cached_property
    def rows(self) -> Mapping[str, Outcome]:
        """Outcomes by the ids of rows."""
        return {o.row.id: o for o in self.outcomes}

    @property
    def losses(self) -> dict[str, Exception]:
        """Return why the mistake loses rows, by their ids."""
        return lost_rows(self.outcomes)


def _and_behind(dead: set[str], outcomes: Sequence[Outcome]) -> frozenset[str]:
    """Return the dead rows and those that were withheld behind them: who computes nothing is not paid for what was not asked."""
    while True:
        withheld = (o.row for o in outcomes if o.status is Status.WITHHELD and o.row.id not in dead)
        more = {row.id for row in withheld if dead.intersection(row.needs.split())}
        if not more:
            return frozenset(dead)
        dead |= more


def lost_rows(outcomes: Sequence[Outcome]) -> dict[str, Exception]:
    """Return why rows are lost, by their ids."""
    return {o.row.id: o.error for o in outcomes if o.error is not None}


class Likeness(enum.Enum):
    """How two programs compare in one row."""

    SAME = "the whole answers are equal"
    OTHER = "they are not"
    UNKNOWN = "one of them was not asked, or did not answer"


@dataclass
class _Candidate:
    """A mistake whose answer is the submission's in the lost rows `fits`, and another one in the rows `unlike`, lost or kept.

    It `keeps` rows in which it answers otherwise than the solution, and all the same does not lose them. It is `proven` if
    one of its answers is of few faults.
    """

    known: Known
    fits: set[str]
    unlike: set[str]
    keeps: set[str]
    proven: bool


def recognise(outcomes: Sequence[Outcome], known: Sequence[Known]) -> dict[str, Known]:
    """Return the mistake behind each lost row, by row id, where one is recognised.

    A mistake is named for a row only if the submission's whole answer there is the mistake's. It is refuted by any other row,
    kept or lost, in which the whole answers differ, unless another mistake that is named explains that. Numbers that many
    faults give (NaN, 0, 1) and exceptions prove nothing alone: only where all that was lost is explained.

    Of several mistakes that fit a row, name one that explains more lost rows; of these a single one before a pair, one that
    loses fewer rows alone, and the one declared first. Where one of a pair's two fits the row alone, the row is that one's.
    """
    found = [each for each in (_candidate(outcomes, k) for k in known if k.hint.name) if each is not None]
    lost = {o.row.id for o in outcomes if o.error is not None and compare(o, o) is not Likeness.UNKNOWN}
    while True:
        explained = [_explained(found, lost, but=each) for each in found]
        standing = [
            each
            for each, others in zip(found, explained, strict=True)
            if each.unlike <= others and (each.proven or lost <= others | each.fits)
        ]
        if len(standing) == len(found):
            break
        found = standing
    ranked = sorted(found, key=lambda each: (-len(each.fits), bool(each.known.parts), len(each.known.losses)))
    named: dict[str, Known] = {}
    for row in (o.row.id for o in outcomes if o.error is not None):
        fitting = [each.known for each in ranked if row in each.fits]
        for best in fitting[:1]:
            named[row] = next((k for k in fitting if k.hint.name in best.parts), best)
    return named


def _explained(found: Sequence[_Candidate], lost: set[str], but: _Candidate) -> set[str]:
    """Return the lost rows that others fit, and the kept ones in which others answer otherwise than the solution."""
    return set().union(*(each.fits | each.keeps - lost for each in found if each is not but))


def _candidate(outcomes: Sequence[Outcome], known: Known) -> _Candidate | None:
    """Return what a mistake explains; None if it explains nothing, or loses a row that was kept."""
    fits, unlike, proven = set[str](), set[str](), False
    for o in outcomes:
        other = known.rows.get(o.row.id)
        likeness = Likeness.UNKNOWN if other is None else compare(o, other)
        if likeness is Likeness.OTHER and o.error is None and other is not None and not other.earned:
            return None
        if likeness is Likeness.OTHER:
            unlike.add(o.row.id)
        elif likeness is Likeness.SAME and o.error is not None:
            fits.add(o.row.id)
            proven = proven or _tells(known, o)
    keeps = {row for row in known.touches if row in known.rows and known.rows[row].earned}
    return _Candidate(known, fits, unlike, keeps, proven) if fits else None


def may_explain(outcomes: Sequence[Outcome], known: Known) -> bool:
    """Say whether a mistake, seen alone, explains a lost row."""
    return bool(recognise(outcomes, [known]))


def compare(mine: Outcome, theirs: Outcome) -> Likeness:
    """Compare the whole answers of two programs to one row."""
    if mine.status in NOT_ASKED or theirs.status in NOT_ASKED or _unwritten(mine):
        return Likeness.UNKNOWN
    kept = [o.earned and o.follow is None for o in (mine, theirs)]
    a, b = mine.answers, theirs.answers
    if a is None or b is None:
        if kept[0] != kept[1]:
            return Likeness.OTHER
        return Likeness.SAME if all(kept) or same(mine.error, theirs.error) else Likeness.OTHER
    if not (a.complete and b.complete):
        return Likeness.UNKNOWN
    if kept[0] != kept[1]:
        return Likeness.OTHER
    if a.agrees(b, KEPT_RTOL, KEPT_RTOL) if all(kept) else a.agrees(b):
        return Likeness.SAME
    # Two programs with one fault may draw other numbers: only what a check counted can be compared.
    by_chance = a.drawn and b.drawn and (all(kept) or _by_chance(mine, theirs))
    return Likeness.SAME if by_chance else Likeness.OTHER


def _unwritten(outcome: Outcome) -> bool:
    error = outcome.error
    kind = error.evidence.id if isinstance(error, Wrong) else getattr(error, "id", "")
    return kind in UNANSWERED


def _by_chance(mine: Outcome, theirs: Outcome) -> bool:
    counted = all(isinstance(o.error, Wrong) and o.error.evidence.by_chance for o in (mine, theirs))
    return counted and same(mine.error, theirs.error)


def _tells(known: Known, lost: Outcome) -> bool:
    """Say whether a lost row's answer points at one fault."""
    if known.telling is not None:
        return lost.row.id in known.telling
    if not isinstance(lost.error, Wrong) or lost.error.evidence.answer is None:
        return False
    array = as_array(lost.error.evidence.answer)
    return array is not None and Difference(array.astype(float).ravel(), np.zeros(0)).is_telling


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
