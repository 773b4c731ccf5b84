"""Statistics of a sample of independent real numbers: its mean, its variance, its distribution."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np

from ..errors import TopicError, Wrong
from ..numerics import hoeffding
from ..numerics.compare import MAX_DIGITS, short
from ..numerics.name_numbers import name_of
from .statistic import SEEN, Statistic, but_for_chance, by_chance

HUGE = 1e150  # the square of a larger number may be infinite
MOST_SHARES = 2_001  # that are looked at for the one that varies most: near the largest they hardly differ


@dataclass(frozen=True, eq=False)
class Sample(Statistic):
    """Independent `values`, an array of a size that does not depend on the answers."""

    values: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", np.asarray(self.values, float).ravel())
        if self.values.size < 2:
            raise TopicError(f"{type(self).__name__} of {self.what}: two values at least, not {self.values.size}")

    @property
    def draws(self) -> int:  # type: ignore[override]
        return self.values.size

    def impossible(self) -> str:
        if (np.abs(self.values) < HUGE).all():
            return ""
        return f"not all of the {self.draws:,} {self.what} are finite, and smaller than {HUGE:g}"

    @property
    def law(self) -> tuple[float, ...]:
        return self.values.size, *self.expected

    def _require_positive(self, name: str, value: float) -> None:
        if not 0 < value < math.inf:
            raise TopicError(f"{type(self).__name__}({name}={value:g}): positive and finite")


@dataclass(frozen=True, eq=False)
class Mean(Sample):
    """The mean of independent `values`, each of which should have the mean `mean` and the standard deviation `deviation`.

    Without `within` they should be normal, and the test is the exact z-test. With `within=(low, high)` they may have any law on
    that interval whose deviation is at most `deviation` (left out: as large as it can be there); the probability of each tail
    is bounded by Theorem 3 of Hoeffding (1963), which is sharper than Bernstein's inequality. A constant may have the right mean,
    too: claim a variance beside it.
    """

    mean: float
    what: str
    _: KW_ONLY
    deviation: float | None = None
    within: tuple[float, float] | None = None

    quantity = "a mean"
    titles = ("mean of", "mean")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.deviation is None and self.within is None:
            raise TopicError(
                f"Mean of {self.what}: give their deviation, or the interval that they lie `within`, or both"
            )
        if self.deviation is not None:
            self._require_positive("deviation", self.deviation)
        if self.within is not None and not -math.inf < self.within[0] < self.mean < self.within[1] < math.inf:
            raise TopicError(f"Mean of {self.what}: {self.mean:g} is not inside of {self.within}")

    def impossible(self) -> str:
        low, high = self.within or (-math.inf, math.inf)
        if not (said := super().impossible()) and not ((low <= self.values) & (self.values <= high)).all():
            return f"not all of the {self.draws:,} {self.what} lie between {low:g} and {high:g}"
        return said

    @property
    def law(self) -> tuple[float, ...]:
        return self.values.size, self.mean, self.deviation or math.inf, *(self.within or ())

    @property
    def observed(self) -> float:
        return float(self.values.mean())

    @property
    def expected(self) -> tuple[float, ...]:
        return (self.mean,)

    def acceptance(self, false_alarm: float) -> tuple[float, float]:
        if self.within is None:
            reach = self._normal_error() * -NormalDist().inv_cdf(false_alarm / 2)
            return self.mean - reach, self.mean + reach
        variance = self._variance(self.mean)
        below, above = (
            hoeffding.exceeded(false_alarm / 2, self.draws, abs(end - self.mean), variance) for end in self.within
        )
        return self.mean - below, self.mean + above

    def smallest_seen(self, false_alarm: float) -> float:
        if self.within is None:
            quantiles = -NormalDist().inv_cdf(false_alarm / 2) + NormalDist().inv_cdf(SEEN)
            return self._normal_error() * quantiles
        limits = self.acceptance(false_alarm)
        offs = [self._seen_beyond(limit, end) for limit, end in zip(limits, self.within, strict=True)]
        return max((off for off in offs if off is not None), default=math.inf)

    def _normal_error(self) -> float:
        assert self.deviation is not None
        return self.deviation / math.sqrt(self.draws)

    def wrong(self, where: str, low: float, high: float, false_alarm: float) -> Wrong:
        got, right, least, most = _digits(self.observed, self.mean, low, high)
        between = but_for_chance(f"{least} to {most}", false_alarm)
        sentence = f"the mean of {self.draws:,} {self.what} is {got}, expected {right} ({between})"
        details = {"got": self.observed, "expected": self.mean, "draws": self.draws}
        return by_chance(where, sentence, self.observed, self.values.std() / math.sqrt(self.draws), details)

    def _variance(self, mean: float) -> float:
        """Return the largest variance of a law of that mean: no law within has more than (high − mean)(mean − low)."""
        assert self.within is not None
        most = max((self.within[1] - mean) * (mean - self.within[0]), 0.0)
        return most if self.deviation is None else min(self.deviation**2, most)

    def _seen_beyond(self, limit: float, end: float) -> float | None:
        """Return the smallest shift of the true mean towards `end` with which the mean of values is beyond the limit with
        probability `SEEN` at least, whatever the law within; None if the limit is the end itself."""
        sign, (low, high) = math.copysign(1.0, end - self.mean), self.within or (0.0, 0.0)
        other, enough = (low if sign > 0 else high), -math.log(1 - SEEN) / self.draws

        def seen(off: float) -> bool:
            true = self.mean + sign * off
            return hoeffding.exponent(sign * (true - limit), abs(true - other), self._variance(true)) >= enough

        least, most = abs(limit - self.mean), abs(end - self.mean)
        return hoeffding.first(seen, least, most) if least < most else None


@dataclass(frozen=True, eq=False)
class Variance(Sample):
    """The variance of independent normal `values`, about their own mean, which should be `variance`.

    (n − 1) times their variance (divided by n − 1) over the right one is χ² with n − 1 degrees of freedom: an exact test of
    two sides, whatever their mean. For values that are not normal it is none.
    """

    variance: float
    what: str

    quantity = "a variance"
    titles = ("variance of", "variance")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require_positive("variance", self.variance)

    @property
    def observed(self) -> float:
        return float(self.values.var(ddof=1))

    @property
    def expected(self) -> tuple[float, ...]:
        return (self.variance,)

    def acceptance(self, false_alarm: float) -> tuple[float, float]:
        low, high = self._quantiles(false_alarm)
        return self.variance * low / (self.draws - 1), self.variance * high / (self.draws - 1)

    def _quantiles(self, false_alarm: float) -> tuple[float, float]:
        from scipy.stats import chi2

        return float(chi2.ppf(false_alarm / 2, self.draws - 1)), float(chi2.isf(false_alarm / 2, self.draws - 1))

    def smallest_seen(self, false_alarm: float) -> float:
        from scipy.optimize import brentq
        from scipy.stats import chi2

        low, high = self._quantiles(false_alarm)

        def missing(log_ratio: float) -> float:
            ratio = math.exp(log_ratio)
            return float(SEEN - chi2.cdf(low / ratio, self.draws - 1) - chi2.sf(high / ratio, self.draws - 1))

        ratios = [math.exp(brentq(missing, 0.0, end, xtol=1e-12)) for end in (-200.0, 200.0)]
        return self.variance * max(abs(ratio - 1) for ratio in ratios)

    def wrong(self, where: str, low: float, high: float, false_alarm: float) -> Wrong:
        got, right, least, most = _digits(self.observed, self.variance, low, high)
        between = but_for_chance(f"{least} to {most}", false_alarm)
        sentence = f"the variance of {self.draws:,} {self.what} is {got}, expected {right} ({between})"
        squares = (self.values - self.values.mean()) ** 2
        details = {"got": self.observed, "expected": self.variance, "draws": self.draws}
        return by_chance(where, sentence, self.observed, squares.std() / math.sqrt(self.draws), details)


@dataclass(frozen=True, eq=False)
class Distribution(Sample):
    """The distribution of independent `values`: the share of them up to each x should be cdf(x), but for chance.

    `cdf` takes and returns an array, and is continuous: chance makes no two values equal. It is asked on students' machines,
    too, which have no scipy: `np.vectorize(statistics.NormalDist(0, 0.1).cdf)`. The test is that of Kolmogorov and Smirnov, with
    the inequality of Dvoretzky, Kiefer and Wolfowitz for its tail,

        P(sup |share up to x − cdf(x)| > d) ≤ 2 exp(−2 n d²)

    with the constant of P. Massart (The Tight Constant in the DKW Inequality, Annals of Probability 18 (1990) 1269-1283).
    """

    cdf: Callable[[np.ndarray], np.ndarray]
    what: str

    quantity = "a share"
    titles = ("distribution of",)

    def __post_init__(self) -> None:
        super().__post_init__()
        below = np.zeros(self.draws) if self.impossible() else self._right
        if below.shape != self.values.shape or not ((below >= 0) & (below <= 1)).all():
            raise TopicError(f"Distribution of {self.what}: cdf must return as many numbers as it takes, from 0 to 1")

    @cached_property
    def _right(self) -> np.ndarray:
        """The right share up to each value, in order of the values."""
        return np.asarray(self.cdf(np.sort(self.values)), float)

    @cached_property
    def _distances(self) -> np.ndarray:
        """How far the share up to each value is above the right one, and the share of smaller values below it."""
        shares = np.arange(self.draws + 1) / self.draws
        return np.array([shares[1:] - self._right, self._right - shares[:-1]])

    @property
    def observed(self) -> float:
        return float(self._distances.max())

    def acceptance(self, false_alarm: float) -> tuple[float, float]:
        return 0.0, math.sqrt(math.log(2 / false_alarm) / (2 * self.draws))

    def smallest_seen(self, false_alarm: float) -> float:
        """Return how far off a share up to some x must be, at least, for that x alone to be enough, wherever it lies.

        The share of k of n values misses a true share p by more than p − k/n with probability 1 − `SEEN` at most, if p is the
        upper limit of Clopper and Pearson (1934).
        """
        from scipy.stats import beta

        n = self.draws
        k = np.unique(np.linspace(0, n - 1, MOST_SHARES).round())
        off = self.acceptance(false_alarm)[1] + float((beta.ppf(SEEN, k + 1, n - k) - k / n).max())
        return off if off < 1 else math.inf

    def wrong(self, where: str, low: float, high: float, false_alarm: float) -> Wrong:
        side, i = np.unravel_index(np.argmax(self._distances), self._distances.shape)
        right, got = float(self._right[i]), float(i + 1 - side) / self.draws
        between = but_for_chance(f"{max(right - high, 0):.5g} to {min(right + high, 1):.5g}", false_alarm)
        up_to = f"{'less than' if side else 'at most'} {np.sort(self.values)[i]:.5g}"
        sentence = f"of {self.draws:,} {self.what} a share of {got:.5g} is {up_to}, expected {right:.5g} ({between})"
        tenths = np.searchsorted(self._right, np.arange(1, 10) / 10, side="right") / self.draws
        details = {"got": got, "expected": right, "draws": self.draws}
        return by_chance(where, sentence, tenths, math.sqrt(0.25 / self.draws), details)


def measured_as(
    what: str, values: np.ndarray, mean: float, deviation: float, given: Mapping[str, float] | None = None
) -> str:
    """Return what `values` are in words, for `because`: one number, which may have a name in what is `given`, or else their
    mean and deviation beside the right ones; "" where not all are finite."""
    first = float(values.flat[0])
    if np.isnan(values).all():
        return f"every entry of {what} is nan"
    if (values == first).all():
        name = name_of(abs(first), given or {}) if first not in (0, 1) else None
        return f"every entry of {what} is {short(first)}" + (f", and {short(abs(first))} is {name}" if name else "")
    if not np.isfinite(values).all():
        return ""
    found = f"mean {values.mean():.3g} and standard deviation {values.std():.3g}"
    return f"the entries of {what} have {found}, expected {mean:g} and {deviation:g}"


def _digits(*numbers: float) -> list[str]:
    """Return a number, the right one and two limits, with three digits of the distance of the limits, and 5 at least."""
    *_, low, high = numbers
    lost = math.log10(max(abs(low), abs(high)) / (high - low)) if high > low else 0.0
    digits = min(max(5, 3 + math.ceil(lost)), MAX_DIGITS)
    return [f"{number:.{digits}g}" for number in numbers]
