"""Topic × student × truth → outcomes. The same function grades, tests known mistakes, and checks a student's own notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..checks import FollowThrough, Trial
from ..errors import Died, GraderError, Raised, TimedOut, TopicError, Wrong
from ..inside.plan import Implementation
from ..result import Status
from ..topics.rubric import Row, Topic
from .hearing import Hearing
from .outcome import Outcome
from .points import resolve_follow_through


def evaluate(
    topic: Topic,
    student: Implementation,
    trial: Callable[[Row], Trial],
    rows: Iterable[str] | None = None,
    stop_at_first_loss: bool = False,
) -> list[Outcome]:
    """Judge every row, in the rubric's order. Skip a row if a row that it needs was not earned.

    With `rows`, judge only those, and keep every follow-through, because the row that it blames may not be among them. Hear
    whole answers, the cases behind a first fault included, unless it is enough to see the first loss.
    """
    outcomes: dict[str, Outcome] = {}
    chosen = None if rows is None else set(rows)
    # Hidden rows are asked last, so that what a visible row is asked later cannot tell what a hidden one asked.
    for row in sorted(topic.rubric, key=lambda row: row.hidden):
        if chosen is not None and row.id not in chosen:
            continue
        if any(need in outcomes and not outcomes[need].earned for need in row.needs.split()):
            outcomes[row.id] = Outcome(row, Status.WITHHELD)
            continue
        student.begin_row()
        outcomes[row.id] = judge(row, trial(row), whole=not stop_at_first_loss)
        if stop_at_first_loss and not outcomes[row.id].earned:
            break
    for id, outcome in outcomes.items():  # last, so that the time that it takes costs no row
        if isinstance(outcome.heard, Hearing) and isinstance(outcome.error, Wrong):
            also = tuple(outcome.heard.ask_the_rest(outcome.row.check))
            outcomes[id] = replace(outcome, error=Wrong.of(replace(outcome.error.evidence, also=also)))
    found = [outcomes[row.id] for row in topic.rubric if row.id in outcomes]
    return resolve_follow_through(found) if chosen is None else found


def judge(row: Row, trial: Trial, whole: bool = True) -> Outcome:
    """Judge one row. What the student did is a status; whatever else goes wrong is our fault, and void."""
    hearing = Hearing(trial)
    status, error, follow = _status(row, trial)
    heard = hearing if whole else None
    return Outcome(row, status, error and without_traceback(error), follow, dict(trial.exhibits), heard)


def _status(row: Row, trial: Trial) -> tuple[Status, Exception | None, FollowThrough | None]:
    try:
        return Status.EARNED, None, row.check(trial)
    except Wrong as wrong:
        return Status.LOST, wrong, None
    except Raised as raised:
        return Status.RAISED, raised, None
    except TimedOut as late:
        return Status.TIMEOUT, late, None
    except Died as died:
        return Status.DIED, died, None
    except (GraderError, TopicError, OSError, MemoryError) as ours:
        return Status.VOID, ours, None
    except Exception as bug:
        return Status.VOID, GraderError(f"the check itself failed: {type(bug).__name__}: {bug}"), None


def without_traceback(error: Exception) -> Exception:
    """Return the error as evidence, alone.

    With its traceback it would keep every frame, and the answers in them, until a collection of garbage: a class of large
    wrong answers would fill the memory.
    """
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error
