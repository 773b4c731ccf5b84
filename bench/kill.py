"""Kill a grading again and again: nothing may be lost or doubled, and the end is that of an undisturbed grading.

    python bench/kill.py [--kills 50] [--students 60]

A class of generated submissions of momentum, right and wrong ones, is graded by `grader grade`, which is killed (SIGKILL) after a
time drawn by chance, started again, and so on; then it is left to end. Then the same class is graded in one go, into another
folder. Compared are the rows of the gradebook, and every exported file but for the seconds that grading took.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.course.settings import Course
from grader.topics.folder import Assignment
from grader.topics.mutants.generate import mutants

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from grader.cli import main; main()", "grade", "--no-progress", "--quiet"]
SECONDS = re.compile(rb'"seconds": [\d.e+-]+')


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--students", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_class(folder / "class", options.students)
        killed = disturbed(folder, options.kills)
        run(folder, "undisturbed").wait()
        one, other = (stored(folder / name) for name in ("killed", "undisturbed"))
        doubled, lost = len(one) - len(set(one)), len(set(other) - set(one))
        files, apart = compared(folder / "killed", folder / "undisturbed")
        print(f"killed {killed} times; {len(one)} results of {options.students}, {doubled} doubled, {lost} lost")
        print(f"{files} files exported, {len(apart)} differ", *apart[:10], sep="\n  ")
        sys.exit(bool(doubled or set(one) ^ set(other) or apart))


def make_class(folder: Path, students: int) -> None:
    """Write submissions: the model solution of momentum, and mutants of it."""
    course = Course.load(ROOT / "autograder.yml")
    solution = Assignment("momentum", course.root).solution
    made = [solution, *(mutant.source for mutant in mutants(solution) if not mutant.loop)]
    for number in range(students):
        path = folder / f"student-{number:04}" / "momentum.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{made[number % len(made)]}\n# {number}\n", encoding="utf-8")


def run(folder: Path, name: str) -> subprocess.Popen[bytes]:
    command = [*COMMAND, str(folder / "class"), "-o", str(folder / name), "--trust-submissions"]
    kept = {"GRADER_CACHE": str(folder / f"cache of {name}"), "GRADER_SECRET": "hush", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def disturbed(folder: Path, kills: int) -> int:
    """Grade with so many kills, and then to the end. Return how often a grading that was under way was killed."""
    chance, killed = random.Random(0), 0
    for number in range(kills):
        grading, before = run(folder, "killed"), len(stored(folder / "killed"))
        # Every other one dies while it starts, prepares or looks for what stands; the rest behind a new result.
        until = time.monotonic() + (chance.uniform(0, 5) if number % 2 else 60)
        while time.monotonic() < until and grading.poll() is None and len(stored(folder / "killed")) == before:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.1))
        killed += grading.poll() is None
        grading.send_signal(signal.SIGKILL)
        grading.wait()
        print(f"kill {number + 1} of {kills}: {len(stored(folder / 'killed'))} results", file=sys.stderr, flush=True)
    run(folder, "killed").wait()
    return killed


def stored(folder: Path) -> list[tuple[str, str, float]]:
    """Return student, topic and score of each result in a gradebook, in the order in which they were stored."""
    if not (folder / "gradebook.db").is_file():
        return []
    with sqlite3.connect(folder / "gradebook.db") as db:
        try:
            return db.execute("SELECT student, topic, score FROM results ORDER BY id").fetchall()
        except sqlite3.OperationalError:  # killed while it was made
            return []


def compared(one: Path, other: Path) -> tuple[int, list[str]]:
    """Return how many files were exported, and those that differ in more than seconds. A gradebook is compared by its rows."""
    files = {
        p.relative_to(folder) for folder in (one, other) for p in folder.rglob("*") if p.is_file() and p.suffix != ".db"
    }

    def content(path: Path) -> bytes:
        return SECONDS.sub(b"", path.read_bytes()) if path.is_file() else b"not there"

    return len(files), sorted(str(file) for file in files if content(one / file) != content(other / file))


if __name__ == "__main__":
    main()
