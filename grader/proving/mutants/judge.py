"""Mutants put to the rubric: each in a jailed process of its own, many side by side, until a row is lost.

A mutant may loop, exit or eat memory: a jail contains all of it, for some 12 ms a process. In this process they would take
half the time, and the first endless loop all of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from ...errors import TopicError
from ...inside.plan import Implementation, Plan
from ...judging.evaluate import Outcome, evaluate
from ...result import Status
from ...submission.jail import Jail
from ...submission.limits import Limits
from ...submission.notebook import read_source
from ...submission.session import Session
from ...topics.folder import Assignment
from ...topics.rubric import Row, Topic
from ...truth.trials import PUBLIC_SEED, TruthSource, seeded_trials
from .generate import Mutant

TIMES_THE_SOLUTION = 10.0  # processor time that a row of a mutant may use
LEAST_SECONDS = 0.2  # of it: below, the clock is too coarse and numpy's first calls too slow


@dataclass(frozen=True)
class Judged:
    """A mutant and the rows that it was asked, up to the first that it lost."""

    mutant: Mutant
    outcomes: Sequence[Outcome]

    @property
    def lost(self) -> Outcome | None:
        """The row that caught it, with its evidence; None for a survivor."""
        return next((o for o in self.outcomes if not o.earned), None)

    @property
    def void(self) -> bool:
        return self.lost is not None and self.lost.status is Status.VOID


@dataclass(frozen=True)
class Bench:
    """What all programs of one topic are judged with: the rubric, cheap rows first, and limits that fit it."""

    assignment: Assignment
    truth: TruthSource
    jail: Jail
    topic: Topic
    limits: Limits

    @classmethod
    def of(cls, assignment: Assignment, truth: TruthSource, jail: Jail) -> Bench:
        """Measured on the solution: what each row asks (by which they are ordered), and the processor time of the longest.

        Raises TopicError where the solution does not earn a row in the jail: its mutants would prove nothing.
        """
        topic, asked, longest = assignment.topic, dict[str, tuple[int, int]](), 0.0
        limits = Limits()
        with Session(
            read_source(assignment.solution.encode(), "solution.py"), jail, limits, data=assignment.data
        ) as solution:
            for row in topic.rubric:
                counted, before = Counted(solution), solution.cpu_seconds()
                [o] = evaluate(topic, counted, seeded_trials(topic, counted, truth, PUBLIC_SEED), rows=[row.id])
                if not o.earned:
                    raise TopicError(f"the solution does not earn {row.id!r} in the jail: {o.status}: {o.error}")
                asked[row.id] = counted.asked
                longest = max(longest, solution.cpu_seconds() - before)
        ordered = replace(topic, rubric=cheap_first(topic.rubric, asked))
        seconds = max(LEAST_SECONDS, TIMES_THE_SOLUTION * longest)
        whole = max(limits.submission_cpu_seconds, seconds * len(topic.rubric))
        tight = replace(limits, row_cpu_seconds=seconds, cell_cpu_seconds=seconds, submission_cpu_seconds=whole)
        return cls(assignment, truth, jail, ordered, tight)

    def judge(self, mutant: Mutant) -> Judged:
        """The rows up to the first that is lost."""
        names = [f.name for f in self.assignment.targets]
        with Session(
            read_source(mutant.source.encode(), "mutant.py"), self.jail, self.limits, names, self.assignment.data
        ) as student:
            trials = seeded_trials(self.topic, student, self.truth, PUBLIC_SEED)
            return Judged(mutant, evaluate(self.topic, student, trials, stop_at_first_loss=True))


def judge_mutants(bench: Bench, made: Sequence[Mutant], progress: Callable[[str], None]) -> list[Judged]:
    """Every mutant, judged, in order; side by side on all cores by threads, each of which supervises one process."""
    judged = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        futures = [pool.submit(bench.judge, mutant) for mutant in made]
        try:
            for future in futures:
                judged.append(future.result())
                progress(f"{bench.assignment.slug}: mutants")
        finally:
            for future in futures:
                future.cancel()
    return judged


class Counted(Implementation):
    """Another implementation, and how many plans and calls it was asked: what a row costs, the same on every machine."""

    def __init__(self, inner: Implementation) -> None:
        self.inner, self.asked = inner, (0, 0)

    def run(self, plan: Plan) -> list[Any]:
        plans, calls = self.asked
        self.asked = plans + 1, calls + len(plan.steps)
        return self.inner.run(plan)

    def begin_row(self) -> None:
        self.inner.begin_row()

    def cpu_seconds(self) -> float:
        return self.inner.cpu_seconds()


def cheap_first(rows: Sequence[Row], cost: dict[str, tuple[int, int]]) -> list[Row]:
    """The rows by cost, each after those that it needs."""
    ordered: list[Row] = []
    left = sorted(rows, key=lambda row: cost[row.id])
    while left:
        placed = {row.id for row in ordered}
        ready = next(row for row in left if placed >= set(row.needs.split()))
        ordered.append(ready)
        left.remove(ready)
    return ordered
