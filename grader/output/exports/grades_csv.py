"""grades.csv: a row for every student, a column for every topic, and the total. RFC 4180.

A cell holds the points of that topic, `ungraded` where grading failed (never 0), or nothing where nothing was
handed in. `total` is the percentage of the whole course that was earned so far, by the topics' weights: what is
missing adds nothing, and one ungraded topic makes the total `ungraded`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from ...result import Result, plain
from .phrases import points

# What a spreadsheet runs as a formula when a cell begins with it (the wide forms too: some read them as the same).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def grades_csv(results: Iterable[Result], weights: Mapping[str, float]) -> str:
    """`weights` has the course's topics in their order; other topics follow, and do not count in the total."""
    grades: dict[str, dict[str, Result]] = {}
    for result in results:  # the last one of a student and topic counts
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
    return "ungraded" if result.score is None else points(result.score)


def _total(row: Mapping[str, Result], weights: Mapping[str, float]) -> str:
    counted = [row[topic] for topic in weights if topic in row]
    if any(result.score is None for result in counted):
        return "ungraded"
    whole = sum(weights.values())
    earned = sum(weights[result.topic] * _fraction(result) for result in counted)
    return f"{100 * earned / whole:.2f}" if whole else ""


def _fraction(result: Result) -> float:
    return (result.score or 0.0) / result.max_score if result.max_score else 0.0


def _inert(name: str) -> str:
    """The name as text: a spreadsheet shows the apostrophe's cell and computes nothing."""
    name = plain(name)
    return f"'{name}" if name.startswith(_FORMULA) else name
