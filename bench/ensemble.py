"""Measure how many members of an ensemble of reference trainings run in a second: all at once against one by one.

    python bench/ensemble.py [--topic softmax-regression] [--members 256] [--repeat 3]

One by one is the same code with one member, which is what a loop over seeds would cost. The numbers are medians of `--repeat`,
on the processor and, where there is one, on a GPU. The bands that the devices give are printed below, to be compared.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.checks import band
from grader.checks.band import Band
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle, choose_device, device_name
from grader.truth.trials import PUBLIC_SEED

ROOT = Path(__file__).resolve().parent.parent
SINGLES = 8  # trainings of one member that are timed in a row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--topic", default="softmax-regression")
    parser.add_argument("--members", type=int, default=256)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    assignment = Assignment(options.topic, ROOT)
    check = next(row.check for row in assignment.topic.rubric if isinstance(row.check, band))
    [(name, case), *_] = (check.generator or assignment.topic.cases)(np.random.default_rng(PUBLIC_SEED))
    given = check.target.defaults | {k: v for k, v in case.items() if isinstance(v, np.ndarray | int | float)}
    print(
        f"{options.topic}, {name}: {', '.join(f'{k}={v}' for k, v in given.items() if not isinstance(v, np.ndarray))}"
    )
    devices = ["cpu", "cuda"] if choose_device("auto") == "cuda" else ["cpu"]
    bands = {device: measure(assignment, check, given, device, options.members, options.repeat) for device in devices}
    if len(devices) == 1:
        print("cuda: not measured, there is no GPU here")
    for device, each in bands.items():
        for number, limits in each.items():
            print(f"{device}: {number}: {limits.low:.9g} to {limits.high:.9g} (mean {limits.mean:.9g})")


def measure(
    assignment: Assignment, check: band, given: Mapping[str, Any], device: str, members: int, repeat: int
) -> dict[str, Band]:
    """Print the members per second of a device, and return the bands of its last run by their quantities' names."""
    oracle = Oracle(assignment, device)
    train = oracle.world[check.ensemble]
    train(members=1, **given)  # the first call loads and chooses kernels
    alone = median_seconds(lambda: [train(members=1, **given) for _ in range(SINGLES)], device, repeat) / SINGLES
    found: dict[str, Any] = {}
    together = median_seconds(lambda: found.update(train(members=members, **given)), device, repeat) / members
    print(
        f"{device_name(device)}, {torch.get_num_threads()} thread(s): one by one {1 / alone:.1f} members/s, "
        f"{members} at once {1 / together:.1f} members/s: {alone / together:.1f} times as many"
    )
    return {name: Band.of(found[name].cpu().numpy(), check.false_alarm) for name in check.of}


def median_seconds(work: Any, device: str, repeat: int) -> float:
    """Return the median of the wall seconds that a call of `work` takes."""
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        if device == "cuda":
            torch.cuda.synchronize()  # the call has only queued its work
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
