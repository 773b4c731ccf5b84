"""An autograder as one would write it in an afternoon: the submission runs in the grader's own process. Never use it.

It shows that the attacks on such graders are alive. usage: naive.py NOTEBOOK SECRET; prints a JSON list of gains.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

import numpy as np


def main() -> None:
    cells = [cell["source"] for cell in json.loads(Path(sys.argv[1]).read_text())["cells"]]
    os.environ["GRADER_SECRET"] = Path(sys.argv[2]).read_text()
    rng = np.random.default_rng(12)
    logits, labels = rng.normal(size=(8, 5)), rng.integers(0, 5, 8)
    world: dict[str, object] = {"__name__": "__main__"}
    for cell in cells[:-1]:
        try:
            exec(compile(cell, "<cell>", "exec"), world)
        except Exception:
            continue
    gains = ["the grader believes its gradient"] if grade(world, logits, labels) else []
    with contextlib.suppress(Exception):
        gains += ["it says that it got what it wanted"] if world["breach"]() else []  # type: ignore[operator]
    print("\n" + json.dumps(gains))


def grade(student: dict[str, object], logits: np.ndarray, labels: np.ndarray) -> bool:
    """Whether the gradient is right, as tests of notebooks have it."""
    expected = np.exp(logits - np.log(np.exp(logits).sum(1, keepdims=True)))
    expected[np.arange(8), labels] -= 1
    expected /= 8
    try:
        got = student["softmax_xent_grad"](logits, labels)  # type: ignore[operator]
        return bool(got == expected) if np.isscalar(got == expected) else bool(np.allclose(got, expected))
    except Exception:
        return False


if __name__ == "__main__":
    main()
