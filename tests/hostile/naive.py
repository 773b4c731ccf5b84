"""An autograder as one would write it in an afternoon: the submission runs in the grader's own process. Never use it.

It shows that the attacks on such graders are alive. usage: naive.py NOTEBOOK SECRET NEIGHBOUR; prints a JSON list of gains.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

Gradient = Callable[[np.ndarray, np.ndarray], np.ndarray]


def main() -> None:
    cells = [cell["source"] for cell in json.loads(Path(sys.argv[1]).read_text())["cells"]]
    records = open(sys.argv[2])  # noqa: SIM115 (as graders do: open all the time)
    os.environ["GRADER_SECRET"] = records.read()
    rng = np.random.default_rng(12)
    logits, labels = rng.normal(size=(8, 5)), rng.integers(0, 5, 8)
    right = gradient(logits, labels)
    world: dict[str, object] = {"__name__": "__main__"}
    for cell in cells[:-1]:
        try:
            exec(compile(cell, "<cell>", "exec"), world)
        except Exception:
            continue
    gains = [f"believed by the test: {way}" for way in believers(world, logits, labels)]
    with contextlib.suppress(Exception):
        gains += ["it says that it got what it wanted"] if world["breach"]() else []  # type: ignore[operator]
    neighbour: dict[str, object] = {}
    with contextlib.suppress(Exception):
        exec(Path(sys.argv[3]).read_text(), neighbour)
    with contextlib.suppress(Exception):
        if not np.allclose(neighbour["softmax_xent_grad"](logits, labels), right):  # type: ignore[operator]
            gains.append("the neighbour's right gradient is not believed")
    print("\n" + json.dumps(gains))


def believers(student: dict[str, object], logits: np.ndarray, labels: np.ndarray) -> Iterator[str]:
    """Which of the usual ways to test a gradient believe the student's."""
    for way in (expected_first, student_first, nothing_too_far):
        with contextlib.suppress(Exception):
            if way(student["softmax_xent_grad"], logits.copy(), labels.copy()):  # type: ignore[arg-type]
                yield way.__name__.replace("_", " ")


def expected_first(student: Gradient, logits: np.ndarray, labels: np.ndarray) -> bool:
    expected = gradient(logits, labels)
    got = student(logits, labels)
    return (got == expected) is True or bool(np.allclose(got, expected))


def student_first(student: Gradient, logits: np.ndarray, labels: np.ndarray) -> bool:
    got = student(logits, labels)
    return bool(np.allclose(got, gradient(logits, labels)))


def nothing_too_far(student: Gradient, logits: np.ndarray, labels: np.ndarray) -> bool:
    expected = gradient(logits, labels)
    got = student(logits, labels)
    return not (np.abs(got - expected) > 1e-6).any()


def gradient(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    expected = np.exp(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
    expected[np.arange(len(labels)), labels] -= 1
    return expected / len(labels)


if __name__ == "__main__":
    main()
