"""Grading one submission is a function of bytes and a record on disk to bytes: processes that share nothing give the same."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from grader.course.grade import Grading, grade_one
from grader.course.settings import Course
from grader.submission.find import Submission
from grader.submission.jail import open_jail
from support.courses import HEAVY_SOLUTION

PROGRAMS = {
    "ada": HEAVY_SOLUTION,
    "grace": HEAVY_SOLUTION.replace("w - lr * v", "w + lr * v"),  # a known mistake
    "emmy": HEAVY_SOLUTION.replace("w - lr * v", "w + lr * v").replace("+ dw", "+ (1 - beta) * dw"),  # two of them
    "otto": HEAVY_SOLUTION.replace("+ dw", "+ 3 * dw"),  # one that nobody knows
    "kurt": "def heavy_ball(",
}


def timeless(raw: bytes) -> Mapping[str, Any]:
    return {**json.loads(raw), "seconds": 0}


def test_processes_that_share_a_record_on_disk_alone_grade_as_threads_do(folder: Path, tmp_path: Path) -> None:
    course, record = folder / "autograder.yml", tmp_path / "record"
    submissions = [Submission(name, "heavy-ball", Path(f"{name}.py")) for name in PROGRAMS]
    jail = open_jail()
    try:
        grading = Grading(Course.load(course), jail, record=tmp_path / "another")
        together = [
            timeless(grading.grade_bytes(s, PROGRAMS[s.student].encode()).to_json().encode()) for s in submissions
        ]
    finally:
        jail.close()
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        apart = [pool.submit(grade_one, PROGRAMS[s.student].encode(), s, course, record) for s in submissions]
        assert [timeless(each.result())["rows"] for each in apart] == [each["rows"] for each in together]
        again = [pool.submit(grade_one, PROGRAMS[s.student].encode(), s, course, record) for s in submissions]
        assert [timeless(each.result()) for each in again] == [timeless(each.result()) for each in apart]
    named = {each["student"]: {row["mistake"]["name"] for row in each["rows"] if row["mistake"]} for each in together}
    assert named["grace"] == {"uphill"}
    assert named["emmy"] == {"uphill + a moving average"}
    assert named["otto"] == set()


@pytest.mark.parametrize("program", ["while True:\n    pass\n", "import os\nos._exit(3)\n"])
def test_a_known_mistake_that_loops_or_dies_costs_no_submission_its_grade(
    folder: Path, tmp_path: Path, program: str
) -> None:
    """Known mistakes run within a submission's limits, in a process that may be killed."""
    mistakes = folder / "assignments" / "heavy_ball" / "mistakes.py"
    bad = f"mistakes = [Mistake('ends badly', code={program!r}, say='Do not.'),"
    mistakes.write_text(mistakes.read_text().replace("mistakes = [", bad))
    raw = PROGRAMS["grace"].encode()
    result = timeless(
        grade_one(
            raw, Submission("grace", "heavy-ball", Path("grace.py")), folder / "autograder.yml", tmp_path / "record"
        )
    )
    assert result["status"] == "graded"
    assert {row["mistake"]["name"] for row in result["rows"] if row["mistake"]} == {"uphill"}
