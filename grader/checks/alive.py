"""Aliveness: from dead work nothing follows.

A constant, an argument given back or a nan can be consistent with anything: without this rule a program that returns zeros
earned 6 rows of 10 by follow-through. Every follow-through asks here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from ..topics.targets import Spec
from ..topics.trial import Trial

Same = Callable[[np.ndarray, np.ndarray], bool]


def is_alive(
    mine: np.ndarray | None,
    others: Iterable[np.ndarray | None],
    shape: tuple[int, ...],
    *,
    every: bool = True,
    nonzero: bool = False,
    given: Iterable[Any] = (),
    same: Same = np.array_equal,
) -> bool:
    """Say whether something can follow from an answer: it is finite, of the right `shape`, and varies.

    `others` are the answers to the same question with an argument moved: the answer differs from every one of them, or, where
    it need not depend on each argument (`every=False`), from one. It is none of the arguments `given` back, and, if `nonzero` is
    asked for, not 0 everywhere. `same` compares two answers.
    """
    if mine is None or mine.shape != shape or not np.isfinite(mine).all() or (nonzero and not mine.any()):
        return False
    if any(np.array_equal(mine, argument) for argument in given):
        return False
    differs = [other is not None and not same(mine, other) for other in others]
    return all(differs) if every else any(differs)


class Varied(Protocol):
    """Something with array arguments: their kinds, and the sizes that a case gives the letters."""

    @property
    def specs(self) -> Mapping[str, Spec]: ...

    def sizes(self, case: Mapping[str, Any]) -> dict[str, int]: ...


def moved(
    trial: Trial, asked: Varied, case: Mapping[str, Any], names: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the case with one array argument changed everywhere, for each of them, or for those of these names."""
    sizes = asked.sizes(case)
    for name in names or asked.specs:
        if name not in case:
            continue
        spec = asked.specs.get(name, Spec("real"))
        if spec.kind == "real":
            other = case[name] + trial.normal(np.shape(case[name]))
        else:
            below = int(spec.below) if spec.below.isdigit() else sizes.get(spec.below, 0)
            other = (np.asarray(case[name]) + 1) % below if below else np.asarray(case[name]) + 1
        yield {**case, name: other}
