"""Describers of an amount: the same thing is wrong with every entry.

Each yields the sentences that explain a comparison; see `DESCRIBERS`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..compare import short
from ..name_numbers import name_and_tier, name_of
from .answer import ENOUGH, EXACT, SMALL, TELLING, Comparison, factor_of

# ------------------------------------------------------------------------------------- one thing, everywhere


def one_number(it: Comparison) -> Iterator[str]:
    """Describe an answer in which every entry is the same number, where the right ones differ."""
    if it.got.size >= ENOUGH and np.ptp(it.want) > 0:
        if np.isnan(it.got).all():
            yield "every entry is nan"
        elif (it.got == it.got.flat[0]).all():
            yield f"every entry is {short(it.got.flat[0])}"


def sign(it: Comparison) -> Iterator[str]:
    """Describe an answer with the wrong sign."""
    telling = (np.abs(it.want) > TELLING * np.asarray(it.rounding)).any()
    if (telling and np.array_equal(it.got, -it.want)) or it.explained_by(-it.want):
        yield "the sign is flipped" + (f", in {it.every}" if it.every.startswith("every") else "")


def argument(it: Comparison) -> Iterator[str]:
    """Describe an answer that is one of the arguments."""
    for name, array in it.arrays.items():
        if it.explained_by(array):
            yield f"it is the argument `{name}`, unchanged"
        elif it.explained_by(-array):
            yield f"it is minus the argument `{name}`"


def nearby(it: Comparison) -> Iterator[str]:
    """Describe an answer that is right for another question, such as the step before."""
    for name, array in it.nearby.items():
        if it.explained_by(array):
            yield f"it is {name}: is something one step early or late?"


# ------------------------------------------------------------------------------------------ factors and offsets

CONSTANT = 4  # a factor up to this may be a number that somebody wrote, even if a size has the same value
SIZE_HINTS = {  # by whether the answer is too small
    False: ": are a sum and a mean mixed up, or is a division left out?",
    True: ": is it divided once too often?",
}


def known_factor(it: Comparison) -> Iterator[str]:
    """Describe an answer that is wrong by a factor with a name."""
    yield from _factor(it, known=True)


def any_factor(it: Comparison) -> Iterator[str]:
    """Describe an answer that is wrong by some factor."""
    yield from _factor(it, known=False)


def _factor(it: Comparison, known: bool) -> Iterator[str]:
    """Yield the sentence if one factor explains all entries, and has a name (`known`) or has none."""
    k = factor_of(it.got, it.want)
    if k == 0 or not it.explained_by(k * it.want, free=0 if known else 1):
        return
    flipped = " and has the wrong sign" if k < 0 else ""
    # Said as the factor or as the divisor: the one that has a name, the simpler name if both have, the larger number if none has.
    (up, up_tier), (down, down_tier) = name_and_tier(abs(k), it.given), name_and_tier(1 / abs(k), it.given)
    divided = (bool(down), -down_tier) > (bool(up), -up_tier) if up or down else abs(k) < 1
    number, name = (1 / abs(k), down) if divided else (abs(k), up)
    if bool(name) != known:
        return
    is_name = f", and {short(number)} is {name}" if name and name != short(number) else ""
    if number > 1:
        hint = SIZE_HINTS[divided] if name and min(up_tier, down_tier) == 0 and number > CONSTANT else ""
        yield f"{it.every} is {short(number)} times too {'small' if divided else 'large'}{flipped}{is_name}{hint}"
    else:
        what = "divided by" if divided else "times"
        yield f"{it.every} is the right one {what} {short(number)}{flipped}{is_name}"


def known_offset(it: Comparison) -> Iterator[str]:
    """Describe an answer that is wrong by an offset with a name."""
    yield from _offset(it, known=True)


def any_offset(it: Comparison) -> Iterator[str]:
    """Describe an answer that is wrong by some offset."""
    yield from _offset(it, known=False)


def _offset(it: Comparison, known: bool) -> Iterator[str]:
    """Yield the sentence if one offset explains all entries, and has a name (`known`) or has none."""
    d = float(np.median(it.got - it.want))
    if abs(d) <= SMALL * np.abs(it.want).max() or not it.explained_by(it.want + d, free=0 if known else 1):
        return
    name = "1" if np.isclose(abs(d), 1, rtol=EXACT) else name_of(abs(d), it.given)
    said = f"{it.every} is {short(abs(d))} too {'large' if d > 0 else 'small'}"
    if bool(name) == known:
        yield f"{said}, and {short(abs(d))} is {name}" if name and name != short(abs(d)) else said


# ---------------------------------------------------------------------------------- a function of the right answer


def function_of_truth(it: Comparison) -> Iterator[str]:
    """Describe an answer that is a simple function of the right one, or is the right one clipped."""
    want = it.want
    for guess, sentence in (
        (np.abs(want), "it is the absolute value of the right answer"),
        (1 - want, "it is 1 minus the right answer"),
        (want**2, "it is the square of the right answer: is a root left out?"),
        (np.sqrt(want), "it is the square root of the right answer"),
        (1 / want, "it is 1 divided by the right answer"),
        (np.exp(want), "it is exp of the right answer: is a logarithm left out?"),
        (np.log(want), "it is the logarithm of the right answer"),
    ):
        if it.explained_by(guess):
            yield sentence
    low, high = float(it.got.min()), float(it.got.max())
    below, above = int((want < low).sum()), int((want > high).sum())
    kept = (want >= low) & (want <= high) & (np.abs(want) > TELLING * np.asarray(it.rounding))
    cut = below + above >= ENOUGH and all(count == 0 or count >= ENOUGH for count in (below, above))
    if kept.sum() >= ENOUGH and cut and it.explained_by(np.clip(want, low, high)):
        cuts = [f"what is below {short(low)} is cut to {short(low)}"] * (below > 0) + [
            f"what is above {short(high)} is cut to {short(high)}"
        ] * (above > 0)
        yield f"right, but {' and '.join(cuts)}"
