"""Edits of a submission are asked in a jail as the submission is: many in one process, and what they find in one of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from ..judging.evaluate import evaluate_on_seed
from ..judging.outcome import Outcome
from ..judging.repair import is_one_slip
from ..submission.jail import Jail
from ..submission.limits import Limits
from ..submission.notebook import Source
from ..submission.programs import Programs
from ..submission.session import Session
from ..topics.folder import Assignment
from ..topics.trial import TruthSource


@dataclass(frozen=True)
class Repair:
    """Looks for the one slip in submissions of a topic, in one round."""

    assignment: Assignment
    truth: TruthSource
    seed: int
    jail: Jail
    limits: Limits

    def is_one_slip(self, source: Source, outcomes: Sequence[Outcome]) -> bool:
        """Say whether one edit of `source`, which ended as `outcomes`, makes it earn every row."""
        asked, data = [f.name for f in self.assignment.targets], self.assignment.data
        with closing(Programs(self.jail, self.limits, asked, data)) as edits:

            def ask(edited: Source, rows: Sequence[str] | None) -> list[Outcome]:
                edits.take(edited, definitions_only=True)
                return self._outcomes(edits, rows)

            def alone(edited: Source, rows: Sequence[str] | None) -> list[Outcome]:
                with Session(edited, self.jail, self.limits, asked, data) as student:
                    return self._outcomes(student, rows)

            return is_one_slip(source, outcomes, ask, alone)

    def _outcomes(self, student: Session, rows: Sequence[str] | None) -> list[Outcome]:
        return evaluate_on_seed(self.assignment.topic, student, self.truth, self.seed, rows)
