"""Write JUnit XML, as GitLab and most CI servers read it: a test suite for every Result, a test case for every row."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from ...result import Result, Status, Verdict
from ..text import exact_points, one_line
from .phrases import HIDDEN, feedback, fell_short, shown_seconds


def junit(results: Sequence[Result]) -> str:
    """Return the XML. A lost row is a failure, a withheld one skipped, and a row that we failed to grade an error."""
    several = len({result.student for result in results}) > 1
    suites = ET.Element("testsuites", name="grader")
    for result in results:
        topic, student = one_line(result.topic), one_line(result.student)
        # Readers keep the first of two cases of the same name, so a class needs its students' names in there.
        suites.append(_suite(result, f"{topic}.{student}" if several else topic))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _suite(result: Result, classname: str) -> ET.Element:
    statuses = [row.status for row in result.rows]
    suite = ET.Element(
        "testsuite",
        name=one_line(f"{result.student}: {result.topic}"),
        tests=str(len(result.rows)),
        failures=str(sum(map(fell_short, result.rows))),
        errors=str(statuses.count(Status.VOID)),
        skipped=str(statuses.count(Status.WITHHELD)),
    )
    if (seconds := shown_seconds([result])) is not None:
        suite.set("time", f"{seconds:.3f}")
    suite.extend(_case(result, row, classname) for row in result.rows)
    return suite


def _case(result: Result, row: Verdict, classname: str) -> ET.Element:
    name = f"{row.id}: {HIDDEN if row.hidden else row.claim}"
    case = ET.Element("testcase", classname=classname, name=one_line(name), file=one_line(result.file))
    properties = ET.SubElement(case, "properties")
    for key, value in ("points", row.earned), ("max_points", row.points):
        ET.SubElement(properties, "property", name=key, value=exact_points(value))
    kind = {Status.VOID: "error", Status.WITHHELD: "skipped"}.get(row.status, "failure" if fell_short(row) else "")
    if kind:
        text = HIDDEN if row.hidden else feedback(row)
        outcome = ET.SubElement(case, kind, message=one_line(text), type=row.status.value)
        outcome.text = text
    return case
