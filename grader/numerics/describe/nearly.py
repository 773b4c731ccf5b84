"""Describers of answers that are right, or wrong by a factor, to some digits only.

Each yields the sentences that explain a comparison, and says how far; see `DESCRIBERS`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..compare import short
from ..name_numbers import guards
from .answer import ENOUGH, TELLING, Comparison, distinct

FLOAT32 = 1e-5  # relative: a float32 has seven digits, of which a few operations lose two
ROUGHLY = 0.05  # relative: what else is wrong beside a factor
TIMES = 10  # by which a factor is larger than what else is wrong
NEAR = 1e-2  # of the largest entry: a larger difference is of another kind than that of a guard
SEVERAL = 10  # entries: fewer are nearly right, or nearly by one factor, by chance


def is_small(it: Comparison) -> bool:
    """Return True if the answer differs from the right one by rounding to seven digits, or by as little."""
    away = np.abs(it.got - it.want)
    return bool((away <= FLOAT32 * np.abs(it.want) + 1e-8 * np.abs(it.want).max()).all())


def precision(it: Comparison) -> Iterator[str]:
    """Describe an answer that is right to some seven digits."""
    largest = np.abs(it.want).max()
    away = np.abs(it.got - it.want)
    if distinct(it.want) < ENOUGH or not is_small(it):
        return
    rounded = (it.got.astype(np.float32) == it.got).all() and not (it.want.astype(np.float32) == it.want).any()
    size = f"right to {short(float(f'{away.max() / largest:.1g}'))} of the largest entry"
    if rounded:
        yield f"{size}, with the seven digits of a float32: is an array of type float32 in between?"
    else:
        yield f"{size}: is something computed in float32, or is a small number added that does not belong?"


def roughly(it: Comparison) -> Iterator[str]:
    """Describe an answer that is wrong by some factor, but for a little."""
    telling = np.abs(it.want) > TELLING * np.asarray(it.rounding)
    if telling.sum() < SEVERAL or not np.isfinite(it.got).all() or np.ptp(it.want[telling]) == 0:
        return
    ratios = it.got[telling] / it.want[telling]
    k = float(np.median(ratios))
    spread = np.abs(ratios / k - 1).max() if k else np.inf
    if spread <= ROUGHLY and abs(k - 1) > TIMES * spread:
        yield f"every entry is about {k:.3g} times the right one, to within {short(float(f'{spread:.1g}'))} of it"


def near(it: Comparison) -> Iterator[str]:
    """Describe an answer that is right to some digits, where a hyper-parameter is as small as a guard against division by 0."""
    small = {name: value for name, value in guards(it.given).items() if value > np.finfo(float).eps}
    names = [f"`{name}`" for name in small if name not in it.settled]
    largest = np.abs(it.want).max()
    off = np.abs(it.got - it.want).max() / largest if largest else np.inf
    if names and off <= NEAR and it.want.size >= SEVERAL and distinct(it.want) >= ENOUGH:
        yield f"right to {short(float(f'{off:.1g}'))} of the largest entry: is {' or '.join(names)} left out, or in another place?"
