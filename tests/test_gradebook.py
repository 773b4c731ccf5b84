"""The gradebook keeps everything, shows the newest, and survives its writer."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import grader
from grader.course import gradebook
from grader.course.gradebook import Gradebook
from grader.errors import GradebookError
from grader.result import Result, Status, Verdict


def result(student: str = "ada", topic: str = "adam", earned: float = 1, round: str = "1") -> Result:
    return Result(
        topic, student, f"{topic}.ipynb", "0" * 64, (Verdict("r", "right", 4, earned, Status.LOST),), round=round
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "gradebook.db"


def test_the_last_result_of_a_student_and_topic_is_the_latest_whatever_its_round(path: Path) -> None:
    with Gradebook(path) as book:
        book.append([result(earned=1, round="2"), result("grace"), result(topic="momentum")])
        book.append([result(earned=3, round="1")])
        assert [(r.student, r.topic, r.score) for r in book.latest()] == [
            ("ada", "adam", 3),
            ("ada", "momentum", 1),
            ("grace", "adam", 1),
        ]
        assert [r.topic for r in book.latest(student="ada")] == ["adam", "momentum"]
        assert [r.student for r in book.latest(topic="adam")] == ["ada", "grace"]
        assert book.latest("alan") == []
        assert book.students() == ["ada", "grace"]


def test_everything_that_was_ever_stored_is_kept_with_its_time(path: Path) -> None:
    for earned in (1, 3, 2):
        with Gradebook(path) as book:
            book.append([result(earned=earned), result("grace")])
    with contextlib.closing(sqlite3.connect(path)) as db:
        kept = db.execute("SELECT score, created FROM results WHERE student = 'ada' ORDER BY id").fetchall()
    assert [score for score, _ in kept] == [1, 3, 2]
    assert [created for _, created in kept] == sorted(created for _, created in kept)
    assert kept[0][1].endswith("+00:00")


def test_a_result_comes_back_from_the_gradebook_as_it_was_stored(path: Path) -> None:
    rows = (Verdict("r", "right", 2, 0, Status.VOID, "ünïcödé\n'; DROP TABLE results; --", evidence={"entry": [1]}),)
    stored = Result("adam", "o'neil", "a.ipynb", "1" * 64, rows, hashes={"topic": "f"}, seconds=0.5)
    with Gradebook(path) as book:
        book.append([stored])
        assert book.latest() == [stored]


def test_a_name_that_is_not_utf8_is_stored_and_found(path: Path) -> None:
    with Gradebook(path) as book:
        book.append([result("ad\udcff")])
        assert [stored.student for stored in book.latest("ad\udcff", "adam")] == [r"ad\udcff"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE results SET score = 4",
        "DELETE FROM results",
        "INSERT OR REPLACE INTO results SELECT * FROM results",
    ],
)
def test_results_in_the_gradebook_cannot_be_changed_or_deleted(path: Path, change: str) -> None:
    with Gradebook(path) as book:
        book.append([result()])
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(change)
    db.close()


def test_all_of_a_batch_is_stored_or_none(path: Path) -> None:
    with Gradebook(path) as book:
        book._db.execute(
            "CREATE TRIGGER t BEFORE INSERT ON results WHEN NEW.student = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        with pytest.raises(GradebookError, match="the database refused: no"):
            book.append([result(), result("bad")])
        assert book.latest() == []
        book.append([result()])
        assert len(book.latest()) == 1


def test_what_was_appended_survives_a_kill(path: Path) -> None:
    script = f"""
import os, signal
from grader.course.gradebook import Gradebook
from grader.result import Result, Status, Verdict
book = Gradebook({str(path)!r})
for n in range(5):
    book.append([Result("adam", f"s{{n}}", "a.ipynb", "0", (Verdict("r", "c", 1, 1, Status.EARNED),))])
book._db.execute("BEGIN IMMEDIATE")
book._db.execute("INSERT INTO results SELECT NULL, created, 'unfinished', topic, round, sha256, status, score, "
                 "max_score, result_json FROM results LIMIT 1")
os.kill(os.getpid(), signal.SIGKILL)
"""
    root = str(Path(grader.__path__[0]).parent)
    ended = subprocess.run([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": root}, check=False)
    assert ended.returncode == -signal.SIGKILL
    with Gradebook(path, create=False) as book:
        assert book.students() == ["s0", "s1", "s2", "s3", "s4"]


def test_several_writers_take_turns_also_in_making_the_file(path: Path) -> None:
    def write(n: int) -> None:
        with Gradebook(path) as book:
            for m in range(5):
                book.append([result(f"s{n}-{m}")])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with Gradebook(path) as book:
        assert len(book.students()) == 30


def test_another_program_may_make_the_file_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Gradebook._one
    made: list[str] = []

    def look_and_be_overtaken(book: Gradebook, query: str) -> object:
        answer = look(book, query)
        if not made:
            made.append(query)
            Gradebook(path).close()
        return answer

    monkeypatch.setattr(Gradebook, "_one", look_and_be_overtaken)
    with Gradebook(path) as book:
        book.append([result()])


def test_a_file_that_stays_busy_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradebook, "_BUSY_SECONDS", 0.05)
    with Gradebook(path) as book, Gradebook(path) as other:
        other._db.execute("BEGIN IMMEDIATE")
        with pytest.raises(GradebookError, match=r"gradebook.db: another program has kept it busy"):
            book.append([result()])


def other_version(path: Path) -> None:
    Gradebook(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 9")
    db.close()


def other_program(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE recipes (id)")
    db.close()


def damaged_result(path: Path) -> None:
    with Gradebook(path) as book:
        book.append([result()])
        book._db.execute("DROP TRIGGER results_keep_updates")
        book._db.execute("UPDATE results SET result_json = '{}'")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (other_version, "this gradebook is of version 9, and this program reads version 1; use the version of grader"),
        (other_program, "this is a database of another program, not a gradebook; name another file"),
        (lambda path: path.write_text("student,score\n" * 99), "this file is not a gradebook"),
        (lambda path: path.mkdir(), "it cannot be opened"),
        (lambda path: None, "there is no gradebook here; `grader grade` makes one"),
        (damaged_result, "a stored result cannot be read: a result of schema None"),
    ],
)
def test_a_file_that_is_no_gradebook_is_refused_with_a_sentence(
    tmp_path: Path, make: Callable[[Path], object], sentence: str
) -> None:
    path = tmp_path / "x.db"
    make(path)
    with pytest.raises(GradebookError) as problem, Gradebook(path, create=False) as book:
        book.latest()
    assert str(problem.value).startswith(f"{path}: {sentence}")


def test_a_folder_for_the_gradebook_that_cannot_be_made_is_told_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(GradebookError, match="the folder cannot be made: "):
        Gradebook(tmp_path / "out" / "gradebook.db")
