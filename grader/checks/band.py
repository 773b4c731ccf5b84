"""`band`: a training from a start of its own comes out among the reference's, and a model of the tail of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import Fault, TopicError, Wrong
from ..inside.plan import Plan
from ..numerics.compare import VALUES, largest, short
from ..topics.asking import Asking, asking
from ..topics.cases import Arguments, Cases, authors_code, code_name, place
from ..topics.signature import Declared
from ..topics.trial import Check, Trial
from .chance import FALSE_ALARM

MEMBERS = 256  # of an ensemble: the spread is then known to 4 %
SHOWN = 1e-3  # the runs that a drawn band leaves out: it is there to be looked at
ERRORS = 3.0  # standard errors by which a band allows for what m runs do not say


@dataclass(frozen=True)
class Band:
    """The interval that a correct training run leaves with probability `rate`, estimated from `members` runs.

    Since m runs alone cannot support probabilities below 1/(m+1), the tail is modelled.

    The model of a long tail is Pearson's type III: a gamma distribution with the runs' mean, standard deviation s and
    skewness g, which has the long tail of a loss that noise can only raise. Its short tail ends at mean - 2s/g, and a few
    runs far out on the other side move that end: a short tail is taken for that of a normal distribution, g = 0. Both ends
    are what these give at the unfavourable end of what m runs say of s and g, at `ERRORS` standard errors:

        s · √(1 + 1/m) · (1 + ERRORS/√(2m)),   below: min(g - ERRORS · √(6/m), 0),   above: max(g + ERRORS · √(6/m), 0)

    `step` is the distance between possible values of a number that is counted; half of it is allowed for.
    """

    low: float
    high: float
    mean: float
    deviation: float
    skewness: float
    members: int

    @classmethod
    def of(cls, runs: np.ndarray, rate: float, step: float = 0.0) -> Band:
        from scipy.stats import pearson3, skew

        m, mean, rounding = len(runs), float(runs.mean()), VALUES.floor * largest(runs)
        deviation = max(float(runs.std(ddof=1)), rounding)
        skewness = float(skew(runs)) if deviation > rounding else 0.0
        spread = deviation * np.sqrt(1 + 1 / m) * (1 + ERRORS / np.sqrt(2 * m))
        off = ERRORS * np.sqrt(6 / m)
        below = -pearson3.ppf(rate / 2, min(skewness - off, 0)) * spread + step / 2
        above = pearson3.isf(rate / 2, max(skewness + off, 0)) * spread + step / 2
        return cls(mean - float(below), mean + float(above), mean, deviation, skewness, m)

    def to_wire(self) -> list[float]:
        return [self.low, self.high, self.mean, self.deviation, self.skewness, self.members]


Measure = Callable[[Mapping[str, Any], Any], Mapping[str, Any]]


class band(Check):
    """A run that draws its own start comes out among the runs of the reference that do so, too.

    `measure(case, answer)` makes numbers, by name, of what the submission answered (as `trial.call` returns it); the reference's
    `ensemble`, an `Ensemble` by that name, returns the same numbers for each of its members. `of` names those that are judged,
    the first that is outside is the evidence; `curve` is one value an epoch, and is shown with the row. `steps` are the
    distances between possible values of numbers that are counted. The false alarms of the judged numbers add up to
    `false_alarm`. Where the row is lost, a hyper-parameter that the case leaves out is given at its default: it is named if
    all numbers are inside then.
    """

    def __init__(
        self,
        asked: Declared | Asking,
        measure: Measure,
        of: Sequence[str],
        ensemble: str,
        on: Cases | None = None,
        members: int = MEMBERS,
        steps: Mapping[str, float] | None = None,
        false_alarm: float = FALSE_ALARM,
    ) -> None:
        self.asked, self.measure, self.of, self.ensemble = asking(asked), measure, tuple(of), ensemble
        self.generator, self.members, self.steps, self.false_alarm = on, members, steps or {}, false_alarm
        self.functions = self.asked.targets
        if isinstance(of, str) or not self.of:
            raise TopicError(f"band(of={of!r}): give a list of the numbers that are judged")
        if unknown := [name for name in self.steps if name not in self.of]:
            raise TopicError(f"band(steps=…): `{unknown[0]}` is no number that is judged ({', '.join(self.of)})")

    @property
    def references(self) -> frozenset[str]:
        return frozenset([self.ensemble])

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            bands, usual = self._reference(trial, case)
            values, curve = self._measured(case, trial.call(self.asked, **case))
            if curve.shape != np.shape(usual["median"]):
                sizes = f"has shape {curve.shape}, that of `{self.ensemble}` {np.shape(usual['median'])}"
                raise TopicError(f"the curve of {code_name(self.measure)} {sizes}", place(self.measure))
            trial.show(curve=_drawing(curve, usual))
            for number, value, limits in zip(self.of, values, bands, strict=True):
                if not limits.low <= value <= limits.high:
                    sentence, why = self._sentence(number, value, limits), self._by_default(trial, case, bands)
                    where = f"{self.asked.name} on {name}"
                    raise Wrong(where, sentence, np.asarray(value), id="outside-band", because=why)

    def _by_default(self, trial: Trial, case: Mapping[str, Any], bands: Sequence[Band]) -> str:
        """Say so if the numbers are inside where a hyper-parameter is given that the case leaves out, at its default."""
        left_out = {name: value for name, value in self.asked.defaults.items() if name not in case}

        def inside(given: Mapping[str, Any]) -> bool:
            try:
                values, _ = self._measured(case, trial.call(self.asked, **{**case, **given}))
            except (Wrong, Fault):
                return False
            return all(band.low <= value <= band.high for value, band in zip(values, bands, strict=True))

        if not left_out or not inside(left_out):
            return ""
        for name, value in left_out.items():
            if inside({name: value}):
                numbers = " and ".join(self.of)
                verb = "is" if len(self.of) == 1 else "are"
                return f"with {name}={value} given, {numbers} {verb} as expected: which `{name}` is taken where it is left out?"
        return ""

    def _measured(self, case: Mapping[str, Any], answer: Any) -> tuple[list[float], np.ndarray]:
        """Return the numbers that are judged, and the curve."""
        with authors_code(self.measure):
            found = self.measure(Arguments(case, self.asked.defaults), answer)
            if missing := [name for name in (*self.of, "curve") if name not in found]:
                returned = f"(it returned: {', '.join(found)})"
                raise TopicError(f"{code_name(self.measure)} returned no {missing[0]!r} {returned}")
            return [float(found[name]) for name in self.of], np.asarray(found["curve"])

    def _reference(self, trial: Trial, case: Mapping[str, Any]) -> tuple[list[Band], dict[str, list[float]]]:
        """Return where the numbers that are judged may lie, and where curves usually run; a record keeps this of the members."""
        plan = Plan()
        given = {key: value for key, value in case.items() if isinstance(value, np.ndarray | int | float)}
        [all_of_them] = plan.call(self.ensemble, members=self.members, **dict(self.asked.defaults) | given)
        plan.want(*(plan.apply("getitem", all_of_them, name) for name in (*self.of, "curve")))

        def fitted() -> list[Any]:
            *numbers, curves = (truth.value for truth in trial.expect(plan))
            rate = self.false_alarm / len(self.of)
            limits = [
                Band.of(runs, rate, self.steps.get(name, 0.0)) for name, runs in zip(self.of, numbers, strict=True)
            ]
            bands = [Band.of(column, SHOWN) for column in curves.T]
            usual = {
                "median": np.median(curves, axis=0).tolist(),
                "low": [b.low for b in bands],
                "high": [b.high for b in bands],
            }
            return [[band.to_wire() for band in limits], usual]

        found, usual = trial.computed(fitted)
        return [Band(*each) for each in found], usual

    def _sentence(self, number: str, value: float, limits: Band) -> str:
        return (
            f"{number} is {short(value)}, expected {short(limits.low)} to {short(limits.high)}: {limits.members} reference "
            f"trainings, each from a start of its own, have mean {short(limits.mean)} and standard deviation "
            f"{short(limits.deviation)} (gamma tail, skewness {limits.skewness:.2f}; a right training lies outside once in "
            f"{1 / self.false_alarm:,.0f})"
        )


def _drawing(own: np.ndarray, usual: Mapping[str, list[float]]) -> dict[str, Any]:
    """Return the curve as an exhibit: the submission's own, the reference's median and band, epoch by epoch."""
    return {
        "title": "the loss after each epoch",
        "x": "epoch",
        "y": "loss",
        "start": 1,
        "series": [
            {"name": "yours", "values": own.tolist()},
            {"name": "reference, median", "values": usual["median"]},
        ],
        "band": {"name": f"reference, {100 * (1 - SHOWN):g} % of runs", "low": usual["low"], "high": usual["high"]},
    }
