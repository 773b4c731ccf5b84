"""`from grader import check`: the public rows, asked of the functions in a notebook's own kernel. No torch, no jail."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..curves import read_curve, sparkline
from ..errors import BadRecord
from ..inside.plan import Implementation
from ..judging.evaluate import evaluate
from ..judging.known import from_record
from ..judging.verdicts import verdicts
from ..result import SMALLEST, Status, Verdict
from ..submission.in_process import Live
from .record import SUFFIX, TopicRecord

SIGNS = {Status.EARNED: "✓", Status.LOST: "✗", Status.RAISED: "✗", Status.WITHHELD: "–", Status.VOID: "?"}


INDENT = " " * 12


def check(topic: str, row: str | None = None) -> None:
    """Say which rows of the rubric the functions defined so far earn; or one row.

    Compares with `TOPIC.answers`, which lies in the current folder or one above it.
    """
    try:
        record = find_record(topic, Path.cwd())
        rows = judge(record, Live(_namespace()), [row] if row else None)
    except BadRecord as problem:
        print(problem)
        return
    if row and not rows:
        known = ", ".join(r.id for r in record.topic().rubric)
        print(f"{topic} has no row {row!r} (it has: {known})")
    print("\n".join(lines(rows)))
    if not row:
        print(f"{sum(v.earned for v in rows):g} of {sum(v.points for v in rows):g} points on the public cases")


def judge(record: TopicRecord, student: Implementation, rows: list[str] | None = None) -> tuple[Verdict, ...]:
    """Return the verdicts of the public rows (or those named)."""
    topic = record.topic()
    outcomes = evaluate(topic, student, record.trials(student), rows)
    return verdicts(outcomes, from_record(topic.rubric, record.mistakes))


def find_record(topic: str, start: Path) -> TopicRecord:
    """The record in `start`, in a folder named after the topic there, or in a folder above. Raises BadRecord."""
    for folder in (start, start / topic, *start.parents):
        path = folder / f"{topic}{SUFFIX}"
        if path.is_file():
            return TopicRecord.read(path)
    raise BadRecord(f"{topic}{SUFFIX} is not here ({start}): keep it, from the course's bundle, beside your notebook")


def lines(rows: Iterable[Verdict]) -> Iterator[str]:
    """The verdicts, one a line, sentences and curves below them; the hint of a recognised mistake in full where first needed."""
    told: set[str] = set()
    for verdict in rows:
        yield f"{SIGNS.get(verdict.status, '✗')} {f'{verdict.earned:g}/{verdict.points:g}':>6}  {verdict.claim}"
        if verdict.message:
            yield f"{INDENT}{verdict.message}"
        if verdict.mistake:
            yield f"{INDENT}{verdict.mistake.told(again=verdict.mistake.name in told)}"
            told.add(verdict.mistake.name)
        if curve := read_curve(verdict.evidence.get("curve")):
            yield f"{INDENT}{sparkline(curve)}"
        if verdict.smallest:
            yield f"{INDENT}{SMALLEST}"
            yield from (f"{INDENT}    {line}".rstrip() for line in verdict.smallest.splitlines())


def _namespace() -> Mapping[str, Any]:
    """The kernel's user namespace, or the running script's."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell.user_ns if shell is not None else sys.modules["__main__"].__dict__
