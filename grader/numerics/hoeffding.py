"""How far the mean of independent bounded values strays by chance: a bound that holds for every law.

Of n independent values with a given mean that are at most b above it, and whose variances are at most σ², the mean is t or more
too large with a probability of at most

    exp(−n h(t)),    h(t) = x log(1 + bt/σ²) + (1 − x) log(1 − t/b),    x = (bt + σ²) / (b² + σ²)

(W. Hoeffding, Probability Inequalities for Sums of Bounded Random Variables, JASA 58 (1963) 13-30, Theorem 3). The bounds of
Bennett and Bernstein are larger.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def exponent(t: float, b: float, variance: float) -> float:
    """Return h(t), for t up to b: 0 for t that is not positive, infinite if there is no variance."""
    if t <= 0 or variance == 0:
        return 0.0 if t <= 0 else math.inf
    x = (b * t + variance) / (b**2 + variance)
    return x * math.log1p(b * t / variance) + ((1 - x) * math.log1p(-t / b) if t < b else 0.0)


def exceeded(probability: float, n: int, b: float, variance: float) -> float:
    """Return the least t that the mean exceeds with at most that probability, by the bound; b if the bound has none below."""
    return first(lambda t: exponent(t, b, variance) >= -math.log(probability) / n, 0.0, b)


def first(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return, by bisection, where something begins to hold that then holds for all larger numbers; `high` if nowhere below."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
