"""Known mistakes are run in a process of their own: within a submission's limits, and it may be killed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from ..judging.answers import Answers
from ..judging.evaluate import evaluate_on_seed
from ..judging.matching import matching
from ..judging.outcome import Outcome
from ..submission.jail import Jail
from ..submission.limits import Limits
from ..submission.programs import Programs, text_source
from ..topics.folder import Assignment
from ..topics.trial import TruthSource


class ProcessRunner:
    """A `Runner` of the programs of one topic in one round. The process starts with the first program."""

    def __init__(self, assignment: Assignment, truth: TruthSource, seed: int, jail: Jail, limits: Limits) -> None:
        self.assignment, self.truth, self.seed, self.jail, self.limits = assignment, truth, seed, jail, limits
        self.programs: Programs | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.programs is not None:
            self.programs.close()
            self.programs = None

    def __call__(
        self, source: str, name: str, rows: Sequence[str] | None = None, like: Answers | None = None
    ) -> list[Outcome]:
        if self.programs is None:
            self.programs = Programs(self.jail, self.limits, data=self.assignment.data)
        topic, programs = self.assignment.topic, self.programs
        programs.take(text_source(source, name))
        return evaluate_on_seed(topic, matching(programs, like), self.truth, self.seed, rows)
