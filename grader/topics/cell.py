"""A case as Python that a student can paste into a cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import Wrong
from ..inside.wire import Bound, Seeded
from .signature import Function


def literal(value: Any) -> str:
    """A value as Python that gives exactly that value."""
    if isinstance(value, np.ndarray):
        return f"np.array({_nested(value.tolist())})"
    if isinstance(value, Seeded):
        return f"np.random.default_rng({value.seed})"
    return _nested(value)


def _nested(value: Any) -> str:
    if isinstance(value, np.ndarray):  # in a list
        return literal(value)
    if isinstance(value, list):
        return f"[{', '.join(_nested(item) for item in value)}]"
    if isinstance(value, float):
        return repr(float(value) + 0.0) if math.isfinite(value) else f"float('{value}')"
    return repr(value)


def assignments(names: Sequence[str], case: Mapping[str, Any]) -> list[str]:
    """The arrays of a case, one a line."""
    return [line for name in names for line in _lines(name, case.get(name))]


def _lines(name: str, value: Any) -> list[str]:
    if isinstance(value, Bound):  # its definition, and then what is bound
        bound = ", ".join(f"{key}={literal(item)}" for key, item in value.bound.items())
        return [*value.source.splitlines(), f"{name} = lambda *args: {value.name}(*args, {bound})"]
    return [f"{name} = {literal(value)}"] if _has_a_line(value) else []


def _has_a_line(value: Any) -> bool:
    """Say whether a value is given a name in a line of its own: an array, or a list of arrays."""
    return isinstance(value, np.ndarray) or (
        isinstance(value, list) and any(isinstance(item, np.ndarray) for item in value)
    )


def call(target: Function, case: Mapping[str, Any], **named: str) -> str:
    """The call of a function; arrays by their names, other values as they are; `named` are expressions for arguments."""
    parts = []
    for p in target.parameters:
        if p.name in named or p.name in case:
            text = named.get(p.name) or (p.name if _lines(p.name, case[p.name]) else literal(case[p.name]))
            parts.append(f"{p.name}={text}" if p.keyword else text)
    return f"{target.name}({', '.join(parts)})"


def written(target: Function, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
    """The arguments of a case, and the call whose answer is wrong."""
    return [*assignments([p.name for p in target.parameters], case), call(target, case) + output(target, wrong)]


def output(target: Function, wrong: Wrong) -> str:
    """The index that takes the wrong output from a function's answer: "[1]", or "" where it has only one."""
    if len(target.outputs) == 1:
        return ""
    wanted = (i for i in range(len(target.outputs)) if wrong.evidence.where.startswith(target.label(i)))
    return f"[{next(wanted, 0)}]"
