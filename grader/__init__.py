"""Graded Descent: grade numpy notebooks of a deep-learning course against PyTorch.

What an author writes a topic with comes from here (`from grader import Reals, Row, Topic, matches`), and so does what a
student calls in a notebook (`from grader import check, dataset`). Nothing is imported before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "topics.signature": (
        "Choice",
        "Given",
        "Ints",
        "Layer",
        "Object",
        "Opaque",
        "Random",
        "Reals",
        "Several",
        "given",
        "sample",
    ),
    "topics.asking": ("outputs",),
    "topics.changes": ("Equivalent", "Mistake"),
    "topics.rubric": ("Row", "Topic"),
    "checks": (
        *("DECADES", "TRAINING", "Check", "Count", "Distribution", "Mean", "Script", "Trial", "Variance"),
        *(
            "band",
            "bounded",
            "cheap",
            "composition",
            "consistent",
            "converges",
            "defaults",
            "depends",
            "descends",
            "either",
            "epochs",
            "equal",
            "evenly",
        ),
        *(
            "follows",
            "gradient",
            "holds",
            "independent",
            "matches",
            "measured",
            "monotone",
            "perform",
            "pure",
            "rowwise",
        ),
        *("run", "seeded", "stage", "statistical", "sums_to", "trajectory", "unchanged", "vjp"),
    ),
    "errors": ("Wrong",),
    "bundle.check": ("check",),
    "topics.datasets": ("dataset",),
    "topics.point_sets": ("away_from", "blobs", "circles", "separable", "spirals", "xor"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
