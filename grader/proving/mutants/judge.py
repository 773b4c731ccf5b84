"""Put mutants to the rubric, each in a jailed process of its own and many side by side.

A mutant may loop, exit or eat memory. A jail contains all of that for about 12 ms a process. Without jails the mutants would
take half the time, but the first endless loop would never end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from ...errors import TopicError, Wrong
from ...judging.evaluate import evaluate_on_seed
from ...judging.outcome import Outcome
from ...result import Status
from ...submission.jail import Jail
from ...submission.limits import Limits
from ...submission.notebook import read_source
from ...submission.session import Session
from ...topics.folder import Assignment
from ...topics.mutants.generate import Mutant
from ...topics.trial import TruthSource
from ...truth.trials import PUBLIC_SEED

# A row of a mutant may use this many times the processor time of the solution's longest row, but at least LEAST_SECONDS:
# below, the clock is too coarse and numpy's first calls are too slow.
TIMES_THE_SOLUTION = 10.0
LEAST_SECONDS = 0.2


@dataclass(frozen=True)
class JudgedMutant:
    """A mutant and how its rows ended."""

    mutant: Mutant
    outcomes: Sequence[Outcome]

    @property
    def lost(self) -> Outcome | None:
        """The first row that caught it, with its evidence; None for a survivor."""
        return next((o for o in self.outcomes if not o.earned), None)

    @property
    def answers_wrongly(self) -> bool:
        """Whether its first loss is a wrong answer: it neither raises, loops nor ends."""
        return self.lost is not None and isinstance(self.lost.error, Wrong)

    @property
    def void(self) -> bool:
        return self.lost is not None and self.lost.status is Status.VOID


@dataclass(frozen=True)
class MutantJudge:
    """Judges programs of one topic, with limits that fit it."""

    assignment: Assignment
    truth: TruthSource
    jail: Jail
    limits: Limits

    @classmethod
    def of(cls, assignment: Assignment, truth: TruthSource, jail: Jail) -> MutantJudge:
        """Run the solution once to measure the longest row's processor time.

        Raise TopicError where the solution does not earn a row in the jail: its mutants would prove nothing.
        """
        topic, limits, longest = assignment.topic, Limits(), 0.0
        with Session(
            read_source(assignment.solution.encode(), "solution.py"), jail, limits, data=assignment.data
        ) as solution:
            for row in topic.rubric:
                before = solution.cpu_seconds()
                [o] = evaluate_on_seed(topic, solution, truth, PUBLIC_SEED, [row.id])
                if not o.earned:
                    raise TopicError(f"the solution does not earn {row.id!r} in the jail: {o.status}: {o.error}")
                longest = max(longest, solution.cpu_seconds() - before)
        seconds = max(LEAST_SECONDS, TIMES_THE_SOLUTION * longest)
        whole = max(limits.submission_cpu_seconds, seconds * len(topic.rubric))
        tight = replace(limits, row_cpu_seconds=seconds, cell_cpu_seconds=seconds, submission_cpu_seconds=whole)
        return cls(assignment, truth, jail, tight)

    def judge(self, mutant: Mutant) -> JudgedMutant:
        """Ask all rows: names and prices need whole answers."""
        names = [f.name for f in self.assignment.targets]
        with Session(
            read_source(mutant.source.encode(), "mutant.py"), self.jail, self.limits, names, self.assignment.data
        ) as student:
            outcomes = evaluate_on_seed(self.assignment.topic, student, self.truth, PUBLIC_SEED)
            return JudgedMutant(mutant, [replace(o, heard=o.answers) for o in outcomes])


def judge_mutants(judge: MutantJudge, made: Sequence[Mutant], progress: Callable[[str], None]) -> list[JudgedMutant]:
    """Judge every mutant, one for each core at a time, and return them in the order given."""
    judged = []
    # Threads do: each only waits for the process that it supervises.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        futures = [pool.submit(judge.judge, mutant) for mutant in made]
        try:
            for future in futures:
                judged.append(future.result())
                progress(f"{judge.assignment.slug}: mutants")
        finally:  # after Ctrl-C or an error no further mutant is started
            for future in futures:
                future.cancel()
    return judged
