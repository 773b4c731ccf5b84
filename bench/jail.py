"""Measure what confinement costs: from the start of a submission's process to the end of an empty grade, level by level.

    python bench/jail.py [--repeat 101]

An empty grade is a submission of one tiny function: its process is made, confines itself, loads numpy, answers one question
and ends. The numbers are medians. A fresh `python -c "import numpy"` is timed in turn with them, so that the load of the
machine falls on both: compare the ratios between machines, not the milliseconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from grader.errors import GraderError
from grader.inside.plan import Plan
from grader.submission.jail import ForkServerJail, Jail, ProcessJail
from grader.submission.jail.base import environment
from grader.submission.jail.levels import measure
from grader.submission.limits import Limits
from grader.submission.notebook import read_source
from grader.submission.session import Session

SOURCE = read_source(b"def answer():\n    return 42\n", "empty.py")
MAKERS: tuple[tuple[str, Callable[[], Jail]], ...] = (
    ("namespaces, Landlock, seccomp", ForkServerJail),
    ("Landlock, seccomp", lambda: ForkServerJail(layers=("landlock", "seccomp"))),
    ("a process", ProcessJail),
)


def empty_grade(jail: Jail) -> tuple[float, float]:
    """Return the wall seconds until the process is ready, and until it is gone."""
    plan = Plan()
    plan.want(*plan.call("answer"))
    started = time.perf_counter()
    with Session(SOURCE, jail, Limits()) as session:
        ready = time.perf_counter() - started
        session.begin_row()
        assert session.run(plan) == [42]
    return ready, time.perf_counter() - started


def fresh_numpy() -> float:
    """Return the wall seconds of a new interpreter that imports numpy, in the environment of a submission."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import numpy"], check=True, env=environment("/"))
    return time.perf_counter() - started


def warm_jails() -> dict[str, Jail]:
    """Return the jails that this machine can make, by level and layers; measuring them has warmed them up."""
    jails = {}
    for name, make in MAKERS:
        jail = make()
        try:
            level = measure(jail).level
        except GraderError as lacking:
            print(f"{name}: not here ({lacking})")
            jail.close()
            continue
        jails[f"level {level}: {name}"] = jail
    return jails


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeat", type=int, default=101, help="of each, in turn")
    options = parser.parse_args()
    jails = warm_jails()
    numpy: list[float] = []
    grades: dict[str, list[tuple[float, float]]] = {name: [] for name in jails}
    for _ in range(options.repeat):
        numpy.append(fresh_numpy())
        for name, jail in jails.items():
            grades[name].append(empty_grade(jail))
    fresh = statistics.median(numpy)
    print(f"{f'milliseconds, medians of {options.repeat}':42}{'ready':>8}{'gone':>8}{'gone/numpy':>12}")
    print(f"{'a fresh python -c import numpy':42}{1000 * fresh:16.1f}{1:12.2f}")
    for name, jail in jails.items():
        ready, gone = (statistics.median(times) for times in zip(*grades[name], strict=True))
        print(f"{name:42}{1000 * ready:8.1f}{1000 * gone:8.1f}{gone / fresh:12.2f}")
        jail.close()
    print(f"load of the machine: {os.getloadavg()[0]:.1f}, processors: {os.cpu_count()}")


if __name__ == "__main__":
    main()
