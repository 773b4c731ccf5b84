"""Write Gradescope's results.json: one test for every row, for the student's page of one submission.

An ungraded submission gets no score at all, neither its own nor its tests': the format asks for one of them, so the run
counts as failed and not as zero points. `extra_data` says to instructors what failed. Hidden rows appear without their
message, and only when the grades are published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...result import Result, Status, Verdict
from ..text import one_line
from .phrases import UNGRADED, any_ungraded, feedback, fell_short, headline, note_text, shown_seconds


def gradescope(results: Sequence[Result]) -> dict[str, Any]:
    """Return the content of results.json for one submission, which may hold several topics."""
    if not results:
        return {"score": 0, "output": "Nothing was found to grade in this submission.", "output_format": "text"}
    ungraded = any_ungraded(results)
    tests = [
        _test(result, row, f"{i}.{j}", scored=not ungraded)
        for i, result in enumerate(results, 1)
        for j, row in enumerate(result.rows, 1)
    ]
    if ungraded:
        tests.insert(0, {"name": "Not graded", "status": "failed", "output": UNGRADED, "visibility": "visible"})
    report: dict[str, Any] = {
        "output": _output(results, ungraded),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "tests": tests,
        "extra_data": {"ungraded": _void_rows(results), "sha256": [result.sha256 for result in results]},
    }
    if (seconds := shown_seconds(results)) is not None:
        report["execution_time"] = round(seconds, 4)
    if not tests:  # nothing to sum up: an unreadable submission
        report["score"] = 0
    return report


def _test(result: Result, row: Verdict, number: str, scored: bool) -> dict[str, Any]:
    output = "" if row.hidden else feedback(row)
    if row.status is Status.VOID and not row.hidden:
        output = "Grading itself failed here: that is not your fault."  # its message is for instructors
    test: dict[str, Any] = {
        "name": one_line(f"{result.topic}: {row.claim}"),
        "number": number,
        "status": "passed" if row.status is Status.EARNED and not fell_short(row) else "failed",
        "output": output,
        "output_format": "text",
        "visibility": "after_published" if row.hidden else "visible",
    }
    if scored:
        test |= {"score": row.earned, "max_score": row.points}
    return test


def _output(results: Sequence[Result], ungraded: bool) -> str:
    lines = [UNGRADED] if ungraded else []
    for result in results:
        # With hidden rows the platform withholds the total until the grades are published, and so does this line.
        shown = one_line(result.topic) if any(row.hidden for row in result.rows) else headline(result)
        lines += [shown, *(f"  {note_text(note)}" for note in result.notes)]
    return "\n".join(lines)


def _void_rows(results: Sequence[Result]) -> list[dict[str, str]]:
    return [
        {"topic": result.topic, "row": row.id, "message": feedback(row)}
        for result in results
        for row in result.rows
        if row.status is Status.VOID
    ]
