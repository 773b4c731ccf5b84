"""Run `grader test`: a student's own check, in a process of its own, against recorded answers."""

from __future__ import annotations

from pathlib import Path

from ..bundle.check import find_record, judge
from ..bundle.record import SUFFIX, TopicRecord
from ..bundle.shown import lines
from ..errors import BadRecord
from ..result import Result
from ..submission.find import topic_of_name
from ..submission.jail import ProcessJail
from ..submission.notebook import Source, read_path
from ..submission.session import Session
from .exits import Exit, Stop


def run_test(notebook: Path, answers: Path | None, form: str) -> Exit:
    """Judge a notebook and print its verdicts. Return FAILED unless every row is earned in full.

    Raise Stop if the file cannot be read or is for another topic, BadRecord if the recorded answers cannot be used.
    """
    try:
        source = read_path(notebook)
    except OSError as error:
        raise Stop(f"{notebook}: cannot be read: {error.strerror}") from error
    record = TopicRecord.read(answers) if answers else _record_beside(notebook, source)
    if source.topic and source.topic != record.slug:
        raise Stop(f"{notebook.name} is for {source.topic}, but the recorded answers are for {record.slug}")
    data, conditions = record.datasets(), record.conditions
    asked = {function.name for row in record.topic().rubric for function in row.check.functions}
    jail = ProcessJail(conditions.imports)
    try:
        with Session(source, jail, conditions.limits, sorted(asked), data) as student:
            rows = judge(record, student)
            notes = [*source.notes, *student.notes]
    finally:
        jail.close()
    _print(Result(record.slug, "", source.file, source.sha256, rows, tuple(notes), record.stamp, "public"), form)
    return Exit.OK if all(row.earned == row.points for row in rows) else Exit.FAILED


def _record_beside(notebook: Path, source: Source) -> TopicRecord:
    """Return the record beside a notebook: by its metadata, by its name, or the only one. Raise BadRecord without one."""
    folder = notebook.resolve().parent
    beside = sorted(path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}"))
    slug = source.topic or topic_of_name(notebook.stem, beside) or (beside[0] if len(beside) == 1 else None)
    if slug is None:
        raise BadRecord(
            f"no TOPIC{SUFFIX} for {notebook.name} in {folder}: keep it, from the course's bundle, beside your notebook"
        )
    return find_record(slug, folder)


def _print(result: Result, form: str) -> None:
    if form != "text":
        print(result.to_json(indent=2 if form == "json" else None))
        return
    for note in result.notes:
        print(f"! {f'cell {note.cell} ' if note.cell else ''}{note.text}")
    print("\n".join(lines(result.rows)))
    earned, points = sum(row.earned for row in result.rows), sum(row.points for row in result.rows)
    print(f"{earned:g} of {points:g} points on the public cases")
