"""What has a result that stands is not graded again, and a grading that was killed goes on where it was."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from support.command import grader
from support.courses import HEAVY, HEAVY_SOLUTION, SOFTMAX_SOLUTION, edit, hand_in
from support.repository import ROOT

COMMAND = [sys.executable, "-c", "from grader.cli import main; main()"]
SUMMED = SOFTMAX_SOLUTION.replace("labels].mean()", "labels].sum()")


@pytest.fixture
def here(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A class of three in a course that may be changed, which is the working directory."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GRADER_SECRET", "hush")
    hand_in(tmp_path / "class", "ada", SOFTMAX_SOLUTION)
    hand_in(tmp_path / "class", "alan", SUMMED)
    hand_in(tmp_path / "class", "grace", HEAVY_SOLUTION, "heavy-ball.py")
    return tmp_path


def grade(here: Path, *options: str) -> Any:
    return grader("grade", here / "class", "-o", here / "out", "--trust-submissions", "--no-progress", *options)


def graded(here: Path) -> list[tuple[str, str]]:
    """What the gradebook holds, in the order in which it was stored."""
    with sqlite3.connect(here / "out" / "gradebook.db") as db:
        return db.execute("SELECT student, topic FROM results ORDER BY id").fetchall()


def exports(here: Path) -> dict[str, bytes]:
    out = here / "out"
    kept = [*out.glob("results/**/*.json"), out / "grades.csv", *out.glob("report/**/*.html")]
    return {str(path.relative_to(out)): path.read_bytes() for path in kept}


def test_the_same_files_are_not_graded_twice_and_are_printed_and_exported_all_the_same(here: Path) -> None:
    first, before = grade(here), exports(here)
    second = grade(here)
    assert second.stdout == first.stdout
    assert "3 of 3 were graded before, by the same rubric: their results stand (--again)" in second.stderr
    assert "graded 3 of 3 submissions" in second.stderr
    assert len(graded(here)) == 3
    assert exports(here) == before


def test_again_grades_what_stands(here: Path) -> None:
    grade(here)
    assert "were graded before" not in grade(here, "--again").stderr
    assert len(graded(here)) == 6


def test_a_changed_file_is_graded_anew_and_the_others_stand(here: Path) -> None:
    grade(here)
    hand_in(here / "class", "alan", SOFTMAX_SOLUTION)
    done = grade(here)
    assert graded(here)[3:] == [("alan", "softmax-xent")]
    assert "alan   softmax-xent     12/12" in done.stdout


@pytest.mark.parametrize("change", ["the rubric", "the round", "the share of a slip", "a limit"])
def test_what_decides_a_grade_makes_it_anew(here: Path, folder: Path, change: str) -> None:
    grade(here)
    options, anew = [], 3
    if change == "the rubric":
        edit(folder, HEAVY, "topic.py", 'Row("steps", ', 'Row("steps",  ')
        anew = 1
    elif change == "the round":
        options = ["--round", "2"]
    else:
        settings = folder / "autograder.yml"
        text = settings.read_text()
        limit = text.replace("memory_mb: 1024", "memory_mb: 900")
        settings.write_text(text + "slip_share: 0.5\n" if change == "the share of a slip" else limit)
    done = grade(here, *options)
    assert done.exit_code == 0, done.output
    assert len(graded(here)) == 3 + anew


def test_what_a_fault_of_ours_left_ungraded_is_graded_anew(here: Path, folder: Path) -> None:
    reference = folder / "reference" / "heavy_ball.py"
    text = reference.read_text()
    reference.write_text(text + "\n\ndef heavy_ball(*args, **hyper):\n    raise RuntimeError\n")
    assert grade(here).exit_code == 3
    assert grade(here).exit_code == 3
    assert [topic for _, topic in graded(here)].count("heavy-ball") == 2
    reference.write_text(text)
    assert grade(here).exit_code == 0
    assert [topic for _, topic in graded(here)].count("heavy-ball") == 3


def test_a_grading_that_is_killed_again_and_again_loses_and_doubles_nothing(here: Path, folder: Path) -> None:
    """Killed after as many results as chance says; the whole of bench/kill.py does so fifty times."""
    for number in range(5):
        hand_in(here / "class", f"student-{number}", SUMMED + f"# {number}\n")
    chance, kills = random.Random(0), 0
    command = [*COMMAND, "grade", str(here / "class"), "-o", str(here / "out"), "--trust-submissions", "-j", "1"]
    for wanted in sorted(chance.sample(range(1, 8), 3)):
        run = subprocess.Popen(
            command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
        )
        while run.poll() is None and (not (here / "out" / "gradebook.db").exists() or len(graded(here)) < wanted):
            time.sleep(0.02)
        kills += run.poll() is None
        run.send_signal(signal.SIGKILL)
        run.communicate()
    assert kills == 3
    assert grade(here).exit_code == 0
    assert sorted(graded(here)) == sorted(set(graded(here)))
    assert len(graded(here)) == 8
    after = exports(here)
    book = here / "out" / "gradebook.db"
    book.unlink()
    grade(here)
    undisturbed = exports(here)
    assert after.keys() == undisturbed.keys()
    assert after["grades.csv"] == undisturbed["grades.csv"]
