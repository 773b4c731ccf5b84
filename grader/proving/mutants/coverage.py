"""Say which mutants a rubric catches, which survive, and what an author must see to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...submission.jail import Jail
from ...topics.changes import Equivalent
from ...topics.folder import Assignment
from ...topics.mutants.generate import Mutant, mutants, normalised
from ...topics.trial import TruthSource
from .judge import JudgedMutant, MutantJudge, judge_mutants


@dataclass(frozen=True)
class Coverage:
    """All mutants of a topic, judged, and the equivalents that it declares. `judged` keeps the evidence of what was caught."""

    judged: Sequence[JudgedMutant]
    equivalents: Sequence[Equivalent]

    @classmethod
    def of(
        cls, assignment: Assignment, truth: TruthSource, jail: Jail, progress: Callable[[str], None] = lambda text: None
    ) -> Coverage:
        """Make the mutants of a topic's solution and judge them.

        Raise TopicError where the solution itself does not earn every row in the jail.
        """
        judge = MutantJudge.of(assignment, truth, jail)
        return cls(judge_mutants(judge, mutants(assignment.solution), progress), assignment.equivalents)

    @cached_property
    def explained(self) -> dict[Mutant, Equivalent]:
        """The mutants that lose no row and are declared equivalent, each with the declaration."""
        return {mutant: one for mutant in self._uncaught() for one in self.equivalents if fits(one, mutant)}

    def _uncaught(self) -> list[Mutant]:
        return [j.mutant for j in self.judged if j.lost is None]

    @property
    def caught(self) -> list[JudgedMutant]:
        return [j for j in self.judged if j.lost is not None and not j.void]

    @property
    def survivors(self) -> list[Mutant]:
        """The mutants that lose no row and are not declared equivalent."""
        return [mutant for mutant in self._uncaught() if mutant not in self.explained]

    def figures(self) -> dict[str, Any]:
        """Return the figures as plain data: counts, the survivors by name, and the score (0 to 1: caught of the wrong ones)."""
        wrong = len(self.judged) - len(self.explained)
        return {
            "mutants": len(self.judged),
            "caught": len(self.caught),
            "equivalents": len(self.explained),
            "survivors": [mutant.name for mutant in self.survivors],
            "score": len(self.caught) / wrong if wrong else 1.0,
        }

    def findings(self) -> list[str]:
        """Return a sentence for every survivor, every void row and every equivalent that is not justified."""
        found = [
            f"mutant survives: {m.name} ({m.kind}): add a case that sees it or, if it is right, say why in `equivalents` of "
            f"mistakes.py: {self._declaration(m)}"
            for m in self.survivors
        ]
        found += [
            f"mutant makes row {j.lost.row.id!r} void: {j.mutant.name}: {j.lost.error}"
            for j in self.judged
            if j.lost and j.void
        ]
        for one in self.equivalents:
            found += self._unjustified(one)
        return found

    def _declaration(self, mutant: Mutant) -> str:
        """Return the line that declares a mutant equivalent, but for the reason. `of` stands where the edit is made in several."""
        alike = {j.mutant.function for j in self.judged if (j.mutant.was, j.mutant.now) == (mutant.was, mutant.now)}
        of = f", of={mutant.function!r}" if len(alike) > 1 else ""
        return f"Equivalent({mutant.was!r}, {mutant.now!r}, because=…{of})"

    def _unjustified(self, one: Equivalent) -> list[str]:
        """Return what is wrong with a declared equivalent: it fits several mutants, gives no reason, or fits none any more."""
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
    """Return True if an equivalent means this mutant: the same statement before and after, however it is formatted."""
    same_edit = (normalised(equivalent.was), normalised(equivalent.now)) == (mutant.was, mutant.now)
    return same_edit and equivalent.of in ("", mutant.function)
