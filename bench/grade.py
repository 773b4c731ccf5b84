"""Measure what a submission costs: median CPU and wall seconds per submission and topic, and where they go.

    python bench/grade.py [--repeat 5] [--topic adam ...]

The model solution of each topic is graded again and again in one thread, after a first time that is not counted (it
computes the oracle's answers, which a round shares). The parts:

    jail      start of the process until it answers (interpreter and numpy)
    student   waiting for the submission after that: its cells and its answers
    oracle    the reference's answers: looked up, from the second submission on
    checks    everything else on the trusted side: cases, plans, the wire, comparison
    store     the Result into the gradebook

`cpu` is that of the whole tree of processes (tree_cpu.py), and the first lines say how it is measured. Shared machines are
noisy, so ratios to a fresh `python -c "import numpy"`, timed in the same run, are printed too: compare those.
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
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tree_cpu import whole_tree

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


def measure(
    grading: Grading, submission: Submission, book: Gradebook, clock: Clock, cpu_seconds: Callable[[], float]
) -> dict[str, float]:
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


def fresh_numpy() -> tuple[float, float]:
    """Return wall and CPU seconds of a new interpreter that imports numpy, with one BLAS thread."""
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import numpy"], check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - wall, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeat", type=int, default=11, help="counted submissions per topic")
    parser.add_argument("--topic", nargs="*", help="topics (default: all)")
    options = parser.parse_args()
    course, clock = Course.load(ROOT / "autograder.yml"), Clock()
    clock.wrap(Session, "_launch", "jail")
    clock.wrap(Session, "_ask", "student")
    clock.wrap(Oracle, "run", "oracle")
    wall, cpu = (statistics.median(kind) for kind in zip(*(fresh_numpy() for _ in range(options.repeat)), strict=True))
    print(
        f'a fresh python -c "import numpy": {1e3 * wall:.1f} ms, cpu {1e3 * cpu:.1f} ms (medians of {options.repeat})'
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        Gradebook(Path(folder) / "gradebook.db") as book,
        whole_tree() as meter,
        closing(measured_jail(course.imports)) as jail,
    ):
        print(f"cpu is that {meter.sentence}\n")
        titles = "".join(f"{title:>9}" for title in ("wall", "cpu", *PARTS))
        print(f"{'milliseconds (medians)':24}{titles}  wall/numpy   cpu/numpy")
        grading = Grading(course, jail)
        for topic in options.topic or course.topics:
            submission = Submission("solution", topic, grading.topic_round(topic).assignment.folder / "solution.py")
            rows = [measure(grading, submission, book, clock, meter.seconds) for _ in range(options.repeat + 1)][1:]
            median = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
            cells = "".join(f"{1e3 * median[part]:9.1f}" for part in ("wall", "cpu", *PARTS))
            print(f"{topic:24}{cells}{median['wall'] / wall:12.2f}{median['cpu'] / cpu:12.2f}", flush=True)


if __name__ == "__main__":
    main()
