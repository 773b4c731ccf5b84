"""What known mistakes, and pairs of them, lose on the cases of one round: run when first asked for, and kept on a record.

Who runs them is handed in as a `Runner`: in a grading a process with limits, which may be killed; for an author, and to make a
bundle, this very process.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..checks.trial import TruthSource
from ..errors import Evidence, GraderError, Raised, Wrong
from ..inside.wire import decode, encode
from ..result import Hint
from ..submission.in_process import Live
from ..topics.folder import Assignment
from ..topics.rubric import Row
from ..truth.record import InMemory, Record
from ..truth.trials import seeded_trials
from .evaluate import evaluate
from .mistakes import Known, lost_rows, recognise, same
from .outcome import Outcome
from .pairs import Pair, likely_first, pairs_of, remembers

SECONDS = 5.0  # of processor time for all pairs of a topic in one round; what has been run is kept

Losses = Mapping[str, Exception]  # row id → why the row is lost


@dataclass(frozen=True)
class Ran:
    """The outcomes of a program, and the processor time in seconds that it took to get them."""

    outcomes: Sequence[Outcome]
    seconds: float = 0.0


Runner = Callable[[str, str, Sequence[str] | None], Ran]
"""Put a program (its text, and its name for messages) to all rows, or to those named."""

Runners = Callable[[], AbstractContextManager[Runner]]
"""Make a runner; whatever process it has ends with the `with` block."""


def in_this_process(assignment: Assignment, truth: TruthSource, seed: int) -> Runner:
    """Return a runner without limits, for an author's machine: `verify` finds what does not end."""

    def run(source: str, name: str, rows: Sequence[str] | None) -> Ran:
        student = Live.of(source, name)
        return Ran(evaluate(assignment.topic, student, seeded_trials(assignment.topic, student, truth, seed), rows))

    return run


def run_mistakes(assignment: Assignment, run: Runner) -> list[Known]:
    """Return what every known mistake of the topic loses. Raise TopicError for one that cannot be made or run."""
    return [
        Known(Hint(m.name, m.say), run(m.apply(assignment.solution), f"mistake {m.name!r}", None).outcomes)
        for m in assignment.mistakes
    ]


class KnownMistakes:
    """The known mistakes of a topic in one round; submissions share it, side by side.

    `record` keeps what programs lose by the digest of their text and of the rows that they were put to.
    """

    def __init__(
        self, assignment: Assignment, runners: Runners, record: Record[Losses] | None = None, seconds: float = SECONDS
    ) -> None:
        self.assignment, self.runners = assignment, runners
        self.record: Record[Losses] = InMemory(most=None) if record is None else record
        self.seconds_left = seconds
        self._known: Future[list[Known]] | None = None
        self._first = threading.Lock()  # held only while it is seen who is the first to ask

    def known(self) -> list[Known]:
        """Return what each mistake loses. The first to ask runs them; whoever asks meanwhile waits for its answer."""
        with self._first:
            mine = self._known is None
            answer = self._known = self._known or Future()
        if mine:
            try:
                answer.set_result(self._run_all())
            except BaseException as error:
                self._known = None  # the next to ask tries again
                answer.set_exception(error)
        return answer.result()

    def _run_all(self) -> list[Known]:
        solution, rubric, found = self.assignment.solution, self.assignment.topic.rubric, list[Known]()
        with self.runners() as run:
            for mistake in self.assignment.mistakes:
                losses, _ = self._losses(run, mistake.apply(solution), f"mistake {mistake.name!r}", None)
                found.append(Known.of_losses(Hint(mistake.name, mistake.say), losses, rubric))
        return found

    def explaining(self, outcomes: Sequence[Outcome]) -> list[Known]:
        """Return the known mistakes and, where a row fits none of them, the pair that explains it and the most rows besides.

        A pair is run only up to the first row that it does not explain, and one that would lose rows which were kept is none.
        """
        known = self.known()
        alone = recognise(outcomes, known)
        lost = {o.row.id: o.error for o in outcomes if isinstance(o.error, Wrong | Raised)}
        rows = sorted(lost, key=alone.__contains__)  # unexplained ones first
        if not rows or rows[0] in alone:
            return known
        kept = {o.row.id for o in outcomes if o.earned and not o.follow}
        losses = {k.hint.name: k.losses.keys() for k in known}
        with self.runners() as run:
            best = self._best_pair(run, likely_first(self.pairs, losses, lost.keys(), kept), rows, lost, kept)
        return [*known, *best]

    def _best_pair(
        self, run: Runner, pairs: Sequence[Pair], rows: Sequence[str], lost: Mapping[str, Exception], kept: Set[str]
    ) -> list[Known]:
        most, best = 0, list[Known]()
        for pair in pairs:
            fitting = 0
            while fitting < len(rows) and same(self.why_lost(run, pair, rows[fitting]), lost[rows[fitting]]):
                fitting += 1
            if fitting > most:
                losses, _ = self._losses(run, pair.source, pair.hint.name, None)
                if not losses.keys() & kept:
                    most = fitting
                    best = [Known.of_losses(pair.hint, losses, self.assignment.topic.rubric, pair.names)]
            if most == len(rows):
                break
        return best

    def keep(self, source: str, outcomes: Sequence[Outcome]) -> None:
        """Put on record what is known of a program that was run on these cases elsewhere."""
        self.record.put(_digest(source, None), lost_rows(outcomes))

    @cached_property
    def pairs(self) -> list[Pair]:
        return list(pairs_of(self.assignment.solution, self.assignment.mistakes))

    def why_lost(self, run: Runner, pair: Pair, row: str) -> Exception | None:
        """Return why the program with both mistakes loses a row; None where it does not, or loses one that this row needs.

        Only these rows are run: what a row needs may be all that keeps it from running for ever. None, too, once the round's
        time is spent: then only what has been run is known.
        """
        rows = None if remembers(pair.source, self.assignment.solution) else self._needed(row)
        if self.seconds_left <= 0:
            known = self.record.get(_digest(pair.source, rows))
            return None if known is None else known.get(row)
        losses, seconds = self._losses(run, pair.source, pair.hint.name, rows)
        self.seconds_left -= seconds
        return losses.get(row)

    def _losses(self, run: Runner, source: str, name: str, rows: Sequence[str] | None) -> tuple[Losses, float]:
        """Return what a program loses, and the seconds that it took to find out: 0 for what is on record."""
        digest = _digest(source, rows)
        if (found := self.record.get(digest)) is not None:
            return found, 0.0
        ran = run(source, name, rows)
        losses = lost_rows(ran.outcomes)
        if any(isinstance(error, GraderError) for error in losses.values()):
            return losses, ran.seconds  # a fault of ours is asked again, and never kept
        self.record.put(digest, losses)
        return losses, ran.seconds

    def _needed(self, row: str) -> list[str]:
        """Return the row, and all that have to be earned before it is asked."""
        needs = {r.id: r.needs.split() for r in self.assignment.topic.rubric}
        found = [row]
        for each in found:
            found += [need for need in needs[each] if need not in found]
        return found


def _digest(source: str, rows: Sequence[str] | None) -> bytes:
    return hashlib.sha256(f"{source}\0{'' if rows is None else ' '.join(rows)}\0{rows is None}".encode()).digest()


# ---------------------------------------------------------------------------------------- as bytes


def for_record(assignment: Assignment, known: Sequence[Known]) -> list[dict[str, Any]]:
    """Return what known mistakes lose of the public rows, as plain data. Those that only hidden rows see stay unknown."""
    public = {row.id for row in assignment.topic.rubric if not row.hidden}
    seen = [(k.hint, {row: to_wire(error) for row, error in k.losses.items() if row in public}) for k in known]
    return [{"name": hint.name, "hint": hint.hint, "rows": rows} for hint, rows in seen if rows]


def from_record(rubric: Sequence[Row], mistakes: Sequence[Mapping[str, Any]]) -> list[Known]:
    """Return the known mistakes that `for_record` made plain data of."""
    return [
        Known.of_losses(Hint(m["name"], m["hint"]), {row: from_wire(e) for row, e in m["rows"].items()}, rubric)
        for m in mistakes
    ]


def losses_to_bytes(losses: Losses) -> bytes:
    return encode({row: to_wire(error) for row, error in losses.items()})


def losses_from_bytes(raw: bytes) -> Losses:
    return {row: from_wire(error) for row, error in decode(raw).items()}


def to_wire(error: Exception) -> dict[str, Any]:
    """Return as plain data what tells one fault from another."""
    if isinstance(error, Wrong):
        found = error.evidence
        by_chance = {"by_chance": found.by_chance} if found.by_chance else {}
        return {"where": found.where, "sentence": found.sentence, "answer": found.answer, **by_chance}
    if isinstance(error, Raised):
        return {"type": error.type, "message": error.message}
    return {}


def from_wire(data: Mapping[str, Any]) -> Exception:
    if "where" in data:
        by_chance = data.get("by_chance", 0.0)
        return Wrong.of(Evidence(data["where"], data["sentence"], data["answer"], by_chance=by_chance))
    return Raised(data.get("type", ""), data.get("message", ""))
