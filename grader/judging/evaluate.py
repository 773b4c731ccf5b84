"""Topic × student × truth → verdicts. The same function grades, tests known mistakes, and checks a student's own notebook."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..checks import FollowThrough, Trial
from ..errors import Died, GraderError, Raised, TimedOut, TopicError, Wrong
from ..inside.plan import Implementation
from ..result import Status
from ..topics.rubric import Row, Topic


@dataclass(frozen=True)
class Outcome:
    """A row's outcome before it is explained: with the evidence itself, not only its sentence, and what the check put on show."""

    row: Row
    status: Status
    error: Exception | None = None
    follow: FollowThrough | None = None
    exhibits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def earned(self) -> bool:
        return self.status is Status.EARNED


def evaluate(
    topic: Topic,
    student: Implementation,
    trial: Callable[[Row], Trial],
    rows: Iterable[str] | None = None,
    stop_at_first_loss: bool = False,
) -> list[Outcome]:
    """Put every row to the student; a row whose needs were not earned is withheld. Of those named in `rows` alone, a
    follow-through stands: what it blames may be elsewhere.

    Hidden rows are asked last, so that no visible row can tell what a hidden one asked; the outcomes are in the rubric's order.
    """
    outcomes: dict[str, Outcome] = {}
    chosen = None if rows is None else set(rows)
    for row in sorted(topic.rubric, key=lambda row: row.hidden):
        if chosen is not None and row.id not in chosen:
            continue
        if any(need in outcomes and not outcomes[need].earned for need in row.needs.split()):
            outcomes[row.id] = Outcome(row, Status.WITHHELD)
            continue
        student.begin_row()
        outcomes[row.id] = judge(row, trial(row))
        if stop_at_first_loss and not outcomes[row.id].earned:
            break
    found = [outcomes[row.id] for row in topic.rubric if row.id in outcomes]
    return resolve_follow_through(found) if chosen is None else found


def judge(row: Row, trial: Trial) -> Outcome:
    """One row, with what its check put on show."""
    outcome = _judged(row, trial)
    return replace(outcome, exhibits=dict(trial.exhibits))


def _judged(row: Row, trial: Trial) -> Outcome:
    """What the student did is a status; whatever else goes wrong is our fault, and void."""
    try:
        follow = row.check(trial)
    except Wrong as wrong:
        return Outcome(row, Status.LOST, without_traceback(wrong))
    except Raised as raised:
        return Outcome(row, Status.RAISED, without_traceback(raised))
    except TimedOut as late:
        return Outcome(row, Status.TIMEOUT, without_traceback(late))
    except Died as died:
        return Outcome(row, Status.DIED, without_traceback(died))
    except (GraderError, TopicError, OSError, MemoryError) as ours:
        return Outcome(row, Status.VOID, without_traceback(ours))
    except Exception as bug:
        return Outcome(
            row, Status.VOID, without_traceback(GraderError(f"the check itself failed: {type(bug).__name__}: {bug}"))
        )
    return Outcome(row, Status.EARNED, follow=follow)


def without_traceback(error: Exception) -> Exception:
    """The error as evidence. With its traceback it would keep every frame, and the answers in them, until a collection
    of garbage: a class of large wrong answers would fill the memory."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


def resolve_follow_through(outcomes: list[Outcome]) -> list[Outcome]:
    """A follow-through stands only where what it blames was lost in another row, or follows in its turn from what was: else
    nothing is to follow."""
    blamed = {name for o in outcomes if o.status is Status.LOST for name in o.row.check.judges}
    settled: dict[str, Outcome] = {}
    for o in outcomes:
        if o.follow and not o.follow.blames & blamed:
            o = replace(o, status=Status.LOST, error=o.follow.wrong, follow=None)
            blamed |= o.row.check.judges
        elif o.follow:
            blamed |= o.row.check.judges
        elif any(need in settled and not settled[need].earned for need in o.row.needs.split()):
            o = Outcome(o.row, Status.WITHHELD)  # it was asked while a follow-through that fell still stood
        settled[o.row.id] = o
    return list(settled.values())


def message_of(error: Exception | None) -> str:
    return "" if error is None else str(error)


def evidence_of(outcome: Outcome) -> dict[str, Any]:
    """The parts of the evidence as plain data, for programs and for the report: at least the function that was asked,
    and what the check put on show."""
    error = outcome.error
    names = [f.name for f in outcome.row.check.functions]
    evidence: dict[str, Any] = {**outcome.exhibits, **({"function": names[-1]} if names else {})}
    if isinstance(error, Wrong):
        named = next((name for name in names if re.search(rf"\b{name}\b", error.evidence.where)), None)
        return (
            evidence
            | ({"function": named} if named else {})
            | {"where": error.evidence.where, **error.evidence.details}
        )
    if isinstance(error, Raised):
        return evidence | {"type": error.type, "cell": error.cell, "line": error.line}
    return evidence
