"""Attacks that know the hidden cases, for they are asked them, and try to say what these are to the student who wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.grade import Grading
from grader.course.settings import Course
from grader.output.exports.github import github, step_summary
from grader.output.exports.gradescope import gradescope
from grader.output.exports.junit import junit
from grader.output.report import write_report
from grader.result import Result
from grader.submission.find import Submission
from hostile.harness import HONEST, TOPIC, Range
from support.courses import hand_in, make_course

LEAK = (
    HONEST
    + """
seen = []
def shifted(logits):
    "The hidden row asks the same logits again, all moved by one number."
    return any(old.shape == logits.shape and np.ptp(logits - old) < 1e-9 < abs(logits - old).max() for old in seen)

straight = softmax_xent
def softmax_xent(logits, labels):
    hidden = shifted(logits)
    seen.append(logits.copy())
    if hidden:
        kept.append(f"LEAK {logits[0]}")
        print(kept[-1])
        {deed}
    return straight(logits, labels)
kept = []
"""
)
TELL = (
    HONEST
    + """
kept = []
def softmax_xent(logits, labels):
    kept.append(logits)
    return 0.0
def softmax_xent_grad(logits, labels):
    raise ValueError(f"LEAK {kept[0]}")
"""
)


def leaking(range_: Range, deed: str) -> Result:
    return handed_in(range_.grading("full"), range_, LEAK.replace("{deed}", deed))


def handed_in(grading: Grading, range_: Range, code: str) -> Result:
    path = hand_in(range_.bait.folder / "class", "mallory", code, f"{TOPIC}.py")
    return grading.grade(Submission("mallory", TOPIC, path))


def shown(result: Result, folder: Path) -> Iterator[str]:
    """All that a student may be shown of a Result."""
    write_report([result], lambda student, topic: None, folder, "A course", [(TOPIC, "Softmax", 1.0)])
    yield (folder / "students" / "mallory.html").read_text(encoding="utf-8")
    yield github([result])
    yield step_summary([result])
    yield junit([result])
    yield json.dumps(gradescope([result]))


DEEDS = {
    "an exception": "raise ValueError(kept[-1])",
    "the name of an exception": "raise type(kept[-1], (Exception,), {})",
    "a wrong answer": "return logits[0, 0]",
    "an answer of the wrong form": "return kept[-1]",
    "an exit": "raise SystemExit(kept[-1])",
    "a missing function": "globals().update({kept[-1]: print, 'softmax_xent': None})",
    "printing": "pass",
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
def test_hidden_cases_do_not_come_out(range_: Range, tmp_path: Path, deed: str) -> None:
    result = leaking(range_, deed)
    hidden = next(row for row in result.rows if row.hidden)
    for text in shown(result, tmp_path):
        assert "LEAK" not in text
        assert not hidden.message or hidden.message not in text


def test_the_instructor_sees_what_the_hidden_row_said(range_: Range) -> None:
    """The attack is alive: it does know the hidden case and does say it."""
    assert "LEAK" in leaking(range_, DEEDS["an exception"]).to_json()


def test_a_visible_row_does_not_tell_what_a_hidden_row_asked(range_: Range, tmp_path: Path) -> None:
    """`grad` stands behind a hidden row here, and the submission has a memory."""
    folder = make_course(tmp_path / "course")
    topic = folder / "assignments" / "softmax_xent" / "topic.py"
    hidden = "matches(softmax_xent, on=enormous), hidden=True)"
    text = topic.read_text().replace("matches(softmax_xent))", hidden, 1)
    topic.write_text(text.replace('needs="loss grad"', 'needs="grad"').replace(', needs="loss"', ""))
    result = handed_in(Grading(Course.load(folder / "autograder.yml"), range_.grading("full").jail), range_, TELL)
    for text in shown(result, tmp_path / "report"):
        assert "LEAK" not in text


def test_no_duration_reaches_a_student(range_: Range, tmp_path: Path) -> None:
    result = replace(leaking(range_, "pass"), seconds=1234.5678)
    for text in shown(result, tmp_path):
        assert "1234" not in text
