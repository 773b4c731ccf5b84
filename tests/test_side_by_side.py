"""Speed and order change nothing: the same file gets the same Result, whoever was graded before; and nobody waits for nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.course.grade import Grading
from grader.course.settings import Course
from grader.course.side_by_side import Preparation, grade_all
from grader.judging.known import KnownMistakes
from grader.submission.find import Submission
from grader.submission.jail import Jail, ProcessJail
from support.courses import HEAVY_SOLUTION, SOFTMAX_SOLUTION, hand_in

PROGRAMS = {
    ("ada", "heavy-ball"): HEAVY_SOLUTION,
    ("alan", "heavy-ball"): HEAVY_SOLUTION.replace("w - lr * v", "w + lr * v"),
    ("edsger", "heavy-ball"): HEAVY_SOLUTION.replace("w - lr * v", "w + lr * v").replace("+ dw", "+ (1 - beta) * dw"),
    ("emmy", "heavy-ball"): HEAVY_SOLUTION.replace("+ dw", "+ 3 * dw"),
    ("grace", "softmax-xent"): SOFTMAX_SOLUTION.replace("return grad / len(labels)", "return grad"),
    ("kurt", "softmax-xent"): SOFTMAX_SOLUTION.replace("return grad / len(labels)", "return grad / 3"),
}


@pytest.fixture
def handed_in(tmp_path: Path) -> list[Submission]:
    return [Submission(who, what, hand_in(tmp_path, who, text, f"{what}.py")) for (who, what), text in PROGRAMS.items()]


def as_json(grading: Grading, work: Sequence[Submission], workers: int = 2) -> dict[str, str]:
    found = {}
    for result in grade_all(grading, work, workers):
        data = json.loads(result.to_json())
        del data["seconds"]
        found[result.student] = json.dumps(data)
    return found


def test_a_class_gets_the_same_results_in_any_order_one_by_one_and_all_at_once(
    shared_course: Course, jail: ProcessJail, handed_in: list[Submission], tmp_path: Path
) -> None:
    def grading(record: str) -> Grading:
        return Grading(shared_course, jail, record=tmp_path / record)

    at_once = as_json(grading("at once"), handed_in)
    assert at_once.keys() == {who for who, _ in PROGRAMS}
    assert as_json(grading("backwards"), handed_in[::-1], workers=1) == at_once
    one_by_one = {who: said for one in handed_in for who, said in as_json(grading("one by one"), [one]).items()}
    assert one_by_one == at_once


def test_a_submission_without_a_fault_does_not_wait_for_the_known_mistakes(
    shared_course: Course, jail: Jail, handed_in: list[Submission], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = threading.Event()
    original = KnownMistakes.prepare

    def prepare(self: KnownMistakes, *args: object) -> object:
        assert held.wait(60)
        return original(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(KnownMistakes, "prepare", prepare)
    results = grade_all(Grading(shared_course, jail, record=tmp_path / "record"), handed_in[:2], 2)
    assert next(results).student == "ada"
    held.set()
    [alan] = results
    assert {row.mistake.name for row in alan.rows if row.mistake} == {"uphill"}


def test_a_preparation_that_is_stopped_begins_no_further_program(
    shared_course: Course, jail: Jail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    original = KnownMistakes._outcomes

    def outcomes(self: KnownMistakes, run: object, source: str, name: str, rows: object = None) -> object:
        ran.append(name)
        ahead.stop()
        return original(self, run, source, name, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(KnownMistakes, "_outcomes", outcomes)
    with Preparation(Grading(shared_course, jail, record=tmp_path / "record")) as ahead:
        ahead.prepare("heavy-ball")
        ahead._topics["heavy-ball"].exception()
    assert ran == ["solution.py"]
