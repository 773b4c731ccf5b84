"""`statistical`: a claim about random numbers, judged by a test whose probability of a false alarm is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import GraderError, TopicError, Wrong
from ..topics.asking import Asking, asking, targets_asked
from ..topics.cases import Arguments, Cases, authors_code, code_name, defaults_of, place
from ..topics.signature import Declared, Layer
from ..topics.targets import Target
from ..topics.trial import Check, Trial, on_case
from .statistic import Statistic

FALSE_ALARM = 1e-9  # probability that a right program is called wrong, for each statistic of each case
SAME_LAW = 1e-9  # relative: the same parameters of a law, computed on two machines


@dataclass(frozen=True)
class Power:
    """The power of the test of one statistic: the smallest deviation `off` of its quantity that is detected with probability
    `SEEN`, in the direction that is harder to detect."""

    case: str
    statistic: Statistic
    off: float
    false_alarm: float


class statistical(Check):
    """`measure(trial, case)` makes a statistic of the submission's answers (`Count`, `Mean`, `Variance`, `Distribution`), or a
    list of them, and each is what chance gives a right program: a two-sided test, false with probability `false_alarm`.

    It may also return a sentence that says what is wrong, or raise Wrong. `asks` names what it asks: functions, layers (their
    forward), classes, scripts.
    """

    def __init__(
        self,
        measure: Callable[[Trial, dict[str, Any]], Statistic | Sequence[Statistic] | str],
        *asks: Declared | Asking,
        on: Cases | None = None,
        false_alarm: float = FALSE_ALARM,
    ) -> None:
        if not 0 < false_alarm <= FALSE_ALARM:
            raise TopicError(
                f"statistical(false_alarm={false_alarm:g}): at most {FALSE_ALARM:g}, once in 10⁹ right answers"
            )
        self.functions = tuple(target for item in asks for target in _asked(item))
        self.measure, self.generator, self.false_alarm = measure, on, false_alarm

    def __call__(self, trial: Trial) -> None:
        for name, statistics in self._measured(trial):
            for statistic in statistics:
                if said := statistic.impossible():
                    raise Wrong(self._where(name), said)
                low, high = self._accepted(trial, statistic)
                if not low <= statistic.observed <= high:
                    raise statistic.wrong(self._where(name), low, high, self.false_alarm)

    def power(self, trial: Trial) -> list[Power]:
        """Return, for the author, how wrong each quantity must be to be seen; from a trial of the solution."""
        return [
            Power(name, statistic, statistic.smallest_seen(self.false_alarm), self.false_alarm)
            for name, statistics in self._measured(trial)
            for statistic in statistics
        ]

    def _measured(self, trial: Trial) -> Iterator[tuple[str, list[Statistic]]]:
        for name, case in trial.cases(self.generator):
            try:
                with authors_code(self.measure, name):
                    measured = self.measure(trial, Arguments(case, defaults_of(self.functions)))
            except Wrong as wrong:
                raise on_case(wrong, name) from None
            if isinstance(measured, str):
                raise Wrong(self._where(name), measured)
            statistics = [measured] if isinstance(measured, Statistic) else measured
            if (
                not isinstance(statistics, list)
                or not statistics
                or not all(isinstance(s, Statistic) for s in statistics)
            ):
                expected = "expected a Count, a Mean, a Variance, a Distribution, several, or a sentence"
                sentence = f"{code_name(self.measure)} returned {repr(measured)[:60]}, {expected}"
                raise TopicError(sentence, place(self.measure))
            yield name, statistics

    def _where(self, case: str) -> str:
        return f"{', '.join(f.name for f in self.functions)} on {case}"

    def _accepted(self, trial: Trial, statistic: Statistic) -> tuple[float, float]:
        """Return the limits, those on record where there is one. Raise GraderError if they are there for another law."""
        *law, low, high = trial.computed(lambda: (*statistic.law, *statistic.acceptance(self.false_alarm)))
        if len(law) != len(statistic.law) or not np.allclose(law, statistic.law, rtol=SAME_LAW, atol=0):
            raise GraderError(
                f"{statistic.draws:,} {statistic.what}: on record is another number ({law[0]:,}) or another law, so only "
                "grading can judge this"
            )
        return low, high


def _asked(item: Declared | Asking) -> tuple[Target, ...]:
    """Return a layer's forward alone: nothing is measured behind its backward."""
    return asking(item).targets if isinstance(item, type) and issubclass(item, Layer) else targets_asked(item)
