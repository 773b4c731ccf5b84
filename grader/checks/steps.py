"""Rules by which a wrong step of gradient descent may move a parameter, and the one that explains a first step.

right:  p - lr · g
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..numerics.describe.answer import has_digits, with_digits

CLOSE = 1e-9  # of the largest movement
ROUNDING = 1e-13  # of the largest entry
TELLING = 1e6  # a movement this many times larger than its rounding can refute a rule


@dataclass(frozen=True)
class Rule:
    """How a step moves a parameter `p` along its gradient `g`, the mean over so many rows, beside another parameter. `words` are
    about `{p}`; `free` says that a number may be added to all entries, `round` that the movement may be a round number."""

    move: Callable[[np.ndarray, np.ndarray, float, int, np.ndarray], np.ndarray]
    words: str
    free: bool = False
    round: bool = False


RIGHT = Rule(lambda p, g, lr, rows, other: p - lr * g, "")
RULES = (
    Rule(lambda p, g, lr, rows, other: p, "nothing moves {p}", round=True),
    Rule(
        lambda p, g, lr, rows, other: p + lr * g,
        "the steps of {p} go uphill: lr times the right gradient is added, not subtracted",
    ),
    Rule(
        lambda p, g, lr, rows, other: lr * g - p,
        "a step of {p} makes lr times the right gradient minus {p}: the wrong way round",
    ),
    Rule(
        lambda p, g, lr, rows, other: -lr * g,
        "the steps forget where {p} was: they make minus lr times the right gradient",
    ),
    Rule(lambda p, g, lr, rows, other: p - g, "the steps of {p} subtract the whole right gradient, not lr times it"),
    Rule(
        lambda p, g, lr, rows, other: p - lr,
        "the steps of {p} subtract lr from every entry, whatever the gradient",
        round=True,
    ),
    Rule(
        lambda p, g, lr, rows, other: p - lr / g,
        "the steps of {p} subtract lr divided by the right gradient, not times it",
    ),
    Rule(
        lambda p, g, lr, rows, other: p - lr * g * rows,
        "the steps of {p} are along the sum over the batch, not the mean",
    ),
    Rule(
        lambda p, g, lr, rows, other: p - lr * g / rows,
        "the steps of {p} are divided by the size of the batch once too often",
    ),
    Rule(lambda p, g, lr, rows, other: other - lr * g, "the steps of {p} begin at another parameter, not at {p}"),
    Rule(
        lambda p, g, lr, rows, other: p,
        "the steps of {p} add one and the same number to all its entries",
        free=True,
        round=True,
    ),
    Rule(
        lambda p, g, lr, rows, other: -lr * g,
        "the steps forget where {p} was: they make one number, the same in all entries, minus lr times the right gradient",
        free=True,
    ),
)


def agrees(start: np.ndarray, got: np.ndarray, guess: np.ndarray, free: bool = False) -> bool:
    """Return True if a step or more lead from `start` to a guess in nine digits of the movement, which is not lost in rounding; if
    `free`, but for a number that is added to all entries."""
    if guess.shape != got.shape or not np.isfinite(guess).all():
        return False
    if np.array_equal(got, start):
        return np.array_equal(got, guess)
    far, rounding = np.abs(got - start).max(), ROUNDING * np.abs(got).max()
    away = got - guess - (np.mean(got - guess) if free else 0.0)
    return bool(far > TELLING * rounding and np.abs(away).max() <= CLOSE * far + rounding)


def explain_step(
    start: Mapping[str, np.ndarray],
    got: Mapping[str, np.ndarray],
    want: Mapping[str, np.ndarray],
    wrong: Sequence[str],
    lr: float,
) -> str:
    """Return what the first step does to the parameters that are `wrong` after it, beside those that it moves rightly; "" if none
    of the rules explains that, and all are wrong."""
    right = [name for name in got if name not in wrong]
    rest = f"; the steps of {quoted(right)} are right" if right else ""
    with np.errstate(all="ignore"):
        for rule in RULES:
            if all(_follows(rule, start[name], got[name], want[name], lr) for name in wrong):
                return rule.words.format(p=quoted(wrong)) + rest
    swapped = any(
        a != b and got[a].shape == want[b].shape and np.allclose(got[a], want[b], rtol=CLOSE, atol=0)
        for a in wrong
        for b in want
    )
    return (
        f"after one step {quoted(right)} {are(right)} right, and {quoted(wrong)} {are(wrong)} not"
        if right and not swapped
        else ""
    )


def _follows(rule: Rule, start: np.ndarray, got: np.ndarray, want: np.ndarray, lr: float) -> bool:
    guess = rule.move(start, (start - want) / lr, lr, 1, np.full(start.shape, np.nan))
    moved = with_digits(got - start).any() or rule.round
    enough = moved and (
        start.size > 2 if rule.free else start.size > 1 or has_digits(got.item()) or has_digits(want.item())
    )
    return bool(enough and agrees(start, got, guess, rule.free) and not agrees(start, got, want))


def are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def quoted(names: Sequence[str]) -> str:
    return listed([f"`{name}`" for name in names])


def listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " * (len(names) > 1) + names[-1]
