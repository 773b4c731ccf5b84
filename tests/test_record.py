"""A record judges at home as grading would on the public cases, gives nothing secret away, and is refused when it is bad."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.bundle.check import check, find_record, judge
from grader.bundle.inputs import Log
from grader.bundle.public import public_source
from grader.bundle.record import FORMAT, TopicRecord
from grader.bundle.release import make_record
from grader.errors import BadRecord, TopicError
from grader.inside.wire import decode, encode
from grader.judging.evaluate import evaluate
from grader.judging.known import in_this_process, run_mistakes
from grader.judging.verdicts import verdicts
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from grader.truth.trials import PUBLIC_SEED, round_seed, seeded_trials
from support.courses import SOFTMAX_SOLUTION, SOFTMAX_TOPIC

if TYPE_CHECKING:
    from grader.truth.reference import Oracle

MISTAKES = ["", "loss summed", "gradient not averaged", "no max shift", "one-hot forgotten", "logits changed in place"]


@pytest.fixture(scope="module")
def made(softmax: Assignment, truth: Oracle) -> TopicRecord:
    return make_record(softmax, truth)


@pytest.fixture(scope="module")
def kept(made: TopicRecord) -> TopicRecord:
    """The record as it comes from a file."""
    return TopicRecord.from_bytes(made.to_bytes(), "softmax-xent.answers")


def changed(softmax: Assignment, mistake: str) -> str:
    return next((m.apply(softmax.solution) for m in softmax.mistakes if m.name == mistake), softmax.solution)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_recorded_answers_give_the_verdicts_of_grading_on_the_public_cases(
    softmax: Assignment, truth: Oracle, kept: TopicRecord, mistake: str
) -> None:
    student = Live.of(changed(softmax, mistake))
    outcomes = evaluate(softmax.topic, student, seeded_trials(softmax.topic, student, truth, PUBLIC_SEED))
    graded = verdicts(outcomes, run_mistakes(softmax, in_this_process(softmax, truth, PUBLIC_SEED)))
    assert judge(kept, student) == tuple(row for row in graded if not row.hidden)
    assert any(row.status is not Status.EARNED for row in graded) == bool(mistake)


def test_a_gradient_follows_an_unknown_fault_at_home_as_in_grading(softmax: Assignment, kept: TopicRecord) -> None:
    source = softmax.solution.replace("labels].mean()", "labels].mean() * 3").replace("grad / len", "3 * grad / len")
    found = {row.id: row for row in judge(kept, Live.of(source))}
    assert (found["loss"].earned, found["grad"].earned) == (0, 2)


def test_recorded_answers_come_back_from_bytes_as_they_were_written(made: TopicRecord, kept: TopicRecord) -> None:
    assert (kept.slug, kept.stamp, kept.source) == (made.slug, made.stamp, made.source)
    assert kept.to_bytes() == made.to_bytes()
    for path, log in made.logs.items():
        np.testing.assert_equal(kept.logs[path].cases, log.cases)
        np.testing.assert_equal(kept.logs[path].normals, log.normals)
        np.testing.assert_equal(kept.logs[path].computed, log.computed)
    assert list(kept.answers) == list(made.answers)
    for digest, truths in made.answers.items():
        np.testing.assert_equal(
            [(t.value, t.scale) for t in kept.answers[digest]], [(t.value, t.scale) for t in truths]
        )


# ------------------------------------------------------------------------------------------ nothing secret


def texts(value: Any) -> list[str]:
    """Every text in a decoded value."""
    if isinstance(value, dict):
        return [*value, *(text for item in value.values() for text in texts(item))]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_nothing_secret_is_in_a_record(made: TopicRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = "\n".join(texts(decode(zlib.decompress(made.to_bytes()))))
    assert "rows_sum_to_zero" in everything
    secrets = ["blind_to_a_shift", "moved", "UNHEARD_OF_SHIFT", "7.25", "a shift changes nothing", "constant added"]
    secrets += ["log_softmax", "keepdims", "cross_entropy(", "torch", "HMAC", str(round_seed(b"", "softmax-xent", "1"))]
    assert [secret for secret in secrets if secret in everything] == []
    assert not any("shift" in path for path in made.logs)


def test_a_mistake_that_only_a_hidden_row_sees_stays_unknown(folder: Path) -> None:
    from grader.truth.reference import Oracle

    path = folder / "assignments" / "softmax_xent" / "mistakes.py"
    edit = "was='labels].mean()', now='labels].mean() + (logits.min() > 3)'"
    path.write_text(f"{path.read_text()}mistakes.append(Mistake('sly', {edit}, say='A hint at what is hidden.'))\n")
    assignment = Assignment("softmax-xent", folder)
    oracle = Oracle(assignment)
    sly = next(
        k for k in run_mistakes(assignment, in_this_process(assignment, oracle, PUBLIC_SEED)) if k.hint.name == "sly"
    )
    assert list(sly.losses) == ["shift"]
    names = [mistake["name"] for mistake in make_record(assignment, oracle).mistakes]
    assert "loss summed" in names
    assert "sly" not in names


def test_helpers_of_hidden_rows_alone_are_taken_out_of_the_public_source() -> None:
    source = public_source(SOFTMAX_TOPIC + "# a comment that says too much\n")
    for gone in ("shift", "moved", "UNHEARD_OF_SHIFT", "comment"):
        assert gone not in source
    for stays in ("def cases", "def enormous", "def rows_sum_to_zero", "The mean over the batch"):
        assert stays in source


def test_helpers_of_hidden_rows_that_call_each_other_are_taken_out() -> None:
    hidden = "def a(t, c) -> None:\n    return b(t, c)\ndef b(t, c):\n    return a(t, c)\nA: int = 3\nB = C = A\n"
    source = public_source(hidden + "topic = Topic('x', cases, rubric=[Row('r', 1, 'c', holds(a), hidden=True)])")
    assert source.strip() == "topic = Topic('x', cases, rubric=[])"


HIDING = {
    "by position": ('needs="loss", hidden=True)', '"loss", True)'),
    "by a name": ("topic = Topic", "SHY = {'hidden': True}\ntopic = Topic"),
    "outside the list": ("    Row(\"shift\", 1", "] + [\n    Row(\"shift\", 1"),
}  # fmt: skip


@pytest.mark.parametrize("how", HIDING)
def test_a_hidden_row_that_cannot_be_taken_out_stops_the_release(folder: Path, how: str) -> None:
    from grader.truth.reference import Oracle

    path, (was, now) = folder / "assignments" / "softmax_xent" / "topic.py", HIDING[how]
    text = path.read_text().replace(was, now)
    if how == "by a name":
        text = text.replace("hidden=True", "**SHY")
    path.write_text(text)
    assignment = Assignment("softmax-xent", folder)
    assert [row.hidden for row in assignment.topic.rubric][-1]
    if how == "outside the list":  # there it can be: an empty list is added
        assert "shift" not in make_record(assignment, Oracle(assignment)).source
    else:
        with pytest.raises(TopicError, match="the hidden rows cannot be taken out"):
            make_record(assignment, Oracle(assignment))


def test_a_public_row_that_needs_a_hidden_one_stops_the_release(folder: Path) -> None:
    from grader.truth.reference import Oracle

    path = folder / "assignments" / "softmax_xent" / "topic.py"
    late = 'Row("late", 1, "it is right again", matches(softmax_xent), needs="shift"),\n])'
    path.write_text(path.read_text().replace("\n])", f"\n    {late}"))
    assignment = Assignment("softmax-xent", folder)
    with pytest.raises(TopicError, match="which is hidden: hidden rows are asked last"):
        make_record(assignment, Oracle(assignment))


# ------------------------------------------------------------------------------------------ bad records


@pytest.mark.parametrize(
    ("number", "what_to_do"),
    [(FORMAT + 1, "pip install --upgrade graded-descent"), (FORMAT - 1, "get the course's new bundle")],
)
def test_a_record_of_another_format_is_refused_with_what_to_do(kept: TopicRecord, number: int, what_to_do: str) -> None:
    other = {**decode(zlib.decompress(kept.to_bytes())), "format": number}
    with pytest.raises(BadRecord, match=what_to_do):
        TopicRecord.from_bytes(zlib.compress(encode(other)), "x.answers")


def test_a_record_of_another_grader_with_the_same_format_is_read(kept: TopicRecord) -> None:
    assert TopicRecord.from_bytes(kept.to_bytes(), "x.answers").stamp.keys() == {"topic", "reference"}


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_as_a_record(raw: bytes) -> None:
    with pytest.raises(BadRecord, match="damaged"):
        TopicRecord.from_bytes(raw, "x.answers")


EMPTY: list[Any] = [np.zeros(2), [], {}]
PLAIN = st.none() | st.integers(-9, 9) | st.text(max_size=3) | st.sampled_from(EMPTY)
KEYS = ["format", "slug", "stamp", "source", "logs", "mistakes"]


@given(st.dictionaries(st.sampled_from(KEYS), PLAIN) | PLAIN)
def test_a_record_of_another_form_is_refused(value: Any) -> None:
    if isinstance(value, dict):
        value = {"format": FORMAT, "slug": "x", "stamp": {}, "source": "", "mistakes": [], **value}
    with pytest.raises(BadRecord):
        TopicRecord.from_bytes(zlib.compress(encode(value)), "x.answers").topic()


@given(st.data())
@settings(max_examples=50)
def test_a_damaged_record_is_refused_or_whole(made: TopicRecord, data: st.DataObject) -> None:
    raw = bytearray(made.to_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    del raw[data.draw(st.integers(1, len(raw))) :]
    try:
        got = TopicRecord.from_bytes(bytes(raw), "x.answers")
    except BadRecord:
        return
    assert got.source == made.source


def test_a_question_that_was_not_recorded_makes_the_row_void_not_lost(kept: TopicRecord) -> None:
    empty = TopicRecord(kept.slug, kept.stamp, kept.source, {path: Log() for path in kept.logs}, {})
    loss = judge(empty, Live.of(SOFTMAX_SOLUTION))[0]
    assert (loss.status, loss.message) == (Status.VOID, "'loss' can be judged only when your work is graded")


# ------------------------------------------------------------------------------------------ in the kernel


def test_check_speaks_of_the_functions_defined_so_far(
    made: TopicRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "softmax-xent.answers").write_bytes(made.to_bytes())
    inner = tmp_path / "notes"
    inner.mkdir()
    monkeypatch.chdir(inner)
    world = Live.of(SOFTMAX_SOLUTION.replace("labels].mean()", "labels].sum()")).world
    monkeypatch.setattr("grader.bundle.check._namespace", lambda: world)
    check("softmax-xent")
    said = capsys.readouterr().out
    assert "✗    0/3  the loss is right" in said
    assert "This looks like “loss summed”. Your loss grows with the batch" in said
    assert "✓    4/4  the gradient is right" in said
    assert said.endswith("of 11 points on the public cases\n")
    check("softmax-xent", "grad")
    assert capsys.readouterr().out == "✓    4/4  the gradient is right\n"
    check("softmax-xent", "shift")
    assert "has no row 'shift' (it has: loss, grad, huge, sums, pure)" in capsys.readouterr().out
    check("adam")
    assert "adam.answers is not here" in capsys.readouterr().out


def test_recorded_answers_are_found_beside_below_and_above_a_notebook(made: TopicRecord, tmp_path: Path) -> None:
    here = tmp_path / "a" / "b"
    (here / "softmax-xent").mkdir(parents=True)
    for place in (tmp_path, here / "softmax-xent", here):
        (place / "softmax-xent.answers").write_bytes(made.to_bytes())
        assert find_record("softmax-xent", here).slug == "softmax-xent"
