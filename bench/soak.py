"""Grade many submissions in a row with one grading and one jail, honest and hostile ones in turn: nothing may grow.

    python bench/soak.py [--number 2000] [--workers 2]

Every second submission is the model solution. The others are the attacks of tests/hostile in turn, without those that only
wait: they cost nothing but time. Memory of the grader and of the fork server, descriptors, threads, processes and temporary
files are sampled along the way. Exit 1 if one of these grew, or if an honest submission was not graded in full.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from grader.course.side_by_side import grade_all
from grader.result import Result, Status
from grader.submission.find import Submission
from hostile.harness import ATTACKS, TOPIC, Range
from support.courses import SOFTMAX_SOLUTION, hand_in
from support.processes import descendants, dying

WAITING = re.compile("took longer|or slept")  # what the Result of an attack that only waits says
SAMPLES = 20
SETTLE_SECONDS = 0.1
KILL_SECONDS = 30.0  # for processes that were killed to be gone, on a busy machine
WARM = 0.1  # the share of all submissions after which caches and arenas have filled
GROWTH_MB = 8.0  # memory may rise by so much from there to the end, because garbage and arenas come and go


@dataclass(frozen=True)
class Sample:
    """The resources that the grader holds once `graded` submissions are graded."""

    graded: int
    grader_mb: float
    server_mb: float
    descriptors: int
    threads: int
    processes: int
    temporary_files: int


def sample(graded: int) -> Sample:
    """Take a sample. Call it while nothing is graded; it waits until what the last submission started has had time to go."""
    time.sleep(SETTLE_SECONDS)
    deadline = time.monotonic() + KILL_SECONDS
    while any(map(dying, below := descendants(os.getpid()))) and time.monotonic() < deadline:
        time.sleep(SETTLE_SECONDS)
    return Sample(
        graded,
        _megabytes(os.getpid(), "Rss"),
        sum(_megabytes(pid, "Pss") for pid in below),
        len(os.listdir("/proc/self/fd")),
        threading.active_count(),
        len(below),
        len(os.listdir(tempfile.gettempdir())),
    )


def _megabytes(pid: int, kind: str) -> float:
    """Return the memory of a process: `Rss` all that it holds, `Pss` with shared pages divided by their holders."""
    try:
        found = re.search(rf"^{kind}: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:  # it has just ended, or is another user's
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def mixed(range_: Range, number: int) -> Iterator[Submission]:
    """Yield `number` submissions, honest and hostile in turn."""
    folder = range_.bait.folder / "class"
    honest = Submission("ada", TOPIC, hand_in(folder, "ada", SOFTMAX_SOLUTION))
    hostile = [
        Submission(
            f"mallory {attack.name}", TOPIC, hand_in(folder, attack.name, range_.compose(attack.code), f"{TOPIC}.ipynb")
        )
        for attack in ATTACKS
        if not WAITING.search(attack.seen)
    ]
    return itertools.islice(
        itertools.chain.from_iterable(zip(itertools.repeat(honest), itertools.cycle(hostile))), number
    )


def soak(number: int, workers: int, every: int) -> tuple[list[Sample], list[str]]:
    """Grade `number` submissions and return a sample after every `every` of them, and a sentence for each thing wrong."""
    wrong: list[str] = []
    with temporary_files_apart() as folder, Range(folder / "range") as range_:
        grading = range_.grading("full")
        submissions, samples, graded = mixed(range_, number), [], 0
        while batch := list(itertools.islice(submissions, every)):
            for result in grade_all(grading, batch, workers):
                wrong += problems(result)
            samples.append(sample(graded := graded + len(batch)))
    return samples, wrong + list(grown(samples))


@contextlib.contextmanager
def temporary_files_apart() -> Iterator[Path]:
    """Make this process put its temporary files into a folder of their own, so that they can be counted."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # another user, that of submissions, has to get through
        tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


def problems(result: Result) -> Iterator[str]:
    """Yield a sentence if an honest submission loses points, or the grader fails at any."""
    if result.student == "ada" and result.score != result.max_score:
        yield f"the honest submission scores {result.score}"
    if any(row.status is Status.VOID for row in result.rows):
        yield f"{result.student}: {next(row.message for row in result.rows if row.status is Status.VOID)}"


def grown(samples: list[Sample]) -> Iterator[str]:
    """Yield a sentence for each resource that is larger at the end than when all was warm."""
    warm, end = samples[int(len(samples) * WARM)], samples[-1]
    for name in (field.name for field in fields(Sample)[1:]):
        before, after = getattr(warm, name), getattr(end, name)
        if after > before + (GROWTH_MB if name.endswith("mb") else 0):
            yield f"{name} grew from {before:g} to {after:g}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--number", type=int, default=2000, help="submissions")
    parser.add_argument("--workers", type=int, default=2, help="side by side")
    options = parser.parse_args()
    started = time.perf_counter()
    samples, wrong = soak(options.number, options.workers, max(1, options.number // SAMPLES))
    print("".join(f"{field.name:>17}" for field in fields(Sample)))
    for each in samples:
        print("".join(f"{value:17.1f}" if isinstance(value, float) else f"{value:17}" for value in astuple(each)))
    seconds = time.perf_counter() - started
    print(f"\n{options.number} submissions in {seconds:.0f} s; load of the machine {os.getloadavg()[0]:.1f}")
    print("\n".join(dict.fromkeys(wrong)) or "nothing grew; every honest submission was graded in full")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
