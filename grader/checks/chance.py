"""`statistical`: a claim about random numbers, judged by an exact test whose probability of a false alarm is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..result import Wrong
from ..signature import Declared
from ..topic import Cases
from .trial import Check, Trial, as_functions

FALSE_ALARM = 1e-9  # probability that a right program is called wrong, for each case of each row
SEEN = 0.9  # the power at which a deviation is called visible


@dataclass(frozen=True)
class Count:
    """`successes` of `draws` independent events, each of which should have probability `rate`; `what` says what was counted
    ("entries kept")."""

    successes: int
    draws: int
    rate: float
    what: str


class statistical(Check):
    """`count(trial, case)` counts independent events in the submission's answers, as a `Count` (or a list of them), and the
    counts are what a binomial distribution gives: an exact two-sided test, false with probability `false_alarm`.

    It may also return a sentence that says what is wrong, or raise Wrong. `asks` names the functions that it calls.
    """

    def __init__(
        self,
        count: Callable[[Trial, dict[str, Any]], Count | list[Count] | str],
        *asks: Declared,
        on: Cases | None = None,
        false_alarm: float = FALSE_ALARM,
    ) -> None:
        assert false_alarm <= FALSE_ALARM, f"a false alarm in {1 / false_alarm:.0f} right answers is too many"
        self.count, self.functions, self.generator, self.false_alarm = count, as_functions(asks), on, false_alarm

    def __call__(self, trial: Trial) -> None:
        for where, counts in self._counts(trial):
            for c in counts:
                low, high = trial.learn(lambda c=c: acceptance(c.draws, c.rate, self.false_alarm))  # type: ignore[misc]
                if not low <= c.successes <= high:
                    raise Wrong(where, _sentence(c, low, high, self.false_alarm), c.successes / c.draws)

    def power(self, trial: Trial) -> list[str]:
        """How wrong each rate must be to be seen, one sentence a count: for the author, from a trial of the solution."""
        return [
            f"{where}: {c.what} at a rate off {c.rate:.4g} by {smallest_seen(c, self.false_alarm):.2g} are seen "
            f"with probability {SEEN:g} ({c.draws:,} draws, false alarm {self.false_alarm:g})"
            for where, counts in self._counts(trial)
            for c in counts
        ]

    def _counts(self, trial: Trial) -> Iterator[tuple[str, list[Count]]]:
        for name, case in trial.cases(self.generator):
            where = f"{', '.join(f.name for f in self.functions)} on {name}"
            counted = self.count(trial, case)
            if isinstance(counted, str):
                raise Wrong(where, counted)
            yield where, [counted] if isinstance(counted, Count) else counted


def acceptance(draws: int, rate: float, false_alarm: float) -> tuple[int, int]:
    """The counts that an exact two-sided binomial test accepts: each tail beyond them has at most half of `false_alarm`."""
    from scipy.stats import binom

    low = int(binom.ppf(false_alarm / 2, draws, rate))
    high = int(binom.isf(false_alarm / 2, draws, rate))
    return low, high


def smallest_seen(c: Count, false_alarm: float) -> float:
    """The smallest deviation of the true rate, upwards or downwards, that the test sees with probability `SEEN`."""
    from scipy.optimize import brentq
    from scipy.stats import binom

    low, high = acceptance(c.draws, c.rate, false_alarm)

    def missing(true: float) -> float:
        return float(SEEN - binom.cdf(low - 1, c.draws, true) - binom.sf(high, c.draws, true))

    return min(
        (abs(brentq(missing, c.rate, end, xtol=1e-12) - c.rate) for end in (0.0, 1.0) if missing(end) < 0),
        default=float("inf"),
    )


def _sentence(c: Count, low: int, high: int, false_alarm: float) -> str:
    share, least, most = c.successes / c.draws, low / c.draws, high / c.draws
    return (
        f"{c.successes:,} of {c.draws:,} {c.what} ({share:.5g}), expected {c.rate:.5g} "
        f"(chance alone gives {least:.5g} to {most:.5g}, but for one time in {1 / false_alarm:,.0f})"
    )
