"""docs/add-a-topic.md, followed to the letter in an empty folder."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.repository import ROOT

PAGE = (ROOT / "docs" / "add-a-topic.md").read_text(encoding="utf-8")
GRADER = Path(sys.executable).parent / "grader"

# A fence below a line that is a file's name in bold is that file.
FILES = dict(re.findall(r"^\*\*`([^`]+)`\*\*\n\n(?:`{3,})\w+\n(.*?)^`{3,}$", PAGE, re.DOTALL | re.MULTILINE))
COMMANDS = [
    command
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    for command in block.split("\n")
]
WRITTEN_BY_VERIFY = "assignments/mse/matrix.txt"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of this one topic, as the page makes it."""
    root = tmp_path_factory.mktemp("course")
    for name, text in FILES.items():
        if name != WRITTEN_BY_VERIFY:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    (root / "autograder.yml").write_text("name: Trial\n" + FILES["autograder.yml"], encoding="utf-8")
    return root


def run(command: str, course: Path) -> subprocess.CompletedProcess[str]:
    name, *arguments = command.split()
    assert name == "grader"
    return subprocess.run([GRADER, *arguments], cwd=course, capture_output=True, text=True, check=False, timeout=120)


def test_the_five_steps_make_a_sound_topic(course: Path) -> None:
    verify, mutants, release, test = [command for command in COMMANDS if command]

    proven = run(verify, course)
    assert proven.returncode == 0, proven.stdout + proven.stderr
    assert "mse: sound on 5 seeds" in proven.stdout
    assert (course / WRITTEN_BY_VERIFY).read_text(encoding="utf-8") == FILES[WRITTEN_BY_VERIFY]

    bitten = run(mutants, course)
    assert bitten.returncode == 0, bitten.stdout + bitten.stderr
    assert "0 survive: score 100.0%" in bitten.stdout

    assert run(release, course).returncode == 0
    seen = run(test, course)
    assert seen.returncode == 1
    assert "0 of 8 points" in seen.stdout


def test_every_file_of_a_topic_is_on_the_page() -> None:
    own = ("topic.py", "solution.py", "mistakes.py", "variants/one_entry_at_a_time.py", "handout.md", "matrix.txt")
    folder = {f"assignments/mse/{name}" for name in own}
    assert {*FILES} == {*folder, "reference/mse.py", "autograder.yml"}
