"""What every export says in the same words: points, outcomes, and text that came from a student."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...result import SMALLEST, Note, Result, Status, Verdict, plain

UNGRADED = "This submission has not been graded: grading itself failed. That is not your fault, and it is not a zero."
HIDDEN = "a hidden row: its details are not shown"
MOST_CHARACTERS = 4000
SHORT = 500  # characters of a smallest input: a longer one is in the report only

_DEFAULTS = {
    Status.LOST: "the claim does not hold",
    Status.WITHHELD: "not asked, because a row that it needs was not earned",
    Status.RAISED: "the submission raised an exception",
    Status.TIMEOUT: "the submission used up its time",
    Status.DIED: "the submission's process ended",
    Status.VOID: "grading itself failed",
}

# Control characters (without tab and newline) and those that reverse the direction of what follows them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def printable(text: str, most: int = MOST_CHARACTERS) -> str:
    """A student's text as lines that any terminal, page or XML file can show, cut to `most` characters."""
    text = _UNPRINTABLE.sub("\ufffd", plain(text).replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= most else f"{text[:most]} … ({len(text) - most} more characters)"


def one_line(text: str) -> str:
    return " ".join(printable(text).split())


def points(number: float) -> str:
    """3 and not 3.0; 0.3 and not 0.30000000000000004."""
    return f"{number:.10g}"


def share(earned: float, of: float) -> str:
    return f"{points(earned)}/{points(of)}"


def fell_short(row: Verdict) -> bool:
    """Did the submission lose something here? Not so for rows that were never asked, or that we failed to grade."""
    return row.status not in (Status.WITHHELD, Status.VOID) and (
        row.status is not Status.EARNED or row.earned < row.points
    )


def said(row: Verdict) -> str:
    """What the student is told of one row: the message, the hint where the mistake is known, and a short smallest input."""
    message = row.message or _DEFAULTS.get(row.status, "")
    hint = row.mistake.told() if row.mistake else ""
    smallest = f"{SMALLEST}\n\n{row.smallest}" if 0 < len(row.smallest) <= SHORT else ""
    return printable("\n".join(part for part in (message, hint, smallest) if part))


def noted(note: Note) -> str:
    return printable(note.text if note.cell is None else f"cell {note.cell}: {note.text}")


def seconds_told(results: Sequence[Result]) -> float | None:
    """The time that grading took; None with hidden rows, whose cases a submission could tell by how long it sleeps."""
    if any(row.hidden for result in results for row in result.rows):
        return None
    return sum(result.seconds for result in results)


def any_ungraded(results: Iterable[Result]) -> bool:
    return any(result.status == "ungraded" for result in results)


def headline(result: Result) -> str:
    """One line: who, what, and how many points."""
    grade = "ungraded" if result.score is None else f"{share(result.score, result.max_score)} points"
    return one_line(f"{result.student}, {result.topic}: {grade}")
