"""Claims about derivatives, and what may follow from a function that is wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from grader.checks import Check, Trial, cheap, either, gradient, matches, pure, vjp
from grader.errors import Wrong
from grader.inside.plan import Plan
from grader.judging.mistakes import Known
from grader.judging.outcome import Outcome
from grader.judging.verdicts import verdicts
from grader.result import Hint, Status
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import sample
from grader.truth.trials import SeededInputs
from support.miniature import (
    RIGHT,
    NumpyTruth,
    World,
    graded,
    graded_rows,
    layers,
    lost,
    outcomes,
    picked,
    picked_slope,
    picks,
    ramp,
    ramp_slope,
    right_backward,
    same,
    scale,
    wave,
    wave_slope,
    waves,
    why,
)

# --------------------------------------------------------------------------------------------------------- gradient


OWN = gradient(of=wave, by=wave_slope, wrt="x")


def test_gradient_is_earned_by_consistency_with_the_students_own_function() -> None:
    assert graded(OWN, waves).earned
    own: World = {"wave": lambda x, a, **k: (a * x**3).sum(), "wave_slope": lambda x, a, **k: 3 * a * x**2}
    assert graded(OWN, waves, **own).earned


def test_gradient_names_the_entry_and_the_rate() -> None:
    def wrong(x: np.ndarray, a: float, *, shift: float = 0.5) -> np.ndarray:
        slope = a * np.cos(a * x + shift)
        slope[1] += 0.25
        return slope

    outcome = graded(OWN, waves, wave_slope=wrong)
    assert why(outcome) == ("slope", "wave_slope on a few points")
    assert "entry [1] is " in lost(outcome)
    assert isinstance(outcome.error, Wrong)
    assert float(outcome.error.evidence.details["got"]) - float(
        outcome.error.evidence.details["expected"]
    ) == pytest.approx(0.25, abs=1e-4)


@pytest.mark.parametrize("seed", range(20))
def test_a_tenth_too_much_in_one_entry_of_a_hundred_is_seen(seed: int) -> None:
    def wide(rng: np.random.Generator) -> Any:
        yield "a hundred points", sample(wave, rng, n=100, a=1.0)

    def wrong(x: np.ndarray, a: float, **_: float) -> np.ndarray:
        slope = a * np.cos(a * x + 0.5)
        slope[np.argmax(np.abs(slope))] *= 1.1
        return slope

    row = Row("row", 1, "right", gradient(of=wave, by=wave_slope, on=wide))
    assert graded_rows([row], waves, seed=seed)[0].earned
    assert "along a random direction" in lost(graded_rows([row], waves, seed=seed, wave_slope=wrong)[0])


def test_gradient_of_another_shape_is_told_by_its_shape() -> None:
    outcome = graded(OWN, waves, wave_slope=lambda x, a, **_: np.zeros((len(x), 1)))
    assert why(outcome) == ("shape", "wave_slope on a few points")


def test_whole_number_arguments_are_held_still() -> None:
    check = gradient(of=picked, by=picked_slope)
    assert graded(check, picks).earned
    assert graded(check, picks, picked_slope=lambda x, labels: 2 * x).status is Status.LOST


def test_gradient_of_a_layer_judges_each_gradient_of_its_own_forward() -> None:
    check = gradient(of=scale)
    assert graded(check, layers).earned
    own: World = {
        "scale_forward": lambda x, g: (g * np.sin(x), (x, g)),
        "scale_backward": lambda dout, c: (dout * c[1] * np.cos(c[0]), (dout * np.sin(c[0])).sum(0)),
    }
    assert graded(check, layers, **own).earned
    outcome = graded(check, layers, scale_backward=lambda dout, c: (right_backward(dout, c)[0], c[1]))
    assert why(outcome) == ("slope", "`dg` of scale_backward on a batch")
    assert "your `scale_forward` weighted by dout" in lost(outcome)


def test_a_ripple_on_the_function_is_no_cover_for_a_wrong_slope() -> None:
    outcome = graded(OWN, waves, wave=lambda x, a, **_: np.sin(1e7 * x).sum())
    assert why(outcome) == ("rough", "wave_slope on a few points")


def test_a_function_that_is_not_finite_earns_nothing() -> None:
    assert graded(OWN, waves, wave=lambda x, a, **_: np.nan).status is Status.LOST


# ------------------------------------------------------------------------------------------------- piecewise gradients


def ramps(rng: np.random.Generator) -> Any:
    yield "points on both sides", {"x": np.concatenate([rng.uniform(0.1, 1, 4), rng.uniform(-1, -0.1, 3)])}


def ramps_with_a_kink(rng: np.random.Generator) -> Any:
    yield "one point at the kink", {"x": np.array([0.5, -0.5, 0.7, 0.0003])}


PIECEWISE = gradient(of=ramp, by=ramp_slope, piecewise=True)


@pytest.mark.parametrize("cases", [ramps, ramps_with_a_kink])
def test_piecewise_functions_are_judged_by_coordinates(cases: Any) -> None:
    assert graded(PIECEWISE, cases).earned
    outcome = graded(PIECEWISE, cases, ramp_slope=lambda x: np.where(x > 0, 1.0, 0.01))
    assert why(outcome)[0] == "slope"
    assert "is 0.01, but" in lost(outcome)


def test_at_a_kink_every_slope_is_accepted() -> None:
    assert graded(PIECEWISE, ramps_with_a_kink, ramp_slope=lambda x: (x > 0.01) * 1.0).earned


def test_a_gradient_seen_only_at_kinks_is_lost() -> None:
    def kinks(rng: np.random.Generator) -> Any:
        yield "at the kink", {"x": np.array([0.0003, -0.0002, 0.0003])}

    assert graded(PIECEWISE, kinks).status is Status.LOST


# ------------------------------------------------------------------------------------------ either, and follow-through


FOLLOW = [
    Row("wave", 2, "the wave is right", matches(wave)),
    Row("slope", 4, "its slope is right", either(matches(wave_slope), OWN)),
]
HALVED: World = {
    "wave": lambda x, a, *, shift=0.5: np.sin(a * x + shift).sum() / 2,
    "wave_slope": lambda x, a, *, shift=0.5: a * np.cos(a * x + shift) / 2,
}


def points(outcomes: Sequence[Outcome], known: Sequence[Known] = ()) -> dict[str, float]:
    return {v.id: v.earned for v in verdicts(outcomes, known)}


def known_mistake(**changes: Any) -> Known:
    right = {o.row.id: o for o in graded_rows(FOLLOW, waves)}
    return Known.beside(right, Hint("halved", "The sum is not a mean of two."), graded_rows(FOLLOW, waves, **changes))


def test_a_right_function_and_slope_are_earned_without_a_follow_through() -> None:
    outcomes = graded_rows(FOLLOW, waves)
    assert points(outcomes) == {"wave": 2, "slope": 4}
    assert not any(o.follow for o in outcomes)


def test_a_slope_that_follows_a_recognised_fault_earns_full_points() -> None:
    outcomes = graded_rows(FOLLOW, waves, **HALVED)
    known = [known_mistake(**HALVED)]
    assert points(outcomes, known) == {"wave": 0, "slope": 4}
    said = {v.id: v.message for v in verdicts(outcomes, known)}
    assert said["slope"] == "right for your own `wave`, whose fault (halved) cost 'the wave is right' already"


def test_a_slope_that_follows_an_unknown_fault_earns_half() -> None:
    outcomes = graded_rows(FOLLOW, waves, **HALVED)
    assert points(outcomes) == {"wave": 0, "slope": 2}
    assert "half the points" in verdicts(outcomes, ())[1].message


def test_the_right_slope_earns_full_points_beside_a_wrong_function() -> None:
    assert points(graded_rows(FOLLOW, waves, wave=HALVED["wave"])) == {"wave": 0, "slope": 4}


def test_nothing_follows_from_a_function_that_is_right() -> None:
    """A slope that only differences confirm, beside a function without fault: there is no earlier slip to follow."""

    def doubled(rng: np.random.Generator) -> Any:
        yield "a few points", sample(wave, rng, n=5, a=2.0)

    def crude(x: np.ndarray, a: float, **hyper: float) -> np.ndarray:
        return RIGHT["wave_slope"](x, a, **hyper) * (1 + 5e-7)

    outcomes = graded_rows(FOLLOW, doubled, wave_slope=crude)
    assert points(outcomes) == {"wave": 2, "slope": 0}
    assert ", expected " in str(outcomes[1].error)
    assert graded(OWN, doubled, wave_slope=crude).earned  # differences alone would have let it pass


@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (lambda x, a, **_: 0.0, lambda x, a, **_: np.zeros(len(x))),
        (lambda x, a, **_: 7.0, lambda x, a, **_: np.zeros(len(x))),
        (lambda x, a, **_: float(x.sum()), lambda x, a, **_: np.ones(len(x))),
        (lambda x, a, **_: np.inf, lambda x, a, **_: np.zeros(len(x))),
        (lambda x, a, **_: np.nan, lambda x, a, **_: np.full(len(x), np.nan)),
    ],
    ids=["zero", "constant", "without the amplitude", "infinite", "nan"],
)
def test_nothing_follows_from_a_function_that_is_dead(function: Any, slope: Any) -> None:
    """Even behind a known mistake: a row that is dead is lost as it is."""
    outcomes = graded_rows(FOLLOW, waves, wave=function, wave_slope=slope)
    known = [known_mistake(wave=function, wave_slope=slope)]
    assert points(outcomes, known) == {"wave": 0, "slope": 0}


def test_a_slope_wrong_for_the_own_and_the_right_function_is_told_against_the_truth() -> None:
    outcomes = graded_rows(FOLLOW, waves, wave=HALVED["wave"], wave_slope=lambda x, a, **_: a * x)
    assert why(outcomes[1]) == ("value", "wave_slope on a few points")


def test_a_layers_backward_follows_its_own_forward() -> None:
    rows = [
        Row("fwd", 1, "forward is right", matches(scale)),
        Row("bwd", 2, "backward is right", either(vjp(scale), gradient(of=scale))),
    ]
    own: World = {
        "scale_forward": lambda x, g: (g * np.sin(x), (x, g)),
        "scale_backward": lambda dout, c: (dout * c[1] * np.cos(c[0]), (dout * np.sin(c[0])).sum(0)),
    }
    assert points(graded_rows(rows, layers, **own)) == {"fwd": 0, "bwd": 1}
    wrong = {**own, "scale_backward": lambda dout, c: (dout * c[1], dout.sum(0))}
    assert points(graded_rows(rows, layers, **wrong)) == {"fwd": 0, "bwd": 0}


class Twice(Live):
    """A student whose clock says that backward costs a hundred forwards."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.clock = 0.0

    def run(self, plan: Plan) -> list[Any]:
        self.clock += 10.0 if "scale_backward" in plan.names() else 0.01
        return super().run(plan)

    def cpu_seconds(self) -> float:
        return self.clock


def test_no_slope_follows_from_a_function_that_lost_only_for_its_cost() -> None:
    """A costly backward is no fault of the forward: crude slopes beside a right forward earn nothing."""
    rows = [
        Row("fwd", 1, "forward is right", matches(scale)),
        Row("bwd", 2, "backward is right", either(vjp(scale), gradient(of=scale))),
        Row("cheap", 1, "backward is cheap", cheap(scale, on=layers)),
        Row("pure", 1, "arguments are left alone", pure(scale), needs="bwd"),
    ]

    def crude(dout: np.ndarray, cache: Any) -> Any:
        dx, dg = right_backward(dout, cache)
        return dx * (1 + 2e-7), dg

    topic, student = Topic("Miniature", layers, rows), Twice({**RIGHT, "scale_backward": crude})
    found = outcomes(topic, student)
    assert [o.status.value for o in found] == ["earned", "lost", "lost", "withheld"]


def test_rehearsal_for_the_record_asks_both_alternatives() -> None:
    asked: list[str] = []

    class Watched(Trial):
        def branch(self, name: str) -> Trial:
            asked.append(name)
            return super().branch(name)

    inputs = SeededInputs(Topic("Miniature", waves, FOLLOW), 0, "slope")
    FOLLOW[1].check.rehearse(Watched(Live(RIGHT), NumpyTruth(), inputs))
    assert asked == ["first", "otherwise"]


@pytest.mark.parametrize(("slope", "holds"), [(1.0, True), (2.0, False)])
def test_in_rehearsal_an_identity_counts_as_alive_but_its_gradient_must_hold(slope: float, holds: bool) -> None:
    """Whoever echoes the argument cannot follow through; where that is the right answer, nobody has to."""

    class Identity(Check):
        def __call__(self, trial: Trial) -> None: ...

    topic = Topic("Same", lambda rng: [("a batch", sample(same, rng, n=3, d=2))], [])
    student = Live({"same_forward": lambda x: (x, None), "same_backward": lambda dout, cache: slope * dout})
    trial = Trial(student, NumpyTruth(), SeededInputs(topic, 0, "row"))
    with contextlib.nullcontext() if holds else pytest.raises(Wrong):
        either(Identity(), gradient(of=same)).rehearse(trial)
