"""What each row earns, and the sentence that says why. The whole policy is in this file; docs/points.md is its page.

    earned                          all points
    lost, raised, timed out, died   none
    withheld                        none: a row that it needs was not earned
    void                            none, and the submission is ungraded, for a fault of ours is never a zero
    earned by follow-through        all points where every fault that it follows from is a recognised mistake, else half

A follow-through row is right for the student's own, wrong work: its slip costs points once, in the rows that are to blame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..result import Hint, Status
from .outcome import Outcome

HALF = 0.5  # of a follow-through row's points, where a fault that it follows from is no recognised mistake


@dataclass(frozen=True)
class Points:
    """Points of one row, and why they are not all of them, or all of them for another reason than that the claim holds."""

    earned: float
    why: str = ""


def points(outcome: Outcome, outcomes: Sequence[Outcome], recognised: Mapping[str, Hint]) -> Points:
    """Return what a row earns. `recognised` maps ids of lost rows to the mistake behind them."""
    row = outcome.row
    if outcome.follow is not None:
        return _followed(outcome, outcomes, recognised)
    if outcome.earned:
        return Points(row.points)
    if outcome.status is Status.WITHHELD:
        needed = [o.row.claim for o in outcomes if o.row.id in row.needs.split() and not o.earned]
        verb = "are" if len(needed) > 1 else "is"
        return Points(0.0, f"not asked until {' and '.join(repr(claim) for claim in needed)} {verb} earned")
    return Points(0.0, "" if outcome.error is None else str(outcome.error))


def _followed(outcome: Outcome, outcomes: Sequence[Outcome], recognised: Mapping[str, Hint]) -> Points:
    assert outcome.follow is not None
    own, blamed = outcome.follow.own, blamed_rows(outcome.follow.blames, outcomes)
    claims = " and ".join(repr(o.row.claim) for o in blamed)
    if all(o.row.id in recognised for o in blamed):
        names = " and ".join(dict.fromkeys(recognised[o.row.id].name for o in blamed))
        return Points(outcome.row.points, f"right for your own {own}, whose fault ({names}) cost {claims} already")
    why = f"right for your own {own}, but not for the right one (see {claims}): half the points"
    return Points(outcome.row.points * HALF, why)


def blamed_rows(blames: frozenset[str], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the lost rows that are to blame for a follow-through, also through rows that only followed from them.

    Do not blame a special-case row (one that needs an earned row about the same) if some other row can be blamed.
    """
    traced = set(blames)
    for o in reversed(outcomes):
        if o.follow and o.row.check.judges & traced:
            traced |= o.follow.blames
    lost = [o for o in outcomes if o.status is Status.LOST and o.row.check.judges & traced]
    right = [o.row for o in outcomes if o.earned and not o.follow]
    general = [
        o for o in lost if not any(r.id in o.row.needs.split() and r.check.judges & o.row.check.judges for r in right)
    ]
    return general or lost


def resolve_follow_through(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Keep a follow-through only if another row lost points for what it blames, directly or through a further follow-through.

    Otherwise count its row as lost, and withhold the rows that need it.
    """
    blamed = {name for o in outcomes if o.status is Status.LOST for name in o.row.check.judges}
    resolved: dict[str, Outcome] = {}
    for o in outcomes:
        if o.follow and not o.follow.blames & blamed:
            o = replace(o, status=Status.LOST, error=o.follow.wrong, follow=None)
            blamed |= o.row.check.judges
        elif o.follow:
            blamed |= o.row.check.judges
        elif any(need in resolved and not resolved[need].earned for need in o.row.needs.split()):
            o = Outcome(o.row, Status.WITHHELD)  # it was asked while a follow-through that fell still stood
        resolved[o.row.id] = o
    return list(resolved.values())
