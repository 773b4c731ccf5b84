"""Attacks by files that are no files: links of both kinds, devices, pipes, and links where the grader is about to write."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.intake.take_in import take_in
from hostile.harness import HONEST, NEIGHBOUR, TOPIC, Range

MALLORY = 4321  # a user of her own


def link(place: Path, range_: Range) -> None:
    (place / f"{TOPIC}.py").symlink_to(range_.neighbour.path)


def link_to_a_secret(place: Path, range_: Range) -> None:
    (place / f"{TOPIC}.py").symlink_to(range_.bait.folder / "secret")


def relative_link(place: Path, range_: Range) -> None:
    (place / f"{TOPIC}.py").symlink_to("../../../../../../etc/passwd")


def dangling_link(place: Path, range_: Range) -> None:
    (place / f"{TOPIC}.py").symlink_to("nowhere")


def hard_link(place: Path, range_: Range) -> None:
    """To what its student cannot read: the grader, as root, would read it for her. Some systems allow such links."""
    _link(range_.neighbour.path, place)


def hard_link_to_a_secret(place: Path, range_: Range) -> None:
    _link(range_.bait.folder / "secret", place)


def _link(target: Path, place: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give the folder to another user")
    os.link(target, place / f"{TOPIC}.py")
    os.chown(place, MALLORY, MALLORY)


def device(place: Path, range_: Range) -> None:
    (place / f"{TOPIC}.py").symlink_to("/dev/zero")


def pipe(place: Path, range_: Range) -> None:
    os.mkfifo(place / f"{TOPIC}.py")


LINKS = [link, link_to_a_secret, relative_link, dangling_link, hard_link, hard_link_to_a_secret, device, pipe]


@pytest.mark.parametrize("make", LINKS)
def test_a_handed_in_link_pipe_or_device_is_not_opened(
    range_: Range, place: Path, make: Callable[[Path, Range], None]
) -> None:
    make(place, range_)
    (submission,) = take_in([place], [TOPIC]).submissions
    said = range_.graded(submission.path, 0)
    assert re.search("hand in the file itself|Hand in a copy of it", said)
    assert range_.bait.secret not in said


def test_a_linked_folder_of_another_student_is_not_entered(range_: Range, place: Path) -> None:
    (place / "mine").symlink_to(range_.neighbour.path.parent)
    (place / f"{TOPIC}.py").write_text(HONEST)
    found = take_in([place], [TOPIC]).submissions
    assert [(s.student, s.path.parent.name) for s in found] == [("mallory", "mallory")]


# ------------------------------------------------------------------------------------------ what the reports are made of

HOSTILE = """
import json, resource, sys
from grader.cli import main
resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
sys.argv = ["grader", *json.loads(sys.argv[1])]
main()
"""


def grade(range_: Range, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`grader grade` as a program; it has to come back."""
    words = ["grade", "--course", str(range_.course.root), *arguments]
    return subprocess.run(
        [sys.executable, "-c", HOSTILE, json.dumps(words)], capture_output=True, text=True, timeout=60, cwd="/"
    )


SHOWN = [link, link_to_a_secret, hard_link, hard_link_to_a_secret, pipe, device]


@pytest.fixture(scope="module")
def report(range_: Range, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The pages of students of whom each has handed in one of these, named after it."""
    folder, out = range_.bait.folder / "linked", tmp_path_factory.mktemp("linked")
    for make in SHOWN:
        (folder / make.__name__).mkdir(parents=True)
        if os.getuid() == 0 or make not in (hard_link, hard_link_to_a_secret):
            make(folder / make.__name__, range_)
    ended = grade(range_, str(folder), "-o", str(out))
    assert ended.returncode == 0, ended.stderr
    yield out / "report" / "students"
    shutil.rmtree(folder)


@pytest.mark.parametrize("make", SHOWN)
def test_the_report_shows_nothing_that_was_only_linked(
    range_: Range, report: Path, make: Callable[[Path, Range], None]
) -> None:
    if os.getuid() != 0 and make in (hard_link, hard_link_to_a_secret):
        pytest.skip("only root can give the folder to another user")
    page = (report / f"{make.__name__}.html").read_text()
    assert re.search("hand in the file itself|Hand in a copy of it", page)
    assert NEIGHBOUR[-40:] not in page
    assert "neighbours-" not in page
    assert range_.bait.secret not in page


def test_a_link_in_the_output_folder_is_replaced_not_followed(range_: Range, place: Path, tmp_path: Path) -> None:
    """Where the grader later writes, perhaps as root, a link to somebody's file is waiting."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (place / f"{TOPIC}.py").write_text(HONEST)
    out = tmp_path / "out"
    for waiting in ("grades.csv", "report/index.html", "report/students/mallory.html", f"results/mallory/{TOPIC}.json"):
        (out / waiting).parent.mkdir(parents=True, exist_ok=True)
        (out / waiting).symlink_to(victim)
    grade(range_, str(place), "-o", str(out))
    assert victim.read_text() == "precious"
    assert "mallory" in (out / "grades.csv").read_text()
    assert not (out / "grades.csv").is_symlink()
