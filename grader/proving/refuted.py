"""False names: a mistake that is named for a program, though the two answer differently.

That is what a name must never be. `judging.mistakes` names so that it is none; here it is asked again of what was named, from the
answers alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..judging.mistakes import Known, Likeness, compare
from ..judging.outcome import Outcome


def refuted(outcomes: Sequence[Outcome], named: Mapping[str, Known]) -> list[str]:
    """Return a clause for each row in which a program's whole answer is not that of a mistake named for it, and no other mistake
    that is named explains the row. `named` are the mistakes by the rows for which they are named."""
    once = list(dict.fromkeys(named.values()))
    found = []
    for known in once:
        others = [k for k in once if k is not known]
        for o in outcomes:
            theirs = known.rows.get(o.row.id)
            explained = any(o.row.id in (k.touches if o.earned else k.losses) for k in others)
            if theirs is not None and compare(o, theirs) is Likeness.OTHER and not explained:
                found.append(f"{known.hint.name!r} is named, and row {o.row.id!r} answers otherwise")
    return found
