"""`grader list` and `grader show`: looking at the course and at the gradebook."""

from __future__ import annotations

import json
from pathlib import Path

from ..bundle.shown import lines
from ..course.gradebook import Gradebook
from ..output.exports.phrases import out_of
from ..output.text import one_line, printable
from ..result import Result
from ..topics.folder import Assignment
from .courses import open_course
from .exits import Exit, Stop


def list_topics(folder: Path | None, form: str) -> Exit:
    course = open_course(folder)
    rows = []
    for slug, plan in course.topics.items():
        topic = Assignment(slug, course.root).topic
        due = plan.due.isoformat() if plan.due else None
        rows.append({"topic": slug, "title": topic.title, "points": topic.points, "weight": plan.weight, "due": due})
    if form == "json":
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    for row in rows:
        if form == "jsonl":
            print(json.dumps(row, ensure_ascii=False))
        elif form == "text":
            print(
                f"{row['topic']:24} {row['points']:>4g} points  weight {row['weight']:g}  {row['due'] or ''}  {row['title']}"
            )
    return Exit.OK


def show(student: str, topic: str | None, output: Path, form: str) -> Exit:
    path = output / "gradebook.db"
    if not path.is_file():
        raise Stop(f"{path}: there is no gradebook here; grade first, or name its folder with -o")
    with Gradebook(path) as book:
        results = book.latest(student, topic)
        known = book.students()
    if not results:
        raise Stop(
            f"the gradebook has nothing of {student!r}{f' on {topic}' if topic else ''} (students: {', '.join(known[:20])})"
        )
    if form == "json":
        print(json.dumps([result.to_dict() for result in results], indent=2, ensure_ascii=False))
        return Exit.OK
    for result in results:
        print(result.to_json(indent=None) if form == "jsonl" else _text(result))
    return Exit.OK


def _text(result: Result) -> str:
    score = "ungraded" if result.score is None else out_of(result.score, result.max_score)
    head = f"{one_line(printable(result.student))}  {result.topic}  {score}  ({printable(result.file)}, round {result.round})"
    notes = [f"! {f'cell {note.cell} ' if note.cell else ''}{printable(note.text)}" for note in result.notes]
    return "\n".join([head, *notes, *(printable(line, 2000) for line in lines(result.rows)), ""])
