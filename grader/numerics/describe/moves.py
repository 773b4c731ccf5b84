"""Describers of a movement: an output that was an argument, too, and has moved from there. See `DESCRIBERS`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from .answer import Comparison

ENOUGH = 10  # numbers that move: the movements of fewer may be nearly parallel by chance
PARALLEL = 0.95  # the cosine from which on two movements are called nearly parallel
ALMOST = 0.999  # the same, of movements that are told apart by a measure only
LENGTH = 0.02  # relative: a movement as long as it should be


def moved(it: Comparison) -> Iterator[str]:
    """Describe how far, and in which direction, an output moved from what it was as an argument."""
    found = re.match(r"`(\w+)` of ", it.where)
    start = it.arrays.get(found[1]) if found else None
    if found is None or start is None or start.shape != it.got.shape or it.got.size < ENOUGH:
        return
    mine, theirs = (it.got - start).ravel(), (it.want - start).ravel()
    lengths = np.linalg.norm(mine), np.linalg.norm(theirs)
    if not np.isfinite(lengths).all() or not all(lengths):
        return
    cosine, ratio = float(mine @ theirs / (lengths[0] * lengths[1])), float(lengths[0] / lengths[1])
    sure = f"(the cosine of the two directions is {cosine:.3g})"
    if cosine > ALMOST and abs(ratio - 1) < LENGTH:
        yield f"it has moved from `{found[1]}` almost as it should {sure}: does something else that it depends on move wrongly?"
    elif cosine > PARALLEL:
        yield f"it has moved from `{found[1]}` in nearly the right direction, but {ratio:.3g} times as far {sure}"
    elif cosine < -PARALLEL:
        yield f"it has moved from `{found[1]}` in nearly the opposite direction {sure}: is a sign flipped?"
