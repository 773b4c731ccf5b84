"""Write grades.csv: a row for every student, a column for every topic, and the total. RFC 4180.

A cell holds the points of that topic, `ungraded` where grading failed (never 0), or nothing where nothing was handed in.
`total` is the percentage of the whole course that was earned so far, by the topics' weights: a topic that is missing adds
nothing, and one that is ungraded makes the total `ungraded`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from ...result import Result, plain
from ..text import exact_points

# A spreadsheet runs a cell as a formula if it begins with one of these (some read the wide forms as the same).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def grades_csv(results: Iterable[Result], weights: Mapping[str, float]) -> str:
    """Return the table as text. `weights` has the course's topics in their order.

    Other topics follow them and do not count in the total. Of several results of a student and topic the last one counts.
    """
    grades: dict[str, dict[str, Result]] = {}
    for result in results:
        grades.setdefault(result.student, {})[result.topic] = result
    topics = [*weights, *sorted({topic for row in grades.values() for topic in row} - set(weights))]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["student", *map(_inert, topics), "total"])
    for student, row in sorted(grades.items()):
        writer.writerow([_inert(student), *(_cell(row.get(topic)) for topic in topics), _total(row, weights)])
    return text.getvalue()


def _cell(result: Result | None) -> str:
    if result is None:
        return ""
    return "ungraded" if result.score is None else exact_points(result.score)


def _total(row: Mapping[str, Result], weights: Mapping[str, float]) -> str:
    counted = [row[topic] for topic in weights if topic in row]
    if any(result.score is None for result in counted):
        return "ungraded"
    whole = sum(weights.values())
    earned = sum(weights[result.topic] * ((result.score or 0.0) / (result.max_score or 1.0)) for result in counted)
    return f"{100 * earned / whole:.2f}" if whole else ""


def _inert(name: str) -> str:
    """Return a name that no spreadsheet computes: an apostrophe in front makes a cell text."""
    name = plain(name)
    return f"'{name}" if name.startswith(_FORMULA) else name
