"""Describers of places that an argument marks: where it is not finite, where it is small or large, on which side of 0 it is.

Each yields the sentences that explain a comparison; see `DESCRIBERS`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..compare import short
from .amounts import argument, function_of_truth, sign
from .answer import ENOUGH, Comparison, distinct
from .quantities import fits

RIGHT = "the right answer"
OVERFLOWING = 30.0  # exp of a smaller number neither overflows nor is lost beside 1
AMONG = 10_000  # ways to part the entries: so seldom an argument parts them as right and wrong are parted by chance
SPECIAL = 500  # the same where an argument is 0: that is a place to look at
SIDES = 10  # entries in both parts: that a rule parts ten entries as right and wrong are parted is chance once in a thousand


def not_finite(it: Comparison) -> Iterator[str]:
    """Describe an answer that is not finite exactly where an argument has a sign, is 0, or is large."""
    bad = ~np.isfinite(it.got)
    if not bad.any() or bad.all() or bad.size < SIDES:
        return
    what = "nan" if np.isnan(it.got[bad]).all() else "infinite" if np.isinf(it.got[bad]).all() else "not finite"
    rest = "right" if not it.wrong[~bad].any() else "0" if not it.got[~bad].any() else ""
    elsewhere = f", and {rest} everywhere else" if rest else ", and finite everywhere else"
    for name, array in sides(it).items():
        for mask, words in _rules(name, array):
            if np.array_equal(mask, bad):
                yield f"it is {what} where {words}{elsewhere}"
        for size, words in ((array, "above "), (-array, "below -"), (np.abs(array), "beyond ±")):
            if size[bad].min() > max(size[~bad].max(), OVERFLOWING):
                yield f"it is {what} where {name} is {words}{short(max(size[~bad].max(), OVERFLOWING))}{elsewhere}"


def _rules(name: str, array: np.ndarray) -> Iterator[tuple[np.ndarray, str]]:
    yield array < 0, f"{name} is negative"
    yield array > 0, f"{name} is positive"
    yield array == 0, f"{name} is 0"
    yield array != 0, f"{name} is not 0"


def by_place(it: Comparison) -> Iterator[str]:
    """Describe an answer that is right on one side of 0 of an argument, or outside of an interval, and what it is elsewhere."""
    yield from (f"{where}, where {what}" for where, part in _places(it) if (what := _there(it, part)))


def place_alone(it: Comparison) -> Iterator[str]:
    """Describe an answer by where it is right, whatever it is elsewhere."""
    yield from (where for where, _ in _places(it))


def _places(it: Comparison) -> Iterator[tuple[str, np.ndarray]]:
    """Yield where the answer is right, and a mask of where it is not."""
    for name, array in sides(it).items():
        for side, word, other in ((array > 0, "positive", "negative"), (array < 0, "negative", "positive")):
            rest = ~side & (array != 0)
            if _sure(side, rest) and not it.wrong[side].any() and it.wrong[rest].all():
                yield f"right wherever {name} is {word}, wrong wherever it is {other}", rest
        zero = array == 0
        if _sure(zero, ~zero, SPECIAL) and it.wrong[zero].all() and not it.wrong[~zero].any():
            yield f"right except where {name} is 0", zero
    if _sure(it.wrong, ~it.wrong):
        for name, array in sides(it).items():
            low, high = array[it.wrong].min(), array[it.wrong].max()
            below, above = (array < low).any(), (array > high).any()
            if name == RIGHT or not np.array_equal((array >= low) & (array <= high), it.wrong):
                continue
            between = f"is between {short(low)} and {short(high)}"
            where = between if below and above else f"is above {short(low)}" if below else f"is below {short(high)}"
            yield f"right except where {name} {where} or so", it.wrong


def both_sides(it: Comparison) -> Iterator[str]:
    """Describe an answer that is wrong in one way where an argument is positive, and in another where it is negative."""
    for name, array in sides(it).items():
        above, below = array > 0, array < 0
        if _parts(above, below) and (above | below).sum() == above.size:
            one, other = (_there(it, part) for part in (above, below))
            if one and other and one != other:
                yield f"where {name} is positive {one}, where it is negative {other}"


def one_side(it: Comparison) -> Iterator[str]:
    """Describe an answer that is wrong in one way where an argument has one sign, and in no simple way where it has the other."""
    if distinct(it.got) < ENOUGH or distinct(it.want) < ENOUGH:
        return
    for name, array in sides(it).items():
        for part, word in ((array > 0, "positive"), (array < 0, "negative")):
            if _parts(part, ~part) and it.wrong[part].all() and (text := _there(it, part)):
                yield f"where {name} is {word} {text}"


def sides(it: Comparison) -> dict[str, np.ndarray]:
    """Return the arguments that have a number for each entry, and the right answer. A few numbers have any signs by chance."""
    fitting = {
        f"`{name}`": array
        for name, array in it.arrays.items()
        if fits(array.shape, it.got.shape) and array.size >= min(SIDES, it.got.size)
    }
    return {name: np.broadcast_to(array, it.got.shape) for name, array in fitting.items()} | {RIGHT: it.want}


def _sure(one: np.ndarray, other: np.ndarray, among: int = AMONG) -> bool:
    """Return True if two parts are one of very many ways to part the entries."""
    fewer = min(one.sum(), other.sum(), 8)  # more would only make a large number larger
    return math.comb(int(one.sum() + other.sum()), int(fewer)) >= among


def _parts(one: np.ndarray, other: np.ndarray) -> bool:
    """Return True if two parts are large enough to tell which is which."""
    return bool(min(one.sum(), other.sum()) >= ENOUGH and one.sum() + other.sum() >= SIDES)


def _there(it: Comparison, part: np.ndarray) -> str:
    """Return words for the entries of a part if they are something simple, "" otherwise."""
    if (it.got[part] == 0).all():
        return "yours is 0"
    k = it.got[part].flat[0] / it.want[part].flat[0] if it.want[part].flat[0] else 0.0
    given = it.given | {
        name: np.broadcast_to(array, it.got.shape)[part]
        for name, array in it.arrays.items()
        if fits(array.shape, it.got.shape)
    }
    rounding = np.broadcast_to(it.rounding, it.got.shape)[part]
    there = replace(it, got=it.got[part], want=it.want[part], rounding=rounding, wrong=it.wrong[part], given=given)
    if found := next((text for describer in (sign, argument) for text in describer(there)), ""):
        return found
    if k and there.explained_by(k * there.want, free=1):
        return f"yours is {short(k)} times the right one"
    return next(function_of_truth(there), "")
