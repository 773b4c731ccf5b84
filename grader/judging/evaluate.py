"""Topic × student × truth → outcomes. The same function grades, tests known mistakes, and checks a student's own notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..checks import FollowThrough, Trial
from ..errors import Died, GraderError, Raised, TimedOut, TopicError, Wrong
from ..inside.plan import Implementation
from ..result import Status
from ..topics.rubric import Row, Topic
from ..topics.trial import TruthSource
from ..truth.trials import seeded_trials
from .hearing import Hearing
from .order import small_first, small_first_on
from .outcome import Outcome
from .points import resolve_follow_through


def evaluate(
    topic: Topic,
    student: Implementation,
    trial: Callable[[Row], Trial],
    rows: Iterable[str] | None = None,
    order: Sequence[Row] | None = None,
) -> list[Outcome]:
    """Judge every row, small inputs before large ones (or in the `order` that is known); return them in the rubric's order.

    Skip a row if a row that it needs was not earned. With `rows`, judge only those, and keep every follow-through, because the
    row that it blames may not be among them. Hear whole answers, the cases behind a first fault included.
    """
    outcomes: dict[str, Outcome] = {}
    chosen = None if rows is None else set(rows)
    for row in small_first(topic, trial) if order is None else order:
        if chosen is not None and row.id not in chosen:
            continue
        if any(need in outcomes and not outcomes[need].earned for need in row.needs.split()):
            outcomes[row.id] = Outcome(row, Status.WITHHELD)
            continue
        student.begin_row()
        outcomes[row.id] = judge(row, trial(row))
    for id, outcome in outcomes.items():  # last, so that the time that it takes costs no row
        if isinstance(outcome.heard, Hearing) and isinstance(outcome.error, Wrong):
            also = tuple(outcome.heard.ask_the_rest(outcome.row.check))
            outcomes[id] = replace(outcome, error=Wrong.of(replace(outcome.error.evidence, also=also)))
    found = [outcomes[row.id] for row in topic.rubric if row.id in outcomes]
    return resolve_follow_through(found) if chosen is None else found


def evaluate_on_seed(
    topic: Topic, student: Implementation, truth: TruthSource, seed: int, rows: Iterable[str] | None = None
) -> list[Outcome]:
    """Judge every row, or those named, with cases and chance drawn from `seed`."""
    return evaluate(topic, student, seeded_trials(topic, student, truth, seed), rows, small_first_on(topic, seed))


def judge(row: Row, trial: Trial) -> Outcome:
    """Judge one row. What the student did is a status; whatever else goes wrong is our fault, and void."""
    hearing = Hearing(trial)
    status, error, follow = _status(row, trial)
    return Outcome(row, status, error and without_traceback(error), follow, dict(trial.exhibits), hearing)


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
