"""Data sets that a topic brings: in the course, in the bundle, in a notebook, and in the jail, where no file can be read."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import dataset
from grader.bundle.check import check
from grader.bundle.record import TopicRecord
from grader.bundle.release import release
from grader.cli.testing import run_test
from grader.course.grade import Grading
from grader.course.settings import Course
from grader.errors import BadRecord, TopicError
from grader.result import Status
from grader.submission.find import Submission
from grader.submission.jail import ProcessJail
from grader.submission.limits import Limits
from grader.submission.notebook import read_source
from grader.submission.session import Session
from grader.topics.datasets import MAX_DATASET_BYTES, narrow
from grader.topics.folder import Assignment
from grader.topics.handout import check_folder
from support.courses import HEAVY_SOLUTION, hand_in
from support.notebooks import notebook
from support.repository import ROOT

POINTS = "0,1,255\n2,3,4\n"
USES = """from grader import check, dataset
points = dataset("points")
assert points.dtype == "int64" and points.shape == (2, 3) and points.sum() == 265
points[:] = 0
assert dataset("points").sum() == 265
"""


def pack(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def bring(folder: Path, text: str = POINTS, name: str = "points") -> Path:
    """Give the heavy-ball topic a data set, which its cases and one of its rows use."""
    topic = folder / "assignments" / "heavy_ball"
    (topic / "data").mkdir(exist_ok=True)
    (topic / "data" / f"{name}.csv.gz").write_bytes(pack(text))
    (topic / "data" / f"{name}.md").write_text("# Points\n\nMade up. CC0.\n")
    source = (topic / "topic.py").read_text()
    if "dataset" not in source:
        row = 'Row("data", 1, "the points are there", holds(points_are_there, heavy_ball, on=from_data)),\n])'
        helpers = (
            "from grader import dataset, holds, sample\n\n"
            "def from_data(rng):\n"
            '    n = dataset("points", beside=__file__).shape[1]\n'
            '    yield "the points", sample(heavy_ball, rng, n=n, state={})\n\n'
            "def points_are_there(trial, case):\n"
            '    if dataset("points", beside=__file__).sum() != 265:\n'
            '        return "they are not"\n'
            "    trial.call(heavy_ball, **case)\n\n"
        )
        source = source.replace("topic = Topic(", helpers + "topic = Topic(").replace("])\n", f"    {row}\n", 1)
        (topic / "topic.py").write_text(source)
        handout = topic / "handout.md"
        handout.write_text(handout.read_text() + "{check data}\n")
    return topic


@pytest.fixture
def bundle(folder: Path, tmp_path: Path) -> Path:
    from grader.truth.reference import Oracle

    bring(folder)
    assignment = Assignment("heavy-ball", folder)
    return release(assignment, Oracle(assignment), tmp_path / "release")


# ------------------------------------------------------------------------------------------ the file


def test_a_column_of_whole_numbers_is_read_as_integers_and_another_as_floats(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "whole.csv.gz").write_bytes(pack("1,2\n3,4\n"))
    (tmp_path / "data" / "real.csv.gz").write_bytes(pack("1,2.5\nnan,1e300\n"))
    whole, real = (dataset(name, beside=tmp_path / "topic.py") for name in ("whole", "real"))
    assert (whole.dtype, whole.tolist()) == (np.int64, [[1, 2], [3, 4]])
    assert (real.dtype, real[0].tolist(), real[1, 1]) == (np.float64, [1, 2.5], 1e300)


def test_every_call_gives_an_array_of_its_own_and_a_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "points.csv.gz"
    file.write_bytes(pack(POINTS))
    dataset("points", beside=tmp_path / "x.answers")[:] = 0
    assert dataset("points", beside=tmp_path / "x.answers").sum() == 265
    file.write_bytes(pack("7\n"))
    assert dataset("points", beside=tmp_path / "x.answers").tolist() == [[7]]


def test_a_notebook_finds_its_data_set_beside_and_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "notes"
    inner.mkdir()
    (tmp_path / "points.csv.gz").write_bytes(pack(POINTS))
    for place in (tmp_path, inner):
        monkeypatch.chdir(place)
        assert dataset("points").shape == (2, 3)
    with pytest.raises(FileNotFoundError, match=r"digits\.csv\.gz is not here \(.*notes\): keep it, from the course's"):
        dataset("digits")


@pytest.mark.parametrize("name", ["../points", "/etc/passwd", "", "a/b", "A", ".", "points\0", "x" * 41, "ä", 7, None])
def test_a_hostile_name_of_a_data_set_reaches_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "points.csv.gz").write_bytes(pack(POINTS))
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    with pytest.raises(FileNotFoundError, match="cannot be the name of a data set"):
        dataset(name)


DAMAGED = {
    "no gzip": b"1,2\n",
    "empty": pack(""),
    "cut short": pack(POINTS)[:-3],
    "another sum": pack(POINTS)[:-8] + b"\0" * 8,
    "two members": pack(POINTS) * 2,
    "ragged": pack("1,2\n3\n"),
    "words": pack("one,two\n"),
    "no ascii": gzip.compress(b"\xff\xfe1"),
    "a bomb": gzip.compress(b"1\n" * (MAX_DATASET_BYTES // 2 + 1)),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_data_set_is_said_to_be_damaged(tmp_path: Path, how: str) -> None:
    (tmp_path / "points.csv.gz").write_bytes(DAMAGED[how])
    with pytest.raises(ValueError, match=r"^points\.csv\.gz is damaged, or no data set: download the course's bundle"):
        dataset("points", beside=tmp_path / "x.answers")


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7), length=st.integers(0, 100))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_of_a_data_set_is_noticed_or_harmless(tmp_path: Path, at: int, bit: int, length: int) -> None:
    raw = bytearray(pack(POINTS))
    raw[at % len(raw)] ^= 1 << bit
    (tmp_path / "points.csv.gz").write_bytes(bytes(raw[: len(raw) - length] if length < len(raw) else raw))
    try:
        found = dataset("points", beside=tmp_path / "x.answers")
    except ValueError:
        return
    assert found.sum() == 265


def test_small_integers_of_a_data_set_cross_the_wire_as_bytes() -> None:
    assert narrow(np.array([[0, 255]])).dtype == np.uint8
    assert [narrow(np.array(a)).dtype for a in ([-1], [256], [0.5])] == [np.int64, np.int64, np.float64]


# ------------------------------------------------------------------------------------------ the digits


def test_the_digits_are_those_of_the_source_and_their_licence_lies_beside_them() -> None:
    folder = ROOT / "assignments" / "softmax_regression" / "data"
    raw = (folder / "digits.csv.gz").read_bytes()
    digits = dataset("digits", beside=folder.parent / "topic.py")
    assert (digits.shape, digits.dtype) == ((1797, 65), np.int64)
    assert np.bincount(digits[:, 64]).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (digits[:, :64].min(), digits[:, :64].max()) == (0, 16)
    unpacked = hashlib.sha256(gzip.decompress(raw)).hexdigest()
    assert unpacked == "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"
    assert raw[3:8] == b"\0" * 5  # no name and no time: the same text is the same file
    about = (folder / "digits.md").read_text(encoding="utf-8")
    for word in ("CC BY 4.0", "10.24432/C50P49", "Alpaydin", "Changes.", unpacked[:8], unpacked[-6:]):
        assert word in about


# ------------------------------------------------------------------------------------------ the course


def test_a_topics_hash_covers_its_data(folder: Path) -> None:
    before = Assignment("heavy-ball", folder).hashes["topic"]
    bring(folder)
    with_data = Assignment("heavy-ball", folder).hashes["topic"]
    bring(folder, POINTS + "5,6,7\n")
    after = Assignment("heavy-ball", folder).hashes["topic"]
    assert len({before, with_data, after}) == 3


def test_a_data_set_without_a_word_on_its_licence_is_a_finding(folder: Path) -> None:
    topic = bring(folder)
    assert check_folder(Assignment("heavy-ball", folder)) == []
    (topic / "data" / "points.md").unlink()
    assert check_folder(Assignment("heavy-ball", folder)) == [
        "data/points.md is missing: say there what the data are, whose, and their licence"
    ]


def test_a_bad_data_file_is_a_topic_error(folder: Path) -> None:
    topic = bring(folder)
    (topic / "data" / "points.csv.gz").write_bytes(b"?")
    with pytest.raises(TopicError, match=r"points\.csv\.gz is damaged"):
        _ = Assignment("heavy-ball", folder).data
    (topic / "data" / "points.csv.gz").rename(topic / "data" / "Points-1.csv.gz")
    with pytest.raises(TopicError, match=r"Points-1\.csv\.gz: a data set's name takes small letters"):
        _ = Assignment("heavy-ball", folder).data


# ------------------------------------------------------------------------------------------ the jail


def run_cells(jail: ProcessJail, *cells: str, data: dict[str, np.ndarray] | None = None) -> list[str]:
    with Session(read_source(notebook(*cells).encode(), "x.ipynb"), jail, Limits(), data=data) as session:
        return [note.text for note in session.notes]


def test_in_the_jail_dataset_answers_without_a_file(jail: ProcessJail) -> None:
    real = np.array([[0.5, np.nan]])
    points = np.array([[0, 1, 255], [2, 3, 4]])
    more = 'import grader\nassert grader.dataset("real").dtype == "float64" and grader.dataset("real")[0, 0] == 0.5'
    assert run_cells(jail, USES, more, 'check("x")', data={"points": points, "real": real}) == []


def test_in_the_jail_the_name_of_another_data_set_is_refused_with_a_sentence(jail: ProcessJail) -> None:
    ask = 'from grader import dataset\ndataset("../points")'
    (note,) = run_cells(jail, ask, data={"points": np.zeros((1, 1))})
    assert "FileNotFoundError: this topic has no data set '../points' (it has: points)" in note
    assert "(it has: none)" in run_cells(jail, ask)[0]


def test_a_notebook_that_uses_its_data_is_graded_without_a_note(
    folder: Path, tmp_path: Path, jail: ProcessJail
) -> None:
    bring(folder)
    work = notebook(USES, HEAVY_SOLUTION, topic="heavy-ball")
    path = hand_in(tmp_path / "in", "ada", work, "heavy-ball.ipynb")
    grading = Grading(Course.load(folder / "autograder.yml"), jail)
    result = grading.grade(Submission("ada", "heavy-ball", path))
    assert (result.notes, result.score, result.max_score) == ((), 7.0, 7.0)


def test_a_damaged_data_set_of_the_course_leaves_the_submission_ungraded(
    folder: Path, tmp_path: Path, jail: ProcessJail
) -> None:
    topic = bring(folder)
    (topic / "data" / "points.csv.gz").write_bytes(b"?")
    path = hand_in(tmp_path / "in", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    result = Grading(Course.load(folder / "autograder.yml"), jail).grade(Submission("ada", "heavy-ball", path))
    assert {row.status for row in result.rows} == {Status.VOID}
    assert "points.csv.gz is damaged" in result.rows[0].message


# ------------------------------------------------------------------------------------------ the bundle


def test_the_bundle_holds_its_data_sets_and_its_readme_names_them(bundle: Path) -> None:
    files = {"README.md", "heavy-ball.answers", "heavy-ball.ipynb", "points.csv.gz", "points.md"}
    assert {path.name for path in bundle.iterdir()} == files
    assert gzip.decompress((bundle / "points.csv.gz").read_bytes()).decode() == POINTS
    assert "CC0" in (bundle / "points.md").read_text()
    assert '`points.csv.gz` is what `dataset("points")` reads' in (bundle / "README.md").read_text()
    cells = json.loads((bundle / "heavy-ball.ipynb").read_text())["cells"]
    first = "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "code"))
    assert first == 'import numpy as np\n\nfrom grader import check, dataset\n\npoints = dataset("points")'


def test_at_home_the_notebook_and_the_rows_have_the_data_set(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = bundle / "heavy-ball.ipynb"
    work.write_text(notebook(USES, HEAVY_SOLUTION, topic="heavy-ball"))
    monkeypatch.chdir(tmp_path)
    assert run_test(work, None, "text") == 0
    said = capsys.readouterr().out
    assert said.endswith("7 of 7 points on the public cases\n")
    assert "!" not in said
    world: dict[str, object] = {}
    exec(HEAVY_SOLUTION, world)
    monkeypatch.chdir(bundle)
    monkeypatch.setattr("grader.bundle.check._namespace", lambda: world)
    check("heavy-ball", "data")
    assert capsys.readouterr().out == "✓    1/1  the points are there\n"


def test_at_home_a_missing_or_damaged_data_set_is_told_with_a_sentence(bundle: Path) -> None:
    (bundle / "points.csv.gz").write_bytes(b"?")
    with pytest.raises(BadRecord, match="is damaged, or no data set: download the course's bundle again"):
        run_test(bundle / "heavy-ball.ipynb", None, "text")
    (bundle / "points.csv.gz").unlink()
    with pytest.raises(BadRecord, match=r"points\.csv\.gz is not here .* keep it, from the course's bundle, beside"):
        run_test(bundle / "heavy-ball.ipynb", None, "text")


def test_a_record_that_names_a_file_elsewhere_reads_no_data_set(tmp_path: Path) -> None:
    (tmp_path / "secret.csv.gz").write_bytes(pack(POINTS))
    record = TopicRecord("x", {}, "", {}, {}, (), ["../secret"], home=tmp_path / "inner")
    with pytest.raises(BadRecord, match="cannot be the name of a data set"):
        record.datasets()
