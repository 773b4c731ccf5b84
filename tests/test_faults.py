"""A full disk, a killed grader: nothing that was finished is lost, no process stays, and nobody gets a zero."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.course.gradebook import Gradebook
from grader.errors import GradebookError
from support.command import grader
from support.courses import SOFTMAX_SOLUTION, hand_in
from support.processes import descendants, none_left
from support.repository import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is for Linux")

HANGING = """
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
time.sleep(60)
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
GRADER = [sys.executable, "-c", "from grader.cli import main; main()"]


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A folder on a file system as small as one likes; asked again, it grows."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(size: str) -> Path:
        options = f"size={size},nr_inodes=400" + (",remount" if os.path.ismount(place) else "")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("file systems can be mounted by root only")
        return place

    yield mount
    if os.path.ismount(place):
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("size", ["8k", "60k", "120k"])
def test_a_full_disk_is_told_and_costs_nobody_a_grade(
    full_disk: Callable[[str], Path], folder: Path, tmp_path: Path, size: str
) -> None:
    for student in ("ada", "grace", "alan"):
        hand_in(tmp_path / "class", student, SOFTMAX_SOLUTION)
    command = ("grade", tmp_path / "class", "-o", full_disk(size), "--course", folder, "--no-progress")
    done = grader(*command, "--trust-submissions")
    assert done.exit_code in (2, 3)
    assert re.search("disk is full|No space left", done.stderr)
    assert "a bug" not in done.stderr
    with contextlib.suppress(GradebookError), Gradebook(tmp_path / "disk" / "gradebook.db", create=False) as book:
        assert [result.score for result in book.latest()] == [12.0] * len(book.latest())
    full_disk("50m")
    done = grader(*command, "--trust-submissions")
    assert (done.exit_code, done.stderr.count("graded 3 of 3")) == (0, 1)


def test_a_grader_that_is_killed_leaves_no_process_and_loses_no_finished_result(folder: Path, tmp_path: Path) -> None:
    for student, text in (("ada", SOFTMAX_SOLUTION), ("grace", HANGING), ("zoe", HANGING)):
        hand_in(tmp_path / "class", student, text)
    command: list[str | Path] = [
        *GRADER,
        "grade",
        tmp_path / "class",
        "-o",
        tmp_path / "out",
        "--course",
        folder,
        "-j",
        "2",
    ]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**ENVIRONMENT, "TMPDIR": str(temporary)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: stored(tmp_path / "out") == {"ada": 12.0})
    running = descendants(process.pid)
    assert running
    process.kill()
    process.wait()
    assert none_left(running)
    assert stored(tmp_path / "out") == {"ada": 12.0}
    assert list(temporary.iterdir()) == []


def test_what_a_killed_grader_leaves_in_the_folder_for_temporary_files_goes_with_the_next_start(tmp_path: Path) -> None:
    program = "from grader.submission.jail import ProcessJail as J\njail = J()\nchild = jail.start()\nprint(flush=True)\ninput()"
    environment = {**ENVIRONMENT, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    process.stdout.readline()
    running = descendants(process.pid)
    process.kill()
    process.communicate()
    assert running
    assert none_left(running)
    assert len(list(tmp_path.iterdir())) == 1
    subprocess.run([sys.executable, "-c", program], input=b"\n", env=environment, check=True, stdout=subprocess.DEVNULL)
    assert [name for name in os.listdir(tmp_path) if f"-{process.pid}-" in name] == []


def stored(output: Path) -> dict[str, float | None]:
    try:
        with Gradebook(output / "gradebook.db", create=False) as book:
            return {result.student: result.score for result in book.latest()}
    except GradebookError:
        return {}


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)
