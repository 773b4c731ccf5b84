"""Say points, outcomes and feedback in the same words in every export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...result import SMALLEST, Note, Result, Status, Verdict
from ..text import exact_points, one_line, printable

UNGRADED = "This submission has not been graded: grading itself failed. That is not your fault, and it is not a zero."
HIDDEN = "a hidden row: its details are not shown"
SHORT = 500  # characters of a smallest input: a longer one is in the report only

# What to say of a row that has no message of its own.
_DEFAULTS = {
    Status.LOST: "the claim does not hold",
    Status.WITHHELD: "not asked, because a row that it needs was not earned",
    Status.RAISED: "the submission raised an exception",
    Status.TIMEOUT: "the submission used up its time",
    Status.DIED: "the submission's process ended",
    Status.VOID: "grading itself failed",
}


def out_of(earned: float, points: float) -> str:
    """Return "3.5/7"."""
    return f"{exact_points(earned)}/{exact_points(points)}"


def fell_short(row: Verdict) -> bool:
    """Return True if the submission lost points here, which no row costs that was never asked or that we failed to grade."""
    if row.status in (Status.WITHHELD, Status.VOID):
        return False
    return row.status is not Status.EARNED or row.earned < row.points


def feedback(row: Verdict) -> str:
    """Return all that a student reads of one row: message, hint of a recognised mistake, smallest input if it is short."""
    message = row.message or _DEFAULTS.get(row.status, "")
    hint = row.mistake.told() if row.mistake else ""
    smallest = f"{SMALLEST}\n\n{row.smallest}" if 0 < len(row.smallest) <= SHORT else ""
    return printable("\n".join(part for part in (message, hint, smallest) if part))


def note_text(note: Note) -> str:
    """Return a note with the cell that it speaks of."""
    return printable(note.text if note.cell is None else f"cell {note.cell}: {note.text}")


def shown_seconds(results: Sequence[Result]) -> float | None:
    """Return the seconds that grading took, or None if a row is hidden."""
    # A submission could sleep for as long as a hidden case tells it to, and its author read the case off the clock.
    if any(row.hidden for result in results for row in result.rows):
        return None
    return sum(result.seconds for result in results)


def any_ungraded(results: Iterable[Result]) -> bool:
    return any(result.status == "ungraded" for result in results)


def headline(result: Result) -> str:
    """Return one line with the student, the topic and the points."""
    grade = "ungraded" if result.score is None else f"{out_of(result.score, result.max_score)} points"
    return one_line(f"{result.student}, {result.topic}: {grade}")
