"""Submissions in, Results out: what every submission of a topic shares is made once, the rest runs side by side."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from .course import Course
from .diagnose import Diagnosis, verdicts
from .drawn import Drawn, round_seed
from .evaluate import Outcome, evaluate
from .faults import OurFault
from .jail import Jail
from .notebook import Source, Unreadable, read_path
from .result import Note, Result, Status, Verdict
from .session import Session
from .submissions import Submission
from .topic import Assignment, Row

if TYPE_CHECKING:
    from .oracle import Oracle

IN_FLIGHT = 4  # submissions per worker that are read ahead: memory stays flat however large the class
ATTEMPTS = 2  # at a submission that a fault of ours made void
NO_SECRET = b"no secret is set: these cases can be foreseen"


@dataclass(frozen=True)
class Desk:
    """All that submissions of one topic share in a round: the assignment, the truth, and what known mistakes look like."""

    assignment: Assignment
    oracle: Oracle
    seed: int
    diagnosis: Diagnosis
    hashes: dict[str, str]


@dataclass
class Grading:
    """Grades submissions of a course in one round. `seconds` adds up where the time goes, for the benchmark."""

    course: Course
    jail: Jail
    round: str = "1"
    device: str = "cpu"
    desks: dict[str, Desk] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def desk(self, topic: str) -> Desk:
        """The desk of a topic, made when its first submission comes."""
        with self.lock:
            if topic not in self.desks:
                self.desks[topic] = self._make(topic)
            return self.desks[topic]

    def _make(self, topic: str) -> Desk:
        from .oracle import Oracle  # torch: only where something is graded

        assignment = Assignment(topic, self.course.root)
        oracle = Oracle(assignment, self.device)
        seed = round_seed(self.course.secret_bytes() or NO_SECRET, topic, self.round)
        return Desk(assignment, oracle, seed, Diagnosis(assignment, oracle, seed), assignment.hashes)

    def grade(self, submission: Submission) -> Result:
        """One submission's Result. Whatever happens, there is one."""
        started = time.perf_counter()
        desk = self.desk(submission.topic)
        for _ in range(ATTEMPTS):
            sha256, rows, notes = self._attempt(submission, desk)
            if not any(row.status is Status.VOID for row in rows):
                break
        every = (*submission.notes, *notes)
        return self._result(submission, sha256, rows, every, desk, time.perf_counter() - started)

    def _attempt(self, submission: Submission, desk: Desk) -> tuple[str, tuple[Verdict, ...], list[Note]]:
        """The digest, the verdicts and the notes; a fault of ours makes them void, and is none of the student's."""
        sha256 = ""
        try:
            source = read_path(submission.path)
            sha256 = source.sha256
            rows, notes = self._rows(source, desk)
        except Unreadable as unreadable:
            return unreadable.sha256, _all(desk.assignment, Status.LOST, ""), [Note(str(unreadable))]
        except (OurFault, OSError, MemoryError) as fault:
            message = f"our fault, not the student's: {fault or type(fault).__name__}"
            return sha256, _all(desk.assignment, Status.VOID, message), []
        return sha256, rows, [*source.notes, *notes]

    def _rows(self, source: Source, desk: Desk) -> tuple[tuple[Verdict, ...], list[Note]]:
        topic = desk.assignment.topic
        with Session(source, self.jail, self.course.limits) as student:

            def trial(row: Row) -> Drawn:
                return Drawn(topic, student, desk.oracle, desk.seed, row.id)

            outcomes = evaluate(topic, student, trial)
            notes = student.notes
        return verdicts(outcomes, desk.diagnosis.known() if _unexplained(outcomes) else []), notes

    def _result(
        self,
        submission: Submission,
        sha256: str,
        rows: tuple[Verdict, ...],
        notes: tuple[Note, ...],
        desk: Desk,
        seconds: float,
    ) -> Result:
        return Result(
            topic=submission.topic,
            student=submission.student,
            file=submission.path.name,
            sha256=sha256,
            rows=rows,
            notes=notes,
            hashes=desk.hashes,
            round=self.round,
            device=desk.oracle.device,
            jail=self.jail.sentence,
            seconds=seconds,
        )

    def grade_all(self, submissions: Iterable[Submission], workers: int) -> Iterator[Result]:
        """Results as they are finished. Threads: each supervises one jailed process."""
        queue = iter(submissions)
        with ThreadPoolExecutor(workers) as pool:
            running: set[Future[Result]] = {pool.submit(self.grade, s) for s in islice(queue, IN_FLIGHT * workers)}
            try:
                while running:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    running |= {pool.submit(self.grade, s) for s in islice(queue, len(done))}
                    yield from (future.result() for future in done)
            finally:
                for future in running:
                    future.cancel()


def _unexplained(outcomes: list[Outcome]) -> bool:
    return any(o.error is not None for o in outcomes)


def _all(assignment: Assignment, status: Status, message: str) -> tuple[Verdict, ...]:
    return tuple(
        Verdict(row.id, row.claim, row.points, 0.0, status, message, hidden=row.hidden)
        for row in assignment.topic.rubric
    )
