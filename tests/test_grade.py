"""Files in, Results out: one for every submission, whatever happens; the same again; and never a zero for our faults."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from grader.course.grade import Grading, Judged
from grader.course.settings import Course
from grader.course.side_by_side import grade_all
from grader.errors import NothingThere, TopicError
from grader.intake.take_in import take_in
from grader.judging.evaluate import evaluate_on_seed
from grader.judging.outcome import Outcome
from grader.result import Result, Status, Verdict
from grader.submission.find import Submission, topic_of_name
from grader.submission.jail import ProcessJail
from support.courses import HEAVY_SOLUTION, SOFTMAX_SOLUTION, hand_in
from support.notebooks import notebook

TOPICS = ["softmax-xent", "heavy-ball"]
SUMMED = SOFTMAX_SOLUTION.replace("labels].mean()", "labels].sum()")


def grade(course: Course, jail: ProcessJail, paths: Sequence[Path], round: str = "1", workers: int = 1) -> list[Result]:
    intake = take_in(paths, list(course.topics))
    assert intake.wanted == []
    submissions = intake.submissions
    results = list(grade_all(Grading(course, jail, round), submissions, workers))
    return sorted(results, key=lambda result: (result.student, result.topic))


def grade_one(course: Course, jail: ProcessJail, tmp_path: Path, text: str, file: str = "softmax-xent.py") -> Result:
    (result,) = grade(course, jail, [hand_in(tmp_path / "class", "ada", text, file)])
    return result


def rows(result: Result) -> dict[str, Verdict]:
    return {row.id: row for row in result.rows}


# ------------------------------------------------------------------------------------------ a class


def make_class(folder: Path) -> Path:
    hand_in(folder, "ada", SOFTMAX_SOLUTION)
    hand_in(folder, "ada", notebook(HEAVY_SOLUTION), "heavy-ball.ipynb")
    hand_in(folder, "alan", notebook("import numpy as np", SUMMED), "softmax-xent.ipynb")
    hand_in(folder, "edsger", "")
    hand_in(folder, "grace", '{"cells": [', "softmax-xent.ipynb")
    hand_in(folder, "kurt", "import os\ndef softmax_xent(logits, labels):\n    os._exit(1)")
    hand_in(folder, "rosa", "def heavy_ball(*args, **kwargs):\n    while True: pass", "heavy-ball.py")
    return folder


def test_every_submission_has_one_result_and_the_same_again(
    shared_course: Course, jail: ProcessJail, tmp_path: Path
) -> None:
    folder = make_class(tmp_path / "class")
    results = grade(shared_course, jail, [folder], workers=2)
    scores = {(r.student, r.topic): r.score for r in results}
    assert scores == {
        ("ada", "heavy-ball"): 6,
        ("ada", "softmax-xent"): 12,
        ("alan", "softmax-xent"): 9,  # the sum is a known mistake: two rows, the price of one
        ("edsger", "softmax-xent"): 0,
        ("grace", "softmax-xent"): 0,
        ("kurt", "softmax-xent"): 0,
        ("rosa", "heavy-ball"): 0,
    }
    assert all(r.status == "graded" for r in results)
    again = grade(shared_course, jail, [folder])
    assert [replace(r, seconds=0).to_json() for r in again] == [replace(r, seconds=0).to_json() for r in results]


@pytest.mark.parametrize(
    ("text", "file", "words"),
    [
        ("", "softmax-xent.py", "empty"),
        ("", "softmax-xent.ipynb", "empty"),
        ("# nothing yet", "softmax-xent.py", "no code"),
        ('{"cells": [', "softmax-xent.ipynb", "cut off"),
        ("<html>", "softmax-xent.ipynb", "web page"),
        ("x", "softmax-xent.docx", "none of the forms that are read"),
    ],
)
def test_an_unreadable_file_is_graded_0_with_one_note(
    shared_course: Course, jail: ProcessJail, tmp_path: Path, text: str, file: str, words: str
) -> None:
    result = grade_one(shared_course, jail, tmp_path, text, file)
    assert (result.status, result.score, len(result.notes)) == ("graded", 0, 1)
    assert words in result.notes[0].text
    assert len(result.sha256) == 64


def test_a_submission_that_is_a_link_is_not_followed(shared_course: Course, jail: ProcessJail, tmp_path: Path) -> None:
    other = hand_in(tmp_path / "elsewhere", "ada", SOFTMAX_SOLUTION)
    link = tmp_path / "alan" / "softmax-xent.py"
    link.parent.mkdir()
    link.symlink_to(other)
    (result,) = grade(shared_course, jail, [link])
    assert (result.student, result.score) == ("alan", 0)
    assert "is a link" in result.notes[0].text


def test_a_recognised_mistake_is_named_and_hints_at_the_way(
    shared_course: Course, jail: ProcessJail, tmp_path: Path
) -> None:
    loss = rows(grade_one(shared_course, jail, tmp_path, SUMMED))["loss"]
    assert loss.mistake is not None
    assert loss.mistake.name == "loss summed"
    assert "average over the rows" in loss.mistake.hint


def test_an_exception_says_its_cell_and_line(shared_course: Course, jail: ProcessJail, tmp_path: Path) -> None:
    broken = notebook("import numpy as np", "def softmax_xent(logits, labels):\n    return logits @ labels @ labels")
    loss = rows(grade_one(shared_course, jail, tmp_path, broken, "softmax-xent.ipynb"))["loss"]
    assert (loss.status, loss.cell, loss.evidence["line"]) == (Status.RAISED, 2, 2)


# ------------------------------------------------------------------------------------------ follow-through

TWICE = "def softmax_xent(logits, labels):\n    return 2 * {0}\n\ndef softmax_xent_grad(logits, labels):\n    return 2 * {1}"
OWN_WAY = SOFTMAX_SOLUTION.replace("def softmax_xent", "def right") + TWICE.format(
    "right(logits, labels)", "right_grad(logits, labels)"
)
SUMMED_BOTH = SUMMED.replace("return grad / len(labels)", "return grad")


def test_a_gradient_that_follows_a_recognised_mistake_keeps_its_points(
    shared_course: Course, jail: ProcessJail, tmp_path: Path
) -> None:
    found = rows(grade_one(shared_course, jail, tmp_path, SUMMED_BOTH))
    assert (found["loss"].earned, found["grad"].earned) == (0, 4)
    assert "loss summed" in found["grad"].message


def test_a_gradient_that_follows_an_unknown_fault_keeps_half(
    shared_course: Course, jail: ProcessJail, tmp_path: Path
) -> None:
    found = rows(grade_one(shared_course, jail, tmp_path, OWN_WAY))
    assert (found["loss"].earned, found["grad"].earned) == (0, 2)
    assert "half the points" in found["grad"].message


def test_a_gradient_of_a_dead_loss_earns_nothing(shared_course: Course, jail: ProcessJail, tmp_path: Path) -> None:
    dead = "import numpy as np\ndef softmax_xent(l, y):\n    return 1.0\ndef softmax_xent_grad(l, y):\n    return 0 * l"
    assert grade_one(shared_course, jail, tmp_path, dead).score == 0


# ------------------------------------------------------------------------------------------ odd answers

ODD = {
    "None": "None",
    "a text": "'one'",
    "a list": "[1.0, 2.0]",
    "a ragged list": "[[1.0], [2.0, 3.0]]",
    "a tuple": "(1.0, 2.0)",
    "a dictionary": "{'loss': 1.0}",
    "an object": "object()",
    "a complex number": "1j",
    "complex numbers": "logits * 1j",
    "texts": "['a', 'b']",
    "truth values": "logits > 0",
    "a huge whole number": "2**80",
    "infinity": "logits / 0",
    "no entries": "logits[:0]",
    "nine dimensions": "logits[None, None, None, None, None, None, None, None]",
    "a function": "softmax_xent",
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_answer_costs_its_rows_and_nothing_else(
    shared_course: Course, jail: ProcessJail, tmp_path: Path, kind: str
) -> None:
    loss = SOFTMAX_SOLUTION.partition("def softmax_xent_grad")[0]
    gradient = f"def softmax_xent_grad(logits, labels):\n    return {ODD[kind]}\n"
    result = grade_one(shared_course, jail, tmp_path, loss + gradient)
    found = rows(result)
    assert (found["loss"].earned, found["huge"].earned) == (3, 2)
    assert found["grad"].status in (Status.LOST, Status.RAISED)
    assert found["grad"].message
    assert result.status == "graded"


def test_a_list_of_numbers_is_accepted_for_an_array(shared_course: Course, jail: ProcessJail, tmp_path: Path) -> None:
    listed = SOFTMAX_SOLUTION.replace("grad / len(labels)", "(grad / len(labels)).tolist()")
    assert grade_one(shared_course, jail, tmp_path, listed).score == 12


def test_an_optimiser_may_work_in_place(shared_course: Course, jail: ProcessJail, tmp_path: Path) -> None:
    code = "def heavy_ball(w, dw, state, *, lr=0.1, beta=0.9):\n"
    code += (
        "    state['v'] = beta * state.get('v', 0) + dw\n    w -= lr * state['v']\n    dw *= 0\n    return [w, state]"
    )
    assert grade_one(shared_course, jail, tmp_path, code, "heavy-ball.py").score == 6


# ------------------------------------------------------------------------------------------ our faults are no zeros


def test_a_reference_that_fails_leaves_the_submission_ungraded(
    course: Course, folder: Path, jail: ProcessJail, tmp_path: Path
) -> None:
    (folder / "reference" / "softmax_xent.py").write_text("def softmax_xent(logits, labels): return 1 / 0")
    result = grade_one(course, jail, tmp_path, SOFTMAX_SOLUTION)
    assert (result.status, result.score) == ("ungraded", None)
    assert rows(result)["loss"].status is Status.VOID
    assert "the reference of softmax_xent failed: ZeroDivisionError" in rows(result)["loss"].message


@pytest.mark.parametrize("code", [None, "import no_such_module", "1 +"])
def test_a_reference_that_does_not_load_leaves_the_submission_ungraded_and_grades_the_others(
    course: Course, folder: Path, jail: ProcessJail, tmp_path: Path, code: str | None
) -> None:
    path = folder / "reference" / "softmax_xent.py"
    path.unlink() if code is None else path.write_text(code)
    hand_in(tmp_path / "class", "ada", SOFTMAX_SOLUTION)
    hand_in(tmp_path / "class", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    heavy, soft = grade(course, jail, [tmp_path / "class"])
    assert (soft.status, soft.score, heavy.score) == ("ungraded", None, 6)
    assert "our fault, not the student's" in soft.rows[0].message


def test_a_jail_that_fails_leaves_the_submission_ungraded(
    shared_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.submission.jail.process.PYTHON", ("/no/such/python",))
    broken = ProcessJail()
    result = grade_one(shared_course, broken, tmp_path, SOFTMAX_SOLUTION)
    broken.close()
    assert (result.status, result.score) == ("ungraded", None)
    assert all(row.status is Status.VOID for row in result.rows)


def test_a_file_that_cannot_be_opened_leaves_the_submission_ungraded(
    shared_course: Course, jail: ProcessJail, tmp_path: Path
) -> None:
    gone = Submission("ada", "softmax-xent", tmp_path / "gone.py")
    result = Grading(shared_course, jail).grade(gone)
    assert (result.status, result.score) == ("ungraded", None)
    assert "FileNotFoundError" in result.rows[0].message


def test_a_bug_of_ours_leaves_one_submission_ungraded_and_grades_the_others(
    shared_course: Course, jail: ProcessJail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy(*arguments: Any) -> list[Outcome]:
        if next(calls, None) is None:
            raise KeyError("a bug")
        return evaluate_on_seed(*arguments)

    calls = iter(["the first is well"])
    monkeypatch.setattr("grader.course.grade.evaluate_on_seed", buggy)
    for student in ("ada", "alan"):
        hand_in(tmp_path / "class", student, SOFTMAX_SOLUTION)
    first, second = grade(shared_course, jail, [tmp_path / "class"])
    assert (first.score, second.score) == (12, None)


@dataclass
class Finishing(Grading):
    """Keeps all that was judged, that too for which nobody waits."""

    finished: list[Judged] = field(default_factory=list)

    def judge(self, submission: Submission) -> Judged:
        self.finished.append(super().judge(submission))
        return self.finished[-1]


def test_a_topic_that_does_not_load_is_said_at_once(
    course: Course, folder: Path, jail: ProcessJail, tmp_path: Path
) -> None:
    (folder / "assignments" / "softmax_xent" / "topic.py").write_text("1 +")
    with pytest.raises(TopicError, match=r"topic.py:1: SyntaxError"):
        grade_one(course, jail, tmp_path, SOFTMAX_SOLUTION)


def test_stopping_early_ends_what_runs_and_does_not_wait_for_its_limit(shared_course: Course, tmp_path: Path) -> None:
    hand_in(tmp_path / "class", "ada", SOFTMAX_SOLUTION)
    hand_in(tmp_path / "class", "zoe", "import time\ndef softmax_xent(*a):\n    time.sleep(1e6)")
    course = replace(shared_course, limits=replace(shared_course.limits, row_cpu_seconds=60))
    grading = Finishing(course, ProcessJail())
    submissions = take_in([tmp_path / "class"], TOPICS).submissions
    results = grade_all(grading, submissions, 2)
    assert next(results).student == "ada"
    results.close()  # type: ignore[attr-defined]
    _, sleeper = grading.finished
    assert Status.TIMEOUT not in {o.status for o in sleeper.outcomes}


# ------------------------------------------------------------------------------------------ the round


def test_another_round_draws_other_cases_and_the_secret_decides_them(
    shared_course: Course, jail: ProcessJail, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = set()
    for secret in ("", "hush", "hush hush"):
        monkeypatch.setenv("GRADER_SECRET", secret)
        seeds |= {Grading(shared_course, jail, name).topic_round("heavy-ball").seed for name in ("1", "2", "1")}
    assert len(seeds) == 6


def test_a_result_names_its_hashes_round_device_and_jail_level(
    shared_course: Course, jail: ProcessJail, tmp_path: Path
) -> None:
    result = grade_one(shared_course, jail, tmp_path, SOFTMAX_SOLUTION)
    assert set(result.hashes) == {"ran", "judged"}
    assert (result.file, result.round, result.device) == ("softmax-xent.py", "1", "cpu")
    assert result.jail.startswith("level 0")
    assert result.seconds > 0


# ------------------------------------------------------------------------------------------ whose file is it


def students(paths: Sequence[Path], topic: str | None = None, student: str | None = None) -> list[tuple[str, str, str]]:
    return [(s.student, s.topic, s.path.name) for s in take_in(paths, TOPICS, topic, student).submissions]


def test_submissions_are_found_in_a_class_a_students_folder_or_a_file(tmp_path: Path) -> None:
    one = hand_in(tmp_path, "ada", "x = 1")
    hand_in(tmp_path, "alan", "x = 1", "heavy_ball.py")
    assert students([tmp_path]) == [("ada", "softmax-xent", "softmax-xent.py"), ("alan", "heavy-ball", "heavy_ball.py")]
    assert students([tmp_path / "ada"]) == students([one]) == [("ada", "softmax-xent", "softmax-xent.py")]
    assert students([one], student="zoe") == [("zoe", "softmax-xent", "softmax-xent.py")]


def test_paths_that_overlap_are_one_submission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = hand_in(tmp_path, "ada", "x = 1")
    monkeypatch.chdir(tmp_path)
    paths = [tmp_path, tmp_path / "ada", one, Path("ada"), Path("ada/../ada/softmax-xent.py")]
    (found,) = take_in(paths, TOPICS).submissions
    assert found.notes == ()


def test_the_newest_of_several_files_is_graded_and_the_others_are_noted(tmp_path: Path) -> None:
    for age, name in enumerate(("softmax-xent (1).py", "softmax_xent.py", "final softmax-xent.py")):
        os.utime(hand_in(tmp_path, "ada", "x = 1", name), (1000 - age, 1000 - age))
    (found,) = take_in([tmp_path], TOPICS).submissions
    assert found.path.name == "softmax-xent (1).py"
    assert [note.text for note in found.notes] == [
        "final softmax-xent.py was handed in too: the newest file, softmax-xent (1).py, is graded",
        "softmax_xent.py was handed in too: the newest file, softmax-xent (1).py, is graded",
    ]


def test_the_topic_of_a_notebooks_metadata_goes_before_its_name_and_option_a_before_both(tmp_path: Path) -> None:
    text = notebook("x = 1", topic="heavy-ball")
    named = hand_in(tmp_path, "ada", text, "softmax-xent.ipynb")
    assert students([named])[0][1] == "heavy-ball"
    assert students([named], topic="softmax-xent")[0][1] == "softmax-xent"
    unknown = hand_in(tmp_path, "alan", notebook("x = 1", topic="no-topic-of-ours"), "softmax-xent.ipynb")
    assert students([unknown])[0][1] == "softmax-xent"


@pytest.mark.parametrize(
    ("stem", "topic"),
    [
        ("adam", "adam"),
        ("Adam (2)", "adam"),
        ("hw4-adam-final", "adam"),
        ("batch_norm", "batch-norm"),
        ("batch-norm-conv", "batch-norm-conv"),
        ("madam", None),
        ("adam and batch norm", None),
        ("homework", None),
    ],
)
def test_the_topic_is_told_by_the_words_of_a_file_name(stem: str, topic: str | None) -> None:
    assert topic_of_name(stem, ["adam", "batch-norm", "batch-norm-conv"]) == topic


def test_a_file_of_no_topic_is_a_stray_with_a_reason(tmp_path: Path) -> None:
    hand_in(tmp_path, "ada", "x = 1", "notes.py")
    intake = take_in([tmp_path], TOPICS)
    (stray,) = intake.wanted
    assert intake.submissions == []
    assert stray.why == "cannot tell which topic this is (one of softmax-xent, heavy-ball); use -a TOPIC"


def test_checkpoints_caches_and_other_files_are_passed_over(tmp_path: Path) -> None:
    for name in (".ipynb_checkpoints/softmax-xent-checkpoint.ipynb", "__pycache__/x.py", "__MACOSX/y.py", "data.csv"):
        hand_in(tmp_path, "ada", "x", name)
    hand_in(tmp_path, "ada", "x = 1")
    assert [s.path.name for s in take_in([tmp_path], TOPICS).submissions] == ["softmax-xent.py"]


def test_a_file_that_cannot_be_opened_goes_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    path = hand_in(tmp_path, "ada", "x = 1")
    monkeypatch.setattr("grader.submission.find.topic_named", refuse)
    assert students([path]) == [("ada", "softmax-xent", "softmax-xent.py")]


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_path_without_submissions_is_told_with_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingThere, match=name):
        take_in([tmp_path / name], TOPICS)
