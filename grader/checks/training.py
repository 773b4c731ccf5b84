"""Claims about training: `run` (from a given start, step by step) and `band` (from a start of one's own, among many)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..closeness import TRAINING, require_close, short
from ..plan import Plan
from ..result import Wrong
from ..signature import Declared, function
from ..topic import Cases
from .chance import FALSE_ALARM
from .trial import Check, Trial

MEMBERS = 256  # of an ensemble: the spread is then known to 4 %
SHOWN = 1e-3  # the runs that a drawn band leaves out: it is there to be looked at


class run(Check):
    """A training run from given parameters, on given batches, has the reference's parameters after each number of steps in
    `at`. `along` names the argument whose first axis counts the steps; the run is asked for on its first steps only.

    Training from a given start is deterministic: a perturbation of 1e-15 stays below 1e-13 after 2,000 steps, so hundreds of
    steps are held to a relative 1e-6. The first checkpoint that differs is the evidence.
    """

    def __init__(self, declared: Declared, at: Sequence[int], along: str, on: Cases | None = None) -> None:
        assert not isinstance(declared, type)
        self.target, self.at, self.along, self.generator = function(declared), tuple(at), along, on
        self.functions = (self.target,)

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            total = len(case[self.along])
            assert max(self.at) <= total, f"{name} has {total} steps: no checkpoint at {max(self.at)}"
            plan = Plan()
            places = []
            for steps in self.at:
                refs = self.target.ask(plan, {**case, self.along: case[self.along][:steps]})
                plan.want(*refs)
                after = f"after {steps} of {total} steps on {name}"
                places += [f"{self.target.label(i)} {after}" for i in range(len(refs))]
            truths = trial.expect(plan)
            for where, got, want in zip(places, trial.student.run(plan), truths, strict=True):
                require_close(got, want, where, TRAINING)


@dataclass(frozen=True)
class Band:
    """Where runs lie, but for one in 1/`false_alarm`: mean ± Student's t · s · √(1 + 1/m), fitted to m runs.

    The tail is that model's: m runs alone support 1/(m+1). `step` is the distance between possible values of a number
    that is counted; half of it is allowed for.
    """

    low: float
    high: float
    mean: float
    deviation: float
    members: int

    @classmethod
    def of(cls, members: np.ndarray, quantile: float, step: float = 0.0) -> Band:
        mean, deviation = float(members.mean()), float(members.std(ddof=1))
        half = quantile * deviation * np.sqrt(1 + 1 / len(members)) + step / 2
        return cls(mean - half, mean + half, mean, deviation, len(members))


Measure = Callable[[Mapping[str, Any], Any], Mapping[str, Any]]


class band(Check):
    """What a run that draws its own start comes to lies among the runs of the reference that do so too.

    `measure(case, answer)` makes numbers of what the submission's `declared` returned, by name; the reference's `ensemble`, an
    `Ensemble` by that name, returns the same numbers for each of its members. `of` names the one that is judged. A `curve`
    among them (one value an epoch) is shown with the row.
    """

    def __init__(
        self,
        declared: Declared,
        measure: Measure,
        of: str,
        ensemble: str,
        on: Cases | None = None,
        members: int = MEMBERS,
        step: float = 0.0,
        false_alarm: float = FALSE_ALARM,
    ) -> None:
        assert not isinstance(declared, type)
        self.target, self.measure, self.of, self.ensemble = function(declared), measure, of, ensemble
        self.generator, self.members, self.step, self.false_alarm = on, members, step, false_alarm
        self.functions = (self.target,)

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            among, curves = self._reference(trial, case)
            quantiles = trial.learn(lambda: [_quantile(rate, self.members) for rate in (self.false_alarm, SHOWN)])
            measured = self.measure(case, trial.call(self.target, **case))
            if "curve" in measured:
                trial.show(curve=_drawing(np.asarray(measured["curve"]), curves, quantiles[1]))
            limits, value = Band.of(among, quantiles[0], self.step), float(measured[self.of])
            if not limits.low <= value <= limits.high:
                raise Wrong(f"{self.target.name} on {name}", self._sentence(value, limits), np.asarray(value))

    def _reference(self, trial: Trial, case: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        """The number that is judged of each member, and the curve of each member (without columns where there is none)."""
        plan = Plan()
        given = {key: value for key, value in case.items() if isinstance(value, np.ndarray | int | float)}
        [all_of_them] = plan.call(self.ensemble, members=self.members, **self.target.defaults | given)
        plan.want(plan.apply("getitem", all_of_them, self.of), plan.apply("getitem", all_of_them, "curve"))
        among, curves = trial.expect(plan)
        return among.value, curves.value

    def _sentence(self, value: float, limits: Band) -> str:
        return (
            f"{self.of} is {short(value)}, expected {short(limits.low)} to {short(limits.high)}: {limits.members} reference "
            f"trainings, each from a start of its own, have mean {short(limits.mean)} and standard deviation "
            f"{short(limits.deviation)} (Student's t; a right training is outside once in {1 / self.false_alarm:,.0f})"
        )


def _quantile(rate: float, members: int) -> float:
    """The two-sided quantile of Student's t with m − 1 degrees of freedom."""
    from scipy.stats import t

    return float(t.isf(rate / 2, members - 1))


def _drawing(own: np.ndarray, curves: np.ndarray, quantile: float) -> dict[str, Any]:
    """The curve as an exhibit: the submission's own, the reference's median and band, epoch by epoch."""
    bands = [Band.of(column, quantile) for column in curves.T]
    return {
        "title": "the loss after each epoch",
        "x": "epoch",
        "y": "loss",
        "series": [
            {"name": "yours", "values": own.tolist()},
            {"name": "reference, median", "values": np.median(curves, axis=0).tolist()},
        ],
        "band": {
            "name": f"reference, {100 * (1 - SHOWN):g} % of runs",
            "low": [b.low for b in bands],
            "high": [b.high for b in bands],
        },
    }
