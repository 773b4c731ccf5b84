"""False names: a mistake that is named for a program, though the two answer differently.

That is what a name must never be. `judging.mistakes` names so that it is none; here it is asked again of what was named, from the
answers alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..judging.mistakes import Known, Likeness, compare
from ..judging.outcome import Outcome


def refuted(outcomes: Sequence[Outcome], named: Mapping[str, Known], known: Sequence[Known] = ()) -> list[str]:
    """Return a clause for each row, lost by the program or by a mistake named for it, in which their whole answers differ, and
    which nothing else explains: no other mistake that is named, and no pair with this one, of those `known`. `named` are the
    mistakes by the rows for which they are named."""
    once = list(dict.fromkeys(named.values()))
    found = []
    for each in once:
        others = [k for k in once if k is not each]
        pairs = [k for k in known if each.hint.name in k.parts]
        for o in outcomes:
            explained = any(o.row.id in (k.touches if o.earned else k.losses) for k in others)
            if _differ(o, each) and not explained and all(_differ(o, pair) for pair in pairs):
                found.append(f"{each.hint.name!r} is named, and row {o.row.id!r} answers otherwise")
    return found


def _differ(outcome: Outcome, known: Known) -> bool:
    theirs = known.rows.get(outcome.row.id)
    if theirs is None or (outcome.earned and theirs.earned):  # a claim that holds of both says nothing of either
        return False
    return compare(outcome, theirs) is Likeness.OTHER
