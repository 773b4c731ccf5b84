"""The example class is made from the handouts, and graded row by row as examples/expected.md says."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.grade import Grading
from grader.course.settings import Course
from grader.course.side_by_side import grade_all
from grader.intake.take_in import take_in
from grader.result import Result, Status, Verdict
from grader.submission.jail import open_jail
from support.repository import ROOT, load_script, own_course

CLASS = ROOT / "examples" / "class"
EXPECTED = ROOT / "examples" / "expected.md"
WORDS = {
    Status.LOST: "0",
    Status.WITHHELD: "–",
    Status.RAISED: "raised",
    Status.TIMEOUT: "timeout",
    Status.DIED: "died",
    Status.VOID: "VOID",
}
NO_MEMORY_LIMIT = {("otto", "adam")}  # macOS lets a process ask for any amount of memory


@pytest.fixture(scope="session")
def course() -> Course:
    return own_course()


@pytest.fixture(scope="session")
def graded(course: Course) -> dict[tuple[str, str], Result]:
    """The whole class, graded once on all cores."""
    return grade(course, [CLASS])


def grade(course: Course, paths: list[Path]) -> dict[tuple[str, str], Result]:
    intake = take_in(paths, list(course.topics))
    assert not intake.wanted
    submissions = intake.submissions
    jail = open_jail(course.imports)
    try:
        results = grade_all(Grading(course, jail), submissions, os.cpu_count() or 1)
        return {(result.student, result.topic): result for result in results}
    finally:
        jail.close()


def tables() -> Iterator[tuple[str, list[str], list[str]]]:
    """(topic, titles of the columns, a line's cells) of each line of the tables in expected.md."""
    for part in re.split(r"^## ", EXPECTED.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        topic, _, body = part.partition("\n")
        titles, _, *lines = [split(line) for line in body.splitlines() if line.startswith("|")]
        yield from ((topic, titles, cells) for cells in lines)


def split(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def shown(row: Verdict) -> str:
    return f"{row.earned:.3g}" if row.earned or row.status is Status.EARNED else WORDS[row.status]


def as_line(result: Result) -> dict[str, str]:
    """A result as expected.md writes it, but for the last column, which is for people."""
    named = dict.fromkeys(row.mistake.name for row in result.rows if row.mistake)
    score = "ungraded" if result.score is None else f"{result.score:g}"
    rows = {f"{row.id} {row.points:g}": shown(row) for row in result.rows}
    return {"student": result.student, **rows, "score": score, "mistakes named": "; ".join(named)}


def test_every_row_of_the_example_class_is_graded_as_expected(graded: dict[tuple[str, str], Result]) -> None:
    expected = {(cells[0], topic): dict(zip(titles[:-1], cells, strict=False)) for topic, titles, cells in tables()}
    assert graded.keys() == expected.keys()
    wrong = [
        f"{student} {topic}, {column}: {got!r}, expected {line.get(column)!r}"
        for (student, topic), line in expected.items()
        if not (sys.platform == "darwin" and (student, topic) in NO_MEMORY_LIMIT)
        for column, got in as_line(graded[student, topic]).items()
        if line.get(column) != got
    ]
    assert not wrong, "\n".join(wrong)


def test_expected_md_has_a_reason_for_every_grade_that_is_not_full() -> None:
    lines = list(tables())
    assert len(lines) >= 40
    assert [cells for _, titles, cells in lines if len(cells) != len(titles) or not cells[-1]] == []


def test_the_example_class_is_what_make_class_makes() -> None:
    made = {path: text.encode() for path, text in load_script("examples/make_class.py").make_class().items()}
    kept = {path.relative_to(CLASS).as_posix(): path.read_bytes() for path in CLASS.rglob("*") if path.is_file()}
    assert sorted(made) == sorted(kept), "run `make class`"
    assert [path for path in made if made[path] != kept[path]] == [], "run `make class`"


def test_a_file_of_the_example_class_that_cannot_be_read_is_graded_0_with_one_note(course: Course) -> None:
    results = grade(course, [CLASS / "paul"])
    notes = {topic: [note.text for note in result.notes] for (_, topic), result in results.items() if not result.score}
    assert {topic: len(texts) for topic, texts in notes.items()} == {
        "activations": 1,
        "softmax-cross-entropy": 1,
        "momentum": 1,
        "adam": 1,
    }
    assert "web page" in notes["activations"][0]
    assert "no code" in notes["softmax-cross-entropy"][0]
    assert "empty" in notes["momentum"][0]
    assert "cut off" in notes["adam"][0]


def test_of_two_files_for_one_topic_the_newer_is_graded(course: Course, tmp_path: Path) -> None:
    for age, (student, name) in enumerate([("alan", "adam.ipynb"), ("hugo", "adam (1).ipynb")]):
        copy = tmp_path / "ada" / name
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(CLASS / student / "adam.ipynb", copy)
        os.utime(copy, (1_800_000_000 - 100 * age,) * 2)
    result = grade(course, [tmp_path])["ada", "adam"]
    assert (result.file, result.score) == ("adam.ipynb", result.max_score)
    assert "adam (1).ipynb" in result.notes[0].text
