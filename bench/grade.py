"""Measure what a submission costs: median CPU and wall seconds per submission and topic, and where they go.

    python bench/grade.py [--repeat 5] [--topic adam ...]

The model solution of each topic is graded again and again in one thread, after a first time that is not counted (it
computes the oracle's answers, which a round shares). The parts:

    jail      start of the process until it answers (interpreter and numpy)
    student   waiting for the submission after that: its cells and its answers
    oracle    the reference's answers: looked up, from the second submission on
    checks    everything else on the trusted side: cases, plans, the wire, comparison
    store     the Result into the gradebook

Shared machines are noisy, so ratios to a fresh `python -c "import numpy"`, timed in the same run, are printed too.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grader.course.grade
from grader.course.grade import Grading
from grader.course.gradebook import Gradebook
from grader.course.settings import Course
from grader.submission.find import Submission
from grader.submission.jail.levels import measured_jail
from grader.submission.session import Session
from grader.truth.reference import Oracle

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("jail", "student", "oracle", "checks", "store")


@dataclass
class Clock:
    """Wall seconds by part, summed within one submission; nested parts are taken out of the part around them."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

    def wrap(self, owner: type, method: str, name: str) -> None:
        """Time every call of a method as a part."""
        original: Callable[..., object] = getattr(owner, method)

        def timed(*args: object, **kwargs: object) -> object:
            with self.part(name):
                return original(*args, **kwargs)

        setattr(owner, method, timed)


class Metered(Session):
    """A session that adds up the processor time of submissions' processes, which are not children of this one."""

    used = 0.0

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        Metered.used += self.cpu_seconds()


def cpu_seconds() -> float:
    """Return the processor time of this process and of the submissions that it has graded."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + Metered.used


def measure(grading: Grading, submission: Submission, book: Gradebook, clock: Clock) -> dict[str, float]:
    """Grade a submission once and return the seconds in all (`wall`, `cpu`) and of each part."""
    clock.seconds.clear()
    cpu, wall = cpu_seconds(), time.perf_counter()
    result = grading.grade(submission)
    with clock.part("store"):
        book.append([result])
    total = {"wall": time.perf_counter() - wall, "cpu": cpu_seconds() - cpu}
    assert result.score == result.max_score, f"{submission.topic}: the solution scores {result.score}"
    parts = {name: clock.seconds.get(name, 0.0) for name in ("jail", "student", "oracle", "store")}
    return total | parts | {"checks": total["wall"] - sum(parts.values())}


def fresh_numpy() -> float:
    """Return the wall seconds of a new interpreter that imports numpy, with one BLAS thread."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import numpy"], check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeat", type=int, default=11, help="counted submissions per topic")
    parser.add_argument("--topic", nargs="*", help="topics (default: all)")
    options = parser.parse_args()
    course, clock = Course.load(ROOT / "autograder.yml"), Clock()
    grader.course.grade.Session = Metered  # type: ignore[misc]
    clock.wrap(Session, "_launch", "jail")
    clock.wrap(Session, "_ask", "student")
    clock.wrap(Oracle, "run", "oracle")
    jail = measured_jail(course.imports)
    with tempfile.TemporaryDirectory() as folder, Gradebook(Path(folder) / "gradebook.db") as book:
        numpy = statistics.median(fresh_numpy() for _ in range(options.repeat))
        print(f'a fresh python -c "import numpy": {1000 * numpy:.1f} ms (median of {options.repeat})\n')
        print(
            f"{'milliseconds (medians)':24}{'wall':>8}{'cpu':>8}"
            + "".join(f"{part:>9}" for part in PARTS)
            + "  wall/numpy"
        )
        grading = Grading(course, jail)
        for topic in options.topic or course.topics:
            submission = Submission("solution", topic, grading.topic_round(topic).assignment.folder / "solution.py")
            rows = [measure(grading, submission, book, clock) for _ in range(options.repeat + 1)][1:]
            median = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
            cells = "".join(f"{1000 * median[part]:9.1f}" for part in PARTS)
            print(
                f"{topic:24}{1000 * median['wall']:8.1f}{1000 * median['cpu']:8.1f}{cells}{median['wall'] / numpy:12.2f}"
            )
    jail.close()


if __name__ == "__main__":
    main()
