"""A submission in, a Result out. What every submission of a topic shares in a round is made once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..errors import GraderError, TopicError, Unreadable
from ..judging import outcome_wire
from ..judging.evaluate import evaluate_on_seed
from ..judging.known import KnownMistakes
from ..judging.mistakes import Known
from ..judging.outcome import Outcome
from ..judging.smallest.shrink import Shrinking
from ..judging.verdicts import verdicts
from ..result import Note, Result, Status, Verdict
from ..submission.find import Submission
from ..submission.jail import Jail, open_jail
from ..submission.notebook import Source, bytes_of, read_path, read_source
from ..submission.session import Session
from ..topics.folder import Assignment
from ..truth.record import InMemory, OnDisk, Recorded, truths_from_bytes, truths_to_bytes
from ..truth.trials import round_seed
from . import provenance
from .process_runner import ProcessRunner
from .repairing import Repair
from .settings import Course

ATTEMPTS = 2  # at a submission that a fault of ours made void
NO_SECRET = b"no secret is set: these cases can be foreseen"


@dataclass(frozen=True)
class TopicRound:
    """All that submissions of one topic share in a round: the assignment, the truth, and what known mistakes lose."""

    assignment: Assignment
    truth: Recorded
    seed: int
    mistakes: KnownMistakes
    shrinking: Shrinking


@dataclass(frozen=True)
class Judged:
    """A submission whose rows have ended, and which is to be named and priced."""

    submission: Submission
    assignment: Assignment
    sha256: str
    notes: Sequence[Note]
    outcomes: Sequence[Outcome]
    smallest: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seconds: float = 0.0
    source: Source | None = field(default=None, repr=False)

    @property
    def is_void(self) -> bool:
        return any(o.status is Status.VOID for o in self.outcomes)

    @property
    def needs_names(self) -> bool:
        """Whether a row was lost, and none by a fault of ours: then the submission is ungraded, and nothing is named."""
        return _unexplained(self.outcomes)

    def compact(self) -> Judged:
        """Return the same without what was returned, but for whole answers: to wait with."""
        return replace(self, outcomes=[replace(o, heard=o.answers) for o in self.outcomes])


@dataclass
class Grading:
    """Grades submissions of a course in one round.

    `record` is the folder of what is known between gradings (the user's folder for caches where it is None): the
    reference's answers to the round's questions, and what known mistakes lose there.
    """

    course: Course
    jail: Jail
    round: str = "1"
    device: str = "cpu"
    record: Path | None = None
    assignments: dict[str, Assignment] = field(default_factory=dict)
    topic_rounds: dict[str, TopicRound] = field(default_factory=dict)
    hashes: dict[str, dict[str, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def topic_round(self, topic: str) -> TopicRound:
        """Return what a topic's submissions share, made when the first of them comes."""
        assignment = self.assignment(topic)
        with self.lock:
            if topic not in self.topic_rounds:
                self.topic_rounds[topic] = self._make(assignment)
            return self.topic_rounds[topic]

    def assignment(self, topic: str) -> Assignment:
        with self.lock:
            return self.assignments.setdefault(topic, Assignment(topic, self.course.root))

    def _make(self, assignment: Assignment) -> TopicRound:
        from ..truth.reference import Oracle  # torch: only where something is graded

        oracle = Oracle(assignment, self.device)
        seed = round_seed(self.course.secret_bytes() or NO_SECRET, assignment.slug, self.round)
        decided = self._hashes(assignment)
        judged = f"{decided['judged']} {self.device}"
        answers = OnDisk(f"answers {judged}", truths_to_bytes, truths_from_bytes, self.record)
        programs = OnDisk(
            f"programs {judged} {decided['ran']} {seed}",
            outcome_wire.to_bytes,
            lambda raw: outcome_wire.from_bytes(raw, assignment.topic.rubric),
            self.record,
        )
        truth = Recorded([InMemory(), answers], oracle.run)

        def runner() -> ProcessRunner:
            return ProcessRunner(assignment, truth, seed, self.jail, self.course.limits)

        # What the search for the smallest input asks is asked once: it stays in the oracle's memory.
        shrinking = Shrinking(assignment, oracle)
        return TopicRound(assignment, truth, seed, KnownMistakes(assignment, runner, programs), shrinking)

    def grade(self, submission: Submission) -> Result:
        """Return one submission's Result. Whatever happens, there is one: a fault of ours leaves it ungraded, after a second
        attempt.

        Raise TopicError where the topic itself, and so its rubric, cannot be loaded.
        """
        return self._grade(submission, lambda: read_path(submission.path))

    def grade_bytes(self, submission: Submission, raw: bytes) -> Result:
        """Return the Result of a submission whose file holds `raw`; the path gives only its name."""
        return self._grade(submission, lambda: read_source(raw, submission.path.name))

    def _grade(self, submission: Submission, read: Callable[[], Source]) -> Result:
        return self.name(self._judge(submission, read))

    def judge(self, submission: Submission) -> Judged:
        """Put a submission to the rubric, a second time if a fault of ours made it void. Raises TopicError as `grade` does."""
        return self._judge(submission, lambda: read_path(submission.path))

    def _judge(self, submission: Submission, read: Callable[[], Source]) -> Judged:
        started = time.perf_counter()
        assignment = self.assignment(submission.topic)
        for _ in range(ATTEMPTS):
            judged = self._attempt(submission, read, assignment)
            if not judged.is_void:
                break
        return replace(judged, seconds=time.perf_counter() - started)

    def _attempt(self, submission: Submission, read: Callable[[], Source], assignment: Assignment) -> Judged:
        """Judge a submission once. A fault of ours makes all rows void, and is none of the student's."""
        sha256, notes = "", list[Note]()
        try:
            source = read()
            sha256 = source.sha256
            notes += source.notes
            outcomes, smallest, happened = self._outcomes(source, self.topic_round(submission.topic))
            return Judged(submission, assignment, sha256, [*notes, *happened], outcomes, smallest, source=source)
        except Unreadable as unreadable:
            outcomes = _all(assignment, Status.LOST, None)
            return Judged(submission, assignment, unreadable.sha256, [Note(str(unreadable))], outcomes)
        except Exception as fault:
            return Judged(submission, assignment, sha256, notes, _all(assignment, Status.VOID, _ours(fault)))

    def _outcomes(
        self, source: Source, topic_round: TopicRound
    ) -> tuple[list[Outcome], Mapping[str, Mapping[str, Any]], list[Note]]:
        topic = topic_round.assignment.topic
        asked = [f.name for f in topic_round.assignment.targets]
        with Session(source, self.jail, self.course.limits, asked, topic_round.assignment.data) as student:
            outcomes = evaluate_on_seed(topic, student, topic_round.truth, topic_round.seed)
            notes = list(student.notes)
            if _unexplained(outcomes):
                student.renew()  # what was asked in the rows cannot come back in an answer that is shown
            return outcomes, topic_round.shrinking.cells(outcomes, student), notes

    def name(self, judged: Judged) -> Result:
        """Say which mistakes were made, and price them. What known mistakes answer is found out first, if it is not known."""
        started, outcomes = time.perf_counter(), judged.outcomes
        known = list[Known]()
        if judged.needs_names:
            try:
                shared, source = self.topic_round(judged.submission.topic), judged.source
                repair = Repair(shared.assignment, shared.truth, shared.seed, self.jail, self.course.limits)
                known = shared.mistakes.explaining(
                    outcomes, lambda: source is not None and repair.is_one_slip(source, outcomes)
                )
            except Exception as fault:
                outcomes = _all(judged.assignment, Status.VOID, _ours(fault))
        rows = verdicts(outcomes, known, self.course.slip_share)
        submission, notes = judged.submission, (*judged.submission.notes, *judged.notes)
        return Result(
            topic=submission.topic,
            student=submission.student,
            file=submission.path.name,
            sha256=judged.sha256,
            rows=tuple(_with_smallest(row, judged.smallest) for row in rows),
            notes=tuple(sorted(notes, key=lambda note: note.cell or 0)),
            hashes=self._hashes(judged.assignment),
            round=self.round,
            device=self.device,
            jail=self.jail.sentence,
            seconds=judged.seconds + time.perf_counter() - started,
        )

    def stands(self, submission: Submission, result: Result) -> bool:
        """Say whether a result is what grading the submission would give again: of the same file, by the same code and rubric, in
        the same round and the same kind of jail. One that a fault of ours left ungraded never stands."""
        try:
            sha256 = hashlib.sha256(bytes_of(submission.path)).hexdigest()
        except (OSError, Unreadable):
            return False
        now = (sha256, submission.path.name, self.round, self.device, self.jail.sentence)
        before = (result.sha256, result.file, result.round, result.device, result.jail)
        return (
            result.status == "graded"
            and now == before
            and set(submission.notes) <= set(result.notes)
            and result.hashes == self._hashes(self.assignment(submission.topic))
        )

    def _hashes(self, assignment: Assignment) -> dict[str, str]:
        """Return what decides a grade of this topic (see `provenance`), as it was when the first was given."""
        if assignment.slug not in self.hashes:
            try:
                ran = provenance.ran(assignment, self.course.limits, self.jail.imports, self.round)
                self.hashes[assignment.slug] = {
                    "ran": ran,
                    "judged": provenance.judged(assignment, self.course.slip_share),
                }
            except OSError:  # a file of the topic is missing: nothing was graded with it
                return {}
        return self.hashes[assignment.slug]


def grade_one(
    raw: bytes, submission: Submission, course: Path, record: Path, round: str = "1", device: str = "cpu"
) -> bytes:
    """Return a Result as JSON, from a submission's bytes and what lies on disk: the course's file, and the folder `record`.

    Nothing is shared in memory, so that any engine may call it in any process, on any machine that has these files.
    """
    settings = Course.load(course)
    jail = open_jail(settings.imports)
    try:
        return Grading(settings, jail, round, device, record).grade_bytes(submission, raw).to_json(indent=None).encode()
    finally:
        jail.close()


def _with_smallest(row: Verdict, smallest: Mapping[str, Mapping[str, Any]]) -> Verdict:
    found = smallest.get(row.id)
    return replace(row, evidence={**row.evidence, "smallest": found}) if found else row


def _unexplained(outcomes: Sequence[Outcome]) -> bool:
    return any(o.error is not None for o in outcomes) and all(o.status is not Status.VOID for o in outcomes)


def _all(assignment: Assignment, status: Status, error: Exception | None) -> list[Outcome]:
    return [Outcome(row, status, error) for row in assignment.topic.rubric]


def _ours(fault: Exception) -> GraderError:
    said = str(fault) if isinstance(fault, (GraderError, TopicError)) else f"{type(fault).__name__}: {fault}"
    return GraderError(f"our fault, not the student's: {said}")
