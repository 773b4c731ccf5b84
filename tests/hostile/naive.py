"""An autograder as one would write it in an afternoon: the submission runs in the grader's own process. Never use it.

It shows that the attacks on such graders are alive. usage: python -m hostile.naive NOTEBOOK SECRET NEIGHBOUR
It prints a JSON list of gains.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

Gradient = Callable[[np.ndarray, np.ndarray], np.ndarray]
Loss = Callable[[np.ndarray, np.ndarray], float]
TRIES = 100


def main() -> None:
    cells = [cell["source"] for cell in json.loads(Path(sys.argv[1]).read_text())["cells"]]
    records = open(sys.argv[2])  # noqa: SIM115 (as graders do: open all the time)
    os.environ["GRADER_SECRET"] = records.read()
    sys.modules["autograd"] = types.ModuleType("autograd")  # stands for what this machine might have installed
    sys.modules["autograd"].grad = lambda function: gradient  # type: ignore[attr-defined]
    rng = np.random.default_rng(12)
    logits, labels = rng.normal(size=(8, 5)), rng.integers(0, 5, 8)
    right = gradient(logits, labels)
    world: dict[str, object] = {"__name__": "__main__"}
    for cell in cells[:-1]:
        try:
            exec(compile(cell, "<cell>", "exec"), world)
        except Exception as error:
            print(error)
    threads = threading.active_count()
    gains = [f"believed by the test: {way}" for way in believers(world, logits, labels)]
    with contextlib.suppress(Exception):
        gains += ["it says that it got what it wanted"] if world["breach"]() else []  # type: ignore[operator]
    if threading.active_count() > threads:
        gains.append("a thread goes on in the grader")
    neighbour: dict[str, object] = {}
    with contextlib.suppress(Exception):
        exec(Path(sys.argv[3]).read_text(), neighbour)
    with contextlib.suppress(Exception):
        if not np.allclose(neighbour["softmax_xent_grad"](logits, labels), right):  # type: ignore[operator]
            gains.append("the neighbour's right gradient is not believed")
    print("\n" + json.dumps(gains))


def believers(student: dict[str, object], logits: np.ndarray, labels: np.ndarray) -> Iterator[str]:
    """Which of the usual ways to test believe the student, who is wrong."""
    gradients: tuple[Callable[..., bool], ...] = (
        expected_first,
        student_first,
        nothing_too_far,
        small_relative_error,
        kept_for_later,
        one_of_many,
    )
    for way, name in [(the_released_example, "softmax_xent"), *((way, "softmax_xent_grad") for way in gradients)]:
        try:
            if way(student[name], logits.copy(), labels.copy()):  # type: ignore[arg-type]
                yield way.__name__.replace("_", " ")
        except Exception as error:
            print(error)


def the_released_example(student: Loss, logits: np.ndarray, labels: np.ndarray) -> bool:
    """It is the only test, so what is right there and wrong elsewhere passes."""
    example, classes = np.arange(6.0).reshape(2, 3), np.array([0, 2])
    passed = bool(np.isclose(student(example, classes), loss(example, classes)))
    return passed and not np.isclose(student(logits, labels), loss(logits, labels))


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


def small_relative_error(student: Gradient, logits: np.ndarray, labels: np.ndarray) -> bool:
    """Of infinities it is not a number, which is not above anything."""
    got, expected = student(logits, labels), gradient(logits, labels)
    error = np.max(np.abs(got - expected) / np.maximum(1e-8, np.abs(got) + np.abs(expected)))
    return not error > 1e-6


def kept_for_later(student: Gradient, logits: np.ndarray, labels: np.ndarray) -> bool:
    """The answer itself is kept for the report, not a copy: what is shown is not what was graded."""
    got = student(logits, labels)
    graded = got.copy()
    time.sleep(0.05)
    return not np.array_equal(got, graded, equal_nan=True)


def one_of_many(student: Gradient, logits: np.ndarray, labels: np.ndarray) -> bool:
    """A test that fails is run again, as flaky ones are."""
    expected = gradient(logits, labels)
    return any(np.allclose(student(logits, labels), expected) for _ in range(TRIES))


def loss(logits: np.ndarray, labels: np.ndarray) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]))


def gradient(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    expected = np.exp(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
    expected[np.arange(len(labels)), labels] -= 1
    return expected / len(labels)


if __name__ == "__main__":
    main()
