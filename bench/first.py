"""Measure how long the first result of a class takes in which everybody has a fault that nobody listed.

    python bench/first.py [--students 4] [--topic adam ...]

The students are mutants of the model solution that lose a row and get no name. For each topic the seconds to the first and to
the last result, with an empty folder of answers (`cold`: known mistakes are run beside the submissions) and again with the
same folder (`warm`), in one thread each. `prepare` is `grader prepare` on an empty folder. Ratios to a fresh
`python -c "import numpy"`, timed in the same run, can be compared between machines.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.course.grade import Grading
from grader.course.settings import Course
from grader.course.side_by_side import grade_all
from grader.result import Result
from grader.submission.find import Submission
from grader.submission.jail.levels import measured_jail
from grader.topics.mutants.generate import mutants

ROOT = Path(__file__).resolve().parent.parent
EVERY = 7  # mutants that are looked at: neighbours are alike


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=4)
    parser.add_argument("--topic", nargs="*", default=[])
    options = parser.parse_args()
    course = Course.load(ROOT / "autograder.yml")
    unit = numpy_seconds()
    print(f"a fresh `import numpy`: {unit:.2f} s; seconds, and in brackets multiples of it")
    print(f"{'topic':24}{'prepare':>16}{'cold: first':>16}{'last':>16}{'warm: first':>16}{'last':>16}")
    for slug in options.topic or course.topics:
        with tempfile.TemporaryDirectory() as folder:
            print(
                f"{slug:24}"
                + "".join(
                    f"{s:9.1f} ({s / unit:4.0f})" for s in measured(course, slug, options.students, Path(folder))
                ),
                flush=True,
            )


def measured(course: Course, slug: str, students: int, folder: Path) -> list[float]:
    """Return the seconds of the table's columns for a topic."""
    work = unlisted(course, slug, students, folder)
    with opened(course, folder / "prepared") as grading:
        started = time.perf_counter()
        grading.topic_round(slug).mistakes.prepare()
        seconds = [time.perf_counter() - started]
    for _ in ("cold", "warm"):
        with opened(course, folder / "answers") as grading:
            started, found = time.perf_counter(), list[float]()
            for _ in grade_all(grading, work, 1):
                found.append(time.perf_counter() - started)
        seconds += [found[0], found[-1]]
    return seconds


def unlisted(course: Course, slug: str, students: int, folder: Path) -> list[Submission]:
    """Return submissions of mutants that lose a row and are told no name."""
    work: list[Submission] = []
    with opened(course, folder / "chosen with") as grading:
        for number, mutant in enumerate(mutants(grading.assignment(slug).solution)[::EVERY]):
            path = folder / f"student-{number}" / f"{slug}.py"
            path.parent.mkdir()
            path.write_text(mutant.source, encoding="utf-8")
            submission = Submission(path.parent.name, slug, path)
            if is_unlisted(grading.grade(submission)):
                work.append(submission)
            if len(work) == students:
                break
    return work


def is_unlisted(result: Result) -> bool:
    lost = [row for row in result.rows if row.error and row.status == "lost"]
    return bool(lost) and not any(row.mistake for row in result.rows)


@contextmanager
def opened(course: Course, record: Path) -> Iterator[Grading]:
    jail = measured_jail(course.imports)
    try:
        yield Grading(course, jail, record=record)
    finally:
        jail.close()


def numpy_seconds() -> float:
    """Return the seconds that a fresh interpreter takes to import numpy: the fastest of five."""

    def once() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import numpy"], check=True)
        return time.perf_counter() - started

    return min(once() for _ in range(5))


if __name__ == "__main__":
    main()
