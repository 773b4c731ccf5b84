"""Diagnose every pair of a topic's known mistakes: a student who makes two should be told of both.

A pair that answers exactly like another known mistake, or like another pair, cannot be told apart and is counted as `alike`.
For every other pair, at least one mistake must be named; both must be named if, alone, they first fail in different rows
(unless the pair earns one of those rows, or answers as one of the two in all rows that it loses: nothing is left to be seen of the
other).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from ..judging.known import KnownMistakes, in_this_process
from ..judging.mistakes import Known, Likeness, compare, recognise
from ..judging.outcome import Outcome
from ..judging.pairs import Pair
from ..topics.folder import Assignment
from ..topics.trial import TruthSource
from ..truth.trials import PUBLIC_SEED
from .refuted import refuted


@dataclass(frozen=True)
class DiagnosedPair:
    """A pair that no other program is like: which of its mistakes are `named`, and whether both must be (`apart`)."""

    pair: Pair
    named: frozenset[str]
    apart: bool
    false: Sequence[str] = ()  # names that a row refutes

    @property
    def missed(self) -> bool:
        return len(self.named) < (2 if self.apart else 1)


@dataclass(frozen=True)
class PairsReport:
    """All pairs of a topic: how many were made, how many are right after all (earn every row), how many are alike."""

    pairs: int
    right: int
    alike: int
    diagnosed: Sequence[DiagnosedPair]

    def figures(self) -> dict[str, Any]:
        """Return the figures as plain data."""
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
        """Return a sentence for every pair that diagnosis misses, and for every false name."""
        found = []
        for d in self.diagnosed:
            both = f"mistakes {d.pair.one.name!r} and {d.pair.other.name!r} together"
            if d.missed:
                only = f"only {' '.join(d.named)!r}" if d.named else "neither"
                found.append(f"{both}: {only} is named")
            found += [f"{both}: {clause}" for clause in d.false]
        return found


def diagnose_pairs(
    assignment: Assignment, truth: TruthSource, known: Sequence[Known], progress: Callable[[str], None]
) -> PairsReport:
    """Make every pair of mistakes, run it on the public cases and diagnose it; `known` is what each mistake loses alone."""
    known, made = (
        known[: len(assignment.mistakes)],
        known[len(assignment.mistakes) :],
    )  # the declared ones; those made of them
    found = KnownMistakes(assignment, lambda: nullcontext(in_this_process(assignment, truth, PUBLIC_SEED)))
    found.prepare()
    with found.runners() as run:
        ran = []
        for pair in found.pairs:
            ran.append((pair, found.whole(run, pair).outcomes))
            progress(f"{assignment.slug}: pairs of mistakes")
    wrong = [(pair, outcomes) for pair, outcomes in ran if any(o.error for o in outcomes)]
    programs = [(k.hint.name, k.outcomes) for k in known] + [(pair.hint.name, outcomes) for pair, outcomes in wrong]
    alike = _with_a_twin(programs) | {
        pair.hint.name for pair, outcomes in wrong if any(_answers_as(outcomes, k) for k in made)
    }
    distinct = [(pair, outcomes) for pair, outcomes in wrong if pair.hint.name not in alike]
    diagnosed = [_diagnose(pair, outcomes, known, found) for pair, outcomes in distinct]
    return PairsReport(len(ran), len(ran) - len(wrong), len(wrong) - len(distinct), diagnosed)


def _diagnose(
    pair: Pair, outcomes: Sequence[Outcome], known: Sequence[Known], mistakes: KnownMistakes
) -> DiagnosedPair:
    """Diagnose one pair as a student's program would be, with single mistakes and with the pairs that come into question."""
    explaining = mistakes.explaining(outcomes)
    recognised = recognise(outcomes, explaining)
    found = {one.hint.name for one in recognised.values()}
    named = frozenset(pair.names) if pair.hint.name in found else found.intersection(pair.names)
    alone = [k.outcomes for k in known if k.hint.name in pair.names]
    first_lost = {next((o.row.id for o in outcomes if o.error), "") for outcomes in alone}
    earned = any(o.earned for o in outcomes if o.row.id in first_lost)
    hidden = any(_answers_as(outcomes, k) for k in known if k.hint.name in pair.names)
    apart = len(first_lost) == 2 and not earned and not hidden
    return DiagnosedPair(pair, frozenset(named), apart, refuted(outcomes, recognised, explaining))


def _answers_as(outcomes: Sequence[Outcome], known: Known) -> bool:
    """Say whether a program answers as a mistake does in every row that it loses."""
    return all(compare(o, known.rows[o.row.id]) is Likeness.SAME for o in outcomes if o.error is not None)


def _with_a_twin(programs: Sequence[tuple[str, Sequence[Outcome]]]) -> set[str]:
    """Return the names of the programs whose whole answers are, in every row, those of another one."""
    # Only programs with equal marks can be alike: the others need no comparison of their arrays.
    groups: dict[Any, list[tuple[str, Sequence[Outcome]]]] = {}
    for name, outcomes in programs:
        groups.setdefault(tuple((o.status, bool(o.follow)) for o in outcomes), []).append((name, outcomes))

    def alike(mine: Sequence[Outcome], theirs: Sequence[Outcome]) -> bool:
        return all(compare(a, b) is not Likeness.OTHER for a, b in zip(mine, theirs, strict=True))

    return {
        name
        for group in groups.values()
        for name, mine in group
        if any(other != name and alike(mine, theirs) for other, theirs in group)
    }
