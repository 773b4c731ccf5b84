"""What each row earns, and the sentence that says why. The whole policy is in this file; docs/points.md is its page.

    earned                          all points
    lost, raised, timed out, died   none
    withheld                        none: a row that it needs was not earned
    void                            none, and the submission is ungraded, for a fault of ours is never a zero
    earned by follow-through        all points where every fault that it follows from is a recognised mistake, else half

Faults are priced, not rows: the rows that recognised mistakes explain cost together what these mistakes cost, and at most what the
rows are worth. The dearest of them is charged first; the others were lost to the same slip, and are charged no more.

    price of a mistake              its `costs`, or the larger of the dearest row that it loses and a share of all that it loses

A slip that nobody listed is priced by the same rule, where it is proven to be one: one edit of the submission earns every row
(`judging.repair`), or one changed expression of the model solution answers every row as the submission does (`judging.known`). It
has no name, and is not told.

A row is lost as it is, even if a known mistake explains it, where it is dead: the same number wherever it is wrong.
A follow-through row is right for the student's own, wrong work: its slip costs points once, in the rows that are to blame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..result import Status
from ..topics.rubric import SHARE
from .mistakes import Known
from .outcome import Outcome

HALF = 0.5  # of a follow-through row's points, where a fault that it follows from is no recognised mistake


@dataclass(frozen=True)
class Points:
    """Points of one row, and why they are not all of them, or all of them for another reason than that the claim holds."""

    earned: float
    why: str = ""


def points(
    outcomes: Sequence[Outcome], recognised: Mapping[str, Known], known: Sequence[Known] = (), share: float = SHARE
) -> dict[str, Points]:
    """Return what each row earns, by its id. `recognised` maps ids of lost rows to the mistake behind them, one of `known`."""
    for slip in known:
        if not slip.hint.name:  # it explains all that was lost
            recognised = {o.row.id: slip for o in outcomes if o.error is not None}
    earned = {o.row.id: _alone(o, outcomes, recognised) for o in outcomes}
    return earned | _priced(outcomes, recognised, known, share, earned)


def cost_share(
    outcomes: Sequence[Outcome], recognised: Mapping[str, Known], known: Sequence[Known], share: float = SHARE
) -> float:
    """Return the share of all points that a program does not get, from 0 to 1."""
    worth = sum(o.row.points for o in outcomes)
    return 1 - sum(row.earned for row in points(outcomes, recognised, known, share).values()) / worth


def _alone(outcome: Outcome, outcomes: Sequence[Outcome], recognised: Mapping[str, Known]) -> Points:
    """Return what a row earns before mistakes are priced."""
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


def price(mistake: Known, share: float = SHARE) -> float:
    """Return what a single known mistake costs: it is charged on the rows that it loses and that are not dead."""
    if mistake.costs is not None:
        return mistake.costs
    lost = [o.row.points for o in mistake.outcomes if not o.earned and o.row.id not in mistake.dead]
    return max([share * sum(lost), *lost]) if lost else 0.0


def _priced(
    outcomes: Sequence[Outcome],
    recognised: Mapping[str, Known],
    known: Sequence[Known],
    share: float,
    earned: Mapping[str, Points],
) -> dict[str, Points]:
    """Return the points of the rows that recognised mistakes explain, dearest row first."""
    single = {k.hint.name: k for k in reversed(known)} | {k.hint.name: k for k in recognised.values()}
    slips = dict.fromkeys(name for k in recognised.values() for name in k.parts or (k.hint.name,))
    left = sum(price(single[name], share) if name in single else float("inf") for name in slips)
    found: dict[str, Points] = {}
    charged = ""
    for o in sorted(_explained(outcomes, recognised), key=lambda o: -o.row.points):
        taken = min(left, o.row.points)
        left -= taken
        why = earned[o.row.id].why
        if taken < o.row.points:
            why += f". Lost to the same slip as {charged}: " if charged else ". This slip costs no more: "
            why += f"{taken:.3g} of {o.row.points:g} points are taken off" if taken else "no more points are taken off"
        found[o.row.id] = Points(o.row.points - taken, why)
        charged = charged or repr(o.row.claim)
    return found


def _explained(outcomes: Sequence[Outcome], recognised: Mapping[str, Known]) -> list[Outcome]:
    """Return the rows that recognised mistakes explain: lost ones in which they are not dead, and those withheld with them."""
    named = [*dict.fromkeys(recognised.values())]

    def withheld(k: Known, row: str) -> bool:
        return row in k.rows and k.rows[row].status is Status.WITHHELD and row not in k.dead

    return [
        o
        for o in outcomes
        if (o.row.id in recognised and o.row.id not in recognised[o.row.id].dead)
        or (o.status is Status.WITHHELD and any(withheld(k, o.row.id) for k in named))
    ]


def _followed(outcome: Outcome, outcomes: Sequence[Outcome], recognised: Mapping[str, Known]) -> Points:
    assert outcome.follow is not None
    own, blamed = outcome.follow.own, blamed_rows(outcome.follow.blames, outcomes)
    claims = " and ".join(repr(o.row.claim) for o in blamed)
    if all(o.row.id in recognised for o in blamed):
        names = " and ".join(dict.fromkeys(recognised[o.row.id].hint.name for o in blamed))
        fault = f"fault ({names})" if names else "fault"
        return Points(outcome.row.points, f"right for your own {own}, whose {fault} cost {claims} already")
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
