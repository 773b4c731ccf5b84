"""`statistical`: a claim about random numbers, judged by an exact test whose probability of a false alarm is declared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import Evidence, GraderError, TopicError, Wrong
from ..topics.asking import Asking, asking, targets_asked
from ..topics.cases import Arguments, Cases, authors_code, code_name, place
from ..topics.signature import Declared, Layer
from ..topics.targets import Target
from ..topics.trial import Check, Trial, on_case

FALSE_ALARM = 1e-9  # probability that a right program is called wrong, for each count of each case
SIGMAS = 6.0  # two programs with one fault differ by more standard deviations with probability 2e-9
SEEN = 0.9  # the power at which a deviation is called visible


@dataclass(frozen=True)
class Count:
    """`successes` of `draws` independent events, each of which should have probability `rate`; `what` says what was counted
    ("entries kept"). `draws` and `rate` must not depend on the answers: a record holds what chance gives for them."""

    successes: int
    draws: int
    rate: float
    what: str


@dataclass(frozen=True)
class Power:
    """The power of one count: the smallest deviation `off` from the expected rate that is detected with probability `SEEN`,
    in the direction that is harder to detect."""

    case: str
    count: Count
    off: float
    false_alarm: float


class statistical(Check):
    """`count(trial, case)` counts independent events in the submission's answers, as a `Count` (or a list of them), and the
    counts are what a binomial distribution gives: an exact two-sided test, false with probability `false_alarm`.

    It may also return a sentence that says what is wrong, or raise Wrong. `asks` names what it asks: functions, layers (their
    forward), classes, scripts.
    """

    def __init__(
        self,
        count: Callable[[Trial, dict[str, Any]], Count | list[Count] | str],
        *asks: Declared | Asking,
        on: Cases | None = None,
        false_alarm: float = FALSE_ALARM,
    ) -> None:
        if not 0 < false_alarm <= FALSE_ALARM:
            raise TopicError(
                f"statistical(false_alarm={false_alarm:g}): at most {FALSE_ALARM:g}, once in 10⁹ right answers"
            )
        self.functions = tuple(target for item in asks for target in _asked(item))
        self.count, self.generator, self.false_alarm = count, on, false_alarm

    def __call__(self, trial: Trial) -> None:
        for name, counts in self._counts(trial):
            for c in counts:
                low, high = self._accepted(trial, c)
                if not low <= c.successes <= high:
                    raise _wrong(self._where(name), c, low, high, self.false_alarm)

    def power(self, trial: Trial) -> list[Power]:
        """Return, for the author, how wrong the rate of each count must be to be seen; from a trial of the solution."""
        return [
            Power(name, c, smallest_seen(c, self.false_alarm), self.false_alarm)
            for name, counts in self._counts(trial)
            for c in counts
        ]

    def _counts(self, trial: Trial) -> Iterator[tuple[str, list[Count]]]:
        for name, case in trial.cases(self.generator):
            try:
                with authors_code(self.count, name):
                    counted = self.count(trial, Arguments(case))
            except Wrong as wrong:
                raise on_case(wrong, name) from None
            if isinstance(counted, str):
                raise Wrong(self._where(name), counted)
            counts = [counted] if isinstance(counted, Count) else counted
            if not isinstance(counts, list) or not counts or not all(isinstance(c, Count) for c in counts):
                sentence = (
                    f"{code_name(self.count)} returned {repr(counted)[:60]}, expected a Count, several, or a sentence"
                )
                raise TopicError(sentence, place(self.count))
            yield name, counts

    def _where(self, case: str) -> str:
        return f"{', '.join(f.name for f in self.functions)} on {case}"

    def _accepted(self, trial: Trial, c: Count) -> tuple[int, int]:
        draws, rate, low, high = trial.computed(
            lambda: (c.draws, c.rate, *acceptance(c.draws, c.rate, self.false_alarm))
        )
        if (draws, rate) != (c.draws, c.rate):
            raise GraderError(
                f"{c.draws:,} {c.what}: on record is another number ({draws:,}), so only grading can judge this"
            )
        return low, high


def _asked(item: Declared | Asking) -> tuple[Target, ...]:
    """Return a layer's forward alone: nothing is counted behind its backward."""
    return asking(item).targets if isinstance(item, type) and issubclass(item, Layer) else targets_asked(item)


def acceptance(draws: int, rate: float, false_alarm: float) -> tuple[int, int]:
    """Return the counts that an exact two-sided binomial test accepts: each tail beyond them has at most half of `false_alarm`."""
    from scipy.stats import binom

    low = int(binom.ppf(false_alarm / 2, draws, rate))
    high = int(binom.isf(false_alarm / 2, draws, rate))
    return low, high


def smallest_seen(c: Count, false_alarm: float) -> float:
    """Return the smallest deviation of the true rate that the test detects with probability `SEEN`, upwards or downwards.

    If only one side has rates that are so far off, it is that of this side; it is infinite if neither has.
    """
    from scipy.optimize import brentq
    from scipy.stats import binom

    low, high = acceptance(c.draws, c.rate, false_alarm)

    def missing(true: float) -> float:
        return float(SEEN - binom.cdf(low - 1, c.draws, true) - binom.sf(high, c.draws, true))

    return max(
        (abs(brentq(missing, c.rate, end, xtol=1e-12) - c.rate) for end in (0.0, 1.0) if missing(end) < 0),
        default=float("inf"),
    )


def _wrong(where: str, c: Count, low: int, high: int, false_alarm: float) -> Wrong:
    share, least, most = c.successes / c.draws, low / c.draws, high / c.draws
    sentence = (
        f"{c.successes:,} of {c.draws:,} {c.what} ({share:.5g}), expected {c.rate:.5g} "
        f"(chance alone gives {least:.5g} to {most:.5g}, but for one time in {1 / false_alarm:,.0f})"
    )
    inside = min(max(share, 0.0), 1.0)
    by_chance = SIGMAS * math.sqrt(2 * inside * (1 - inside) / c.draws)
    details = {"got": share, "expected": c.rate, "draws": c.draws}
    return Wrong.of(Evidence(where, sentence, share, "chance", details, by_chance))
