"""Has a rubric teeth? Which mutants it catches, which live on, and what an author must see to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...checks.trial import TruthSource
from ...submission.jail import Jail
from ...topics.changes import Equivalent
from ...topics.folder import Assignment
from .generate import Mutant, mutants, normal
from .judge import Bench, Judged, judge_mutants


@dataclass(frozen=True)
class Teeth:
    """All mutants of a topic, judged, and the equivalents that it names. `judged` keeps the evidence of what was caught."""

    judged: Sequence[Judged]
    equivalents: Sequence[Equivalent]

    @classmethod
    def of(
        cls, assignment: Assignment, truth: TruthSource, jail: Jail, progress: Callable[[str], None] = lambda text: None
    ) -> Teeth:
        """Make the mutants of a topic's solution and judge them. Raises TopicError where the solution itself falls."""
        bench = Bench.of(assignment, truth, jail)
        return cls(judge_mutants(bench, mutants(assignment.solution), progress), assignment.equivalents)

    @cached_property
    def explained(self) -> dict[Mutant, Equivalent]:
        """Mutants that lose no row, and what says that they are right."""
        return {mutant: one for mutant in self._standing() for one in self.equivalents if fits(one, mutant)}

    def _standing(self) -> list[Mutant]:
        return [j.mutant for j in self.judged if j.lost is None]

    @property
    def caught(self) -> list[Judged]:
        return [j for j in self.judged if j.lost is not None and not j.void]

    @property
    def survivors(self) -> list[Mutant]:
        """Mutants that lose no row and that nobody has named equivalent."""
        return [mutant for mutant in self._standing() if mutant not in self.explained]

    def figures(self) -> dict[str, Any]:
        """The figures as plain data: counts, the score (caught of those that are wrong), the survivors by name."""
        wrong = len(self.judged) - len(self.explained)
        return {
            "mutants": len(self.judged),
            "caught": len(self.caught),
            "equivalents": len(self.explained),
            "survivors": [mutant.name for mutant in self.survivors],
            "score": len(self.caught) / wrong if wrong else 1.0,
        }

    def findings(self) -> list[str]:
        """What is not proven, each as a sentence."""
        found = [
            f"mutant survives: {m.name} ({m.kind}): add a case that sees it, or say in `equivalents` of mistakes.py why it is right"
            for m in self.survivors
        ]
        found += [
            f"mutant makes row {j.lost.row.id!r} void: {j.mutant.name}: {j.lost.error}"
            for j in self.judged
            if j.lost and j.void
        ]
        for one in self.equivalents:
            found += self._unsound(one)
        return found

    def _unsound(self, one: Equivalent) -> list[str]:
        what = f"equivalent `{one.was}` → {f'`{one.now}`' if one.now else 'deleted'}"
        functions = {mutant.function for mutant, other in self.explained.items() if other is one}
        if len(functions) > 1:
            return [f"{what} fits mutants of {' and '.join(sorted(functions))}: say which with of=..."]
        if not one.because.strip():
            return [f"{what} gives no reason"]
        if functions:
            return []
        made = [j.lost.row.id for j in self.judged if fits(one, j.mutant) and j.lost]
        why = f"row {made[0]!r} catches that mutant" if made else "no such mutant is made"
        return [f"{what} is stale: {why}; take it out"]


def fits(equivalent: Equivalent, mutant: Mutant) -> bool:
    """Whether the mutant is the one that is meant: the same statement before and after, however it is set."""
    return (normal(equivalent.was), normal(equivalent.now)) == (mutant.was, mutant.now) and equivalent.of in (
        "",
        mutant.function,
    )
