"""`from grader import check`: the public rows, asked of the functions in a notebook's own kernel. No torch, no jail."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import BadRecord
from ..inside.plan import Implementation
from ..judging.evaluate import evaluate
from ..judging.outcome_wire import from_bundle
from ..judging.verdicts import verdicts
from ..result import Verdict
from ..submission.in_process import Live
from .record import SUFFIX, TopicRecord
from .shown import Checked


def check(topic: str, row: str | None = None) -> Checked:
    """Say which rows of the rubric the functions defined so far earn, or whether one row is earned; and return what was said.

    Compare with `TOPIC.answers`, which lies in the current folder or one above it.
    """
    found = _checked(topic, row)
    if (shell := _shell()) is not None:
        shell.display_pub.publish({"text/plain": str(found), "text/html": found._repr_html_()})
        return Told(found.rows, found.notes)
    print(found)
    return Told(found.rows, found.notes)


class Told(Checked):
    """A finding that was said already: as the last value of a cell, or at a prompt, it is not said again."""

    def __repr__(self) -> str:
        return ""

    def _ipython_display_(self) -> None:
        """Show nothing: Jupyter calls this to let a value show itself."""


def _checked(topic: str, row: str | None) -> Checked:
    try:
        record = find_record(topic, Path.cwd())
        rows = judge(record, Live(_namespace()), [row] if row else None)
    except BadRecord as problem:
        return Checked((), [str(problem)])
    if row and not rows:
        known = ", ".join(r.id for r in record.topic().rubric)
        return Checked((), [f"{topic} has no row {row!r} (it has: {known})"])
    earned, worth = sum(v.earned for v in rows), sum(v.points for v in rows)
    return Checked(rows, [] if row else [f"{earned:g} of {worth:g} points on the public cases"])


def judge(record: TopicRecord, student: Implementation, rows: list[str] | None = None) -> tuple[Verdict, ...]:
    """Return the verdicts of the public rows (or those named)."""
    topic = record.topic()
    outcomes = evaluate(topic, student, record.trials(student), rows)
    return verdicts(outcomes, from_bundle(topic.rubric, record.mistakes), record.conditions.slip_share)


def find_record(topic: str, start: Path) -> TopicRecord:
    """Return the record in `start`, in a folder named after the topic there, or in a folder above. Raise BadRecord."""
    for folder in (start, start / topic, *start.parents):
        path = folder / f"{topic}{SUFFIX}"
        if path.is_file():
            return TopicRecord.read(path)
    raise BadRecord(f"{topic}{SUFFIX} is not here ({start}): keep it, from the course's bundle, beside your notebook")


def _shell() -> Any:
    """Return IPython's shell, where there is one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _namespace() -> Mapping[str, Any]:
    """Return the kernel's user namespace, or the running script's."""
    shell = _shell()
    return shell.user_ns if shell is not None else sys.modules["__main__"].__dict__
