"""A statistic of random answers, whose law is known where they are right: what chance alone gives, and what is seen beside it."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass
from typing import Any, ClassVar

from ..errors import Evidence, Wrong

SIGMAS = 6.0  # two programs with one fault differ by more standard deviations with probability 2e-9
SEEN = 0.9  # the power at which a deviation is called visible


class Statistic(abc.ABC):
    """A number made of `draws` random answers. `what` says of what ("entries kept").

    Its law in a right program must not depend on the answers, nor must the number of draws: a record holds what chance gives
    for them.
    """

    draws: int
    what: str
    quantity: ClassVar[str]
    """The quantity of which the statistic is an estimate, with its article: "a rate"."""
    titles: ClassVar[tuple[str, ...]]
    """What stands above `what` and, where the quantity is a number, above `expected` in a table of powers."""

    @property
    @abc.abstractmethod
    def law(self) -> tuple[float, ...]:
        """The number of draws, and every parameter that the limits depend on."""

    @property
    @abc.abstractmethod
    def observed(self) -> float:
        """The number that the limits are put to."""

    @property
    def expected(self) -> tuple[float, ...]:
        """The right value of the quantity, where it is a number."""
        return ()

    def impossible(self) -> str:
        """Return a sentence about an answer that no right program gives, whatever chance does; "" without any."""
        return ""

    @abc.abstractmethod
    def acceptance(self, false_alarm: float) -> tuple[float, float]:
        """Return the least and the largest number that is accepted: a right program is outside with at most that probability."""

    @abc.abstractmethod
    def smallest_seen(self, false_alarm: float) -> float:
        """Return the smallest deviation of the quantity that is detected with probability `SEEN`, in the direction that is
        harder to detect.

        If the quantity can be so far off in one direction only, it is that of this direction; infinite if in neither.
        """

    @abc.abstractmethod
    def wrong(self, where: str, low: float, high: float, false_alarm: float) -> Wrong:
        """Return the error of a number outside the limits `low` and `high`."""


@dataclass(frozen=True)
class Count(Statistic):
    """`successes` of `draws` independent events, each of which should have probability `rate`; `what` says what was counted
    ("entries are kept"), and `because` what else is true of the answers, for a reader of a count that is wrong.

    The test is the exact two-sided binomial one. `draws` and `rate` must not depend on the answers: a record holds what
    chance gives for them.
    """

    successes: int
    draws: int
    rate: float
    what: str
    because: str = ""

    quantity = "a rate"
    titles = ("counted", "rate")

    @property
    def law(self) -> tuple[float, ...]:
        return self.draws, self.rate

    @property
    def observed(self) -> float:
        return self.successes

    @property
    def expected(self) -> tuple[float, ...]:
        return (self.rate,)

    def acceptance(self, false_alarm: float) -> tuple[int, int]:
        """Return the counts that are accepted: each tail beyond them has at most half of `false_alarm`."""
        from scipy.stats import binom

        low = int(binom.ppf(false_alarm / 2, self.draws, self.rate))
        high = int(binom.isf(false_alarm / 2, self.draws, self.rate))
        return low, high

    def smallest_seen(self, false_alarm: float) -> float:
        from scipy.optimize import brentq
        from scipy.stats import binom

        low, high = self.acceptance(false_alarm)

        def missing(true: float) -> float:
            return float(SEEN - binom.cdf(low - 1, self.draws, true) - binom.sf(high, self.draws, true))

        return max(
            (abs(brentq(missing, self.rate, end, xtol=1e-12) - self.rate) for end in (0.0, 1.0) if missing(end) < 0),
            default=float("inf"),
        )

    def wrong(self, where: str, low: float, high: float, false_alarm: float) -> Wrong:
        share = self.successes / self.draws
        between = but_for_chance(f"{low / self.draws:.5g} to {high / self.draws:.5g}", false_alarm)
        sentence = (
            f"{self.successes:,} of {self.draws:,} {self.what} ({share:.5g}), expected {self.rate:.5g} ({between})"
        )
        inside = min(max(share, 0.0), 1.0)
        details = {"got": share, "expected": self.rate, "draws": self.draws}
        return by_chance(where, sentence, share, math.sqrt(inside * (1 - inside) / self.draws), details, self.because)


def but_for_chance(limits: str, false_alarm: float) -> str:
    """Return the words for what chance alone gives."""
    return f"chance alone gives {limits}, but for one time in {1 / false_alarm:,.0f}"


def by_chance(
    where: str, sentence: str, answer: Any, error: float, details: dict[str, Any], because: str = ""
) -> Wrong:
    """Return the error about an `answer` whose standard error is `error`: so a known mistake is found in another draw."""
    return Wrong.of(
        Evidence(where, sentence, answer, "chance", details, SIGMAS * math.sqrt(2) * error, because=because)
    )
