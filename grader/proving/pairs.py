"""Is a student told of both mistakes who makes two? Every pair of a topic's known mistakes, diagnosed.

No diagnosis can tell a pair whose answers are, in every row, those of one mistake alone (the other one does not show) or of
another pair: such pairs are counted as "alike" and asked nothing. Of the rest at least one mistake must be named, and both
where alone they first fail in different rows, unless together they earn one of these: nothing is lost there to speak of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from ..checks.trial import TruthSource
from ..judging.known import KnownMistakes, in_this_process
from ..judging.mistakes import Known, recognise, same
from ..judging.outcome import Outcome
from ..judging.pairs import Pair
from ..topics.folder import Assignment
from ..truth.trials import PUBLIC_SEED


@dataclass(frozen=True)
class Diagnosed:
    """A pair that can be told: which of its mistakes are named, and whether both must be."""

    pair: Pair
    named: frozenset[str]
    apart: bool

    @property
    def missed(self) -> bool:
        return len(self.named) < (2 if self.apart else 1)


@dataclass(frozen=True)
class Paired:
    """What diagnosis makes of a topic's pairs: how many there are, how many earn every row, how many are alike."""

    pairs: int
    right: int
    alike: int
    diagnosed: Sequence[Diagnosed]

    def figures(self) -> dict[str, Any]:
        """The figures as plain data."""
        apart = [d for d in self.diagnosed if d.apart]
        return {
            "pairs": self.pairs,
            "right": self.right,
            "alike": self.alike,
            "told": len(self.diagnosed),
            "one_named": sum(bool(d.named) for d in self.diagnosed),
            "apart": len(apart),
            "both_named": sum(len(d.named) == 2 for d in apart),
            "missed": [" + ".join(d.pair.names) for d in self.diagnosed if d.missed],
        }

    def findings(self) -> list[str]:
        """What is not proven, each as a sentence."""
        return [
            f"mistakes {d.pair.one.name!r} and {d.pair.other.name!r} together: "
            + (f"only {' '.join(d.named)!r} is named" if d.named else "neither is named")
            for d in self.diagnosed
            if d.missed
        ]


def diagnose_pairs(
    assignment: Assignment, truth: TruthSource, known: Sequence[Known], progress: Callable[[str], None]
) -> Paired:
    """Every pair that can be made, on the public cases; `known` is what each mistake loses there alone."""
    run = in_this_process(assignment, truth, PUBLIC_SEED)
    found = KnownMistakes(assignment, lambda: nullcontext(run), seconds=float("inf"))
    for mistake, one in zip(assignment.mistakes, known, strict=True):
        found.keep(mistake.apply(assignment.solution), one.outcomes)
    ran = []
    for pair in found.pairs:
        ran.append((pair, run(pair.source, pair.hint.name, None).outcomes))
        found.keep(pair.source, ran[-1][1])
        progress(f"{assignment.slug}: pairs of mistakes")
    wrong = [(pair, outcomes) for pair, outcomes in ran if any(o.error for o in outcomes)]
    there = [(k.hint.name, k.outcomes) for k in known] + [(pair.hint.name, outcomes) for pair, outcomes in wrong]
    twins = _twins(there)
    told = [(pair, outcomes) for pair, outcomes in wrong if pair.hint.name not in twins]
    diagnosed = [_diagnosed(pair, outcomes, known, found) for pair, outcomes in told]
    return Paired(len(ran), len(ran) - len(wrong), len(wrong) - len(told), diagnosed)


def _diagnosed(pair: Pair, outcomes: Sequence[Outcome], known: Sequence[Known], mistakes: KnownMistakes) -> Diagnosed:
    found = {hint.name for hint in recognise(outcomes, mistakes.explaining(outcomes)).values()}
    named = frozenset(pair.names) if pair.hint.name in found else found.intersection(pair.names)
    first = {_first_lost(k.outcomes) for k in known if k.hint.name in pair.names}
    earned = any(o.earned for o in outcomes if o.row.id in first)
    return Diagnosed(pair, frozenset(named), apart=len(first) == 2 and not earned)


def _first_lost(outcomes: Sequence[Outcome]) -> str:
    return next((o.row.id for o in outcomes if o.error), "")


def _twins(programs: Sequence[tuple[str, Sequence[Outcome]]]) -> set[str]:
    """The names of the programs whose evidence is, in every row, that of another one."""
    groups: dict[Any, list[tuple[str, Sequence[Outcome]]]] = {}
    for name, outcomes in programs:
        look = tuple((o.status, bool(o.follow), getattr(o.error, "where", "")) for o in outcomes)
        groups.setdefault(look, []).append((name, outcomes))
    return {
        name
        for group in groups.values()
        for name, mine in group
        if any(other != name and _alike(mine, theirs) for other, theirs in group)
    }


def _alike(mine: Sequence[Outcome], theirs: Sequence[Outcome]) -> bool:
    return all(a.error is b.error is None or same(a.error, b.error) for a, b in zip(mine, theirs, strict=True))
