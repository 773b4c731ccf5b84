"""Training: from a given start it is held to checkpoints, from a start of one's own to an ensemble and a model of its tail."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import band, run
from grader.checks.band import Band
from grader.errors import Wrong
from grader.numerics.describe import describe
from grader.result import Status
from grader.topics.signature import Ints, Random, Reals, sample
from support import miniature


def descent(x: Reals["n"], w: Reals[""], batches: Ints["s b", "n"], *, lr=0.1) -> Reals[""]:
    """Steps towards the mean of x, from w."""


def settle(x: Reals["n"], rng: Random, *, lr=0.1, steps=50) -> {"w": Reals[""], "path": Reals["steps"]}:
    """The same from a start and with examples of one's own."""


def right_descent(x: np.ndarray, w: float, batches: np.ndarray, *, lr: float = 0.1) -> float:
    for rows in batches:
        w = w - lr * 2 * (w - x[rows].mean())
    return w


def right_settle(x: np.ndarray, rng: np.random.Generator, *, lr: float = 0.1, steps: int = 50) -> Any:
    w, path = rng.normal(), []
    for _ in range(steps):
        w = w - lr * 2 * (w - rng.choice(x))
        path.append(w)
    return w, np.array(path)


def many(members: int, x: np.ndarray, lr: float, steps: int) -> Mapping[str, np.ndarray]:
    paths = [right_settle(x, np.random.default_rng(i), lr=lr, steps=steps)[1] for i in range(members)]
    return {"the end": np.array(paths)[:, -1], "curve": np.array(paths)}


def batches(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "twenty batches", sample(descent, rng, n=7, s=20, b=3)


def points(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "ten points", sample(settle, rng, n=10)


def measure(case: Mapping[str, Any], answer: Any) -> Mapping[str, Any]:
    return {"the end": answer[0], "curve": answer[1]}


RUN = run(descent, at=(1, 5, 20), along="batches")
BAND = band(settle, measure, of=["the end"], ensemble="many")


RIGHT = {"descent": right_descent, "settle": right_settle}
graded = partial(miniature.graded, right=RIGHT, truth=miniature.NumpyTruth({"descent": right_descent, "many": many}))


def test_a_run_is_earned_by_the_same_numbers_and_by_rounding_only() -> None:
    assert graded(RUN, batches).earned
    noisy: Callable[..., Any] = lambda *args, **kwargs: right_descent(*args, **kwargs) * (1 + 1e-9)  # noqa: E731
    assert graded(RUN, batches, descent=noisy).earned


def test_the_first_checkpoint_that_differs_is_the_evidence() -> None:
    def forgets_the_rate_after_three(x: Any, w: float, batches: Any, *, lr: float = 0.1) -> float:
        return right_descent(x, right_descent(x, w, batches[:3], lr=lr), batches[3:], lr=lr / 2)

    outcome = graded(RUN, batches, descent=forgets_the_rate_after_three)
    assert miniature.why(outcome) == ("value", "descent after 5 of 20 steps on twenty batches")


def test_a_run_asks_for_the_first_steps_only() -> None:
    seen: list[int] = []

    def counts(x: Any, w: float, batches: np.ndarray, *, lr: float = 0.1) -> float:
        seen.append(len(batches))
        return right_descent(x, w, batches, lr=lr)

    graded(RUN, batches, descent=counts)
    assert seen == [1, 5, 20]


def walk(
    x: Reals["n d"], w: Reals["d"], c: Reals["1"], batches: Ints["s b", "n"], *, lr=0.3
) -> {"w": Reals["d"], "c": Reals["1"]}:
    """Steps of w towards the mean of x, and of c towards that of its first column."""


def right_walk(x: np.ndarray, w: Any, c: Any, batches: np.ndarray, *, lr: float = 0.3) -> Any:
    for rows in batches:
        w, c = w - lr * 2 * (w - x[rows].mean(axis=0)), c - lr * 2 * (c - x[rows, 0].mean())
    return w, c


def walks(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "four batches", sample(walk, rng, n=7, d=4, s=4, b=3)


WALK = run(walk, at=[3], along="batches")


def walked(step: Callable[..., Any]) -> Wrong:
    """Return what is wrong with a walk whose step makes of w and c, and what is to be subtracted from them, another w and c."""

    def mine(x: np.ndarray, w: Any, c: Any, batches: np.ndarray, *, lr: float = 0.3) -> Any:
        for rows in batches:
            w, c = step(w, c, lr * 2 * (w - x[rows].mean(axis=0)), lr * 2 * (c - x[rows, 0].mean()))
        return w, c

    truth = miniature.NumpyTruth({"walk": right_walk})
    error = miniature.graded(WALK, walks, right={"walk": right_walk}, truth=truth, walk=mine).error
    assert isinstance(error, Wrong)
    return error


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (lambda w, c, dw, dc: (w, c - dc), "nothing moves `w`; the steps of `c` are right"),
        (
            lambda w, c, dw, dc: (w - dw, c + dc),
            "the steps of `c` go uphill: lr times the right gradient is added, not subtracted; the steps of `w` are right",
        ),
        (
            lambda w, c, dw, dc: (w - dw / 0.3, c - dc / 0.3),
            "the steps of `w` and `c` subtract the whole right gradient, not lr times it",
        ),
        (lambda w, c, dw, dc: (w - dw, c - dc**2), "after one step `w` is right, and `c` is not"),
        (lambda w, c, dw, dc: (w - dw**3, c - dc**2), ""),
    ],
)
def test_a_first_step_that_is_wrong_is_the_evidence_and_is_told_for_each_parameter(step: Any, sentence: str) -> None:
    wrong = walked(step)
    assert wrong.evidence.where.endswith("after 1 of 4 steps on four batches")
    assert wrong.evidence.because == sentence


def test_a_step_that_is_wrong_later_only_is_told_where_it_was_asked_for() -> None:
    first: list[bool] = []

    def forgets(w: Any, c: Any, dw: Any, dc: Any) -> Any:
        first.append(True)
        return (w - dw, c - dc) if len(first) in (1, 4) else (w, c)

    wrong = walked(forgets)
    assert wrong.evidence.where == "`w` of walk after 3 of 4 steps on four batches"
    assert not wrong.evidence.because


@pytest.mark.parametrize("seed", range(5))
def test_a_right_training_from_its_own_start_is_inside_the_band_on_every_seed(seed: int) -> None:
    assert graded(BAND, points, seed=seed).earned


def test_a_training_outside_the_band_is_told_with_the_band_the_runs_and_the_tail() -> None:
    outcome = graded(BAND, points, settle=lambda x, rng, *, lr=0.1, steps=50: (99.0, np.full(steps, 99.0)))
    assert outcome.status is Status.LOST
    said = str(outcome.error)
    assert miniature.why(outcome) == ("outside-band", "settle on ten points")
    assert "256 reference trainings, each from a start of its own, have mean " in said
    assert "(gamma tail, skewness " in said
    assert "a right training lies outside once in 1,000,000,000)" in said


def test_a_training_that_ends_in_nan_lies_outside_the_band() -> None:
    never = graded(BAND, points, settle=lambda x, rng, *, lr=0.1, steps=50: (np.nan, np.full(steps, np.nan)))
    assert miniature.why(never)[0] == "outside-band"


def test_a_hyper_parameter_that_is_wrong_where_it_is_left_out_is_named() -> None:
    other = graded(BAND, points, settle=lambda x, rng, *, lr=1.2, steps=50: right_settle(x, rng, lr=lr, steps=steps))
    assert isinstance(other.error, Wrong)
    said = "with lr=0.1 given, the end is as expected: which `lr` is taken where it is left out?"
    assert other.error.evidence.because == said
    both = graded(BAND, points, settle=lambda x, rng, *, lr=0.1, steps=50: (99.0, np.full(steps, 99.0)))
    assert isinstance(both.error, Wrong)
    assert not both.error.evidence.because


@pytest.mark.parametrize("settling", [right_settle, lambda x, rng, *, lr=0.1, steps=50: (99.0, np.full(steps, 99.0))])
def test_the_curve_of_a_band_is_on_show_whether_the_row_is_earned_or_lost(settling: Callable[..., Any]) -> None:
    curve = graded(BAND, points, settle=settling).exhibits["curve"]
    assert [series["name"] for series in curve["series"]] == ["yours", "reference, median"]
    assert len(curve["series"][0]["values"]) == len(curve["band"]["low"]) == 50


# ------------------------------------------------------------------------------------------------ the model of the tail


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (lambda rng, size: rng.normal(size=size), "normal"),
        (lambda rng, size: rng.gamma(2.0, size=size), "gamma"),
        (lambda rng, size: -rng.gamma(4.0, size=size), "gamma, mirrored"),
    ],
)
def test_runs_of_a_known_distribution_lie_outside_as_rarely_as_declared(draw: Callable[..., Any], name: str) -> None:
    rng = np.random.default_rng(1)
    outside = total = 0
    for _ in range(200):
        limits = Band.of(draw(rng, 256), 1e-3)
        more = draw(rng, 5_000)
        outside += int(((more < limits.low) | (more > limits.high)).sum())
        total += len(more)
    assert 0 < outside < 1e-3 * total  # 0 <: the band is no barn door


def test_a_long_tail_widens_the_band_on_its_own_side() -> None:
    runs = np.random.default_rng(0).gamma(1.0, size=256)
    limits = Band.of(runs, 1e-9)
    assert limits.high - limits.mean > 10 * limits.deviation
    assert limits.skewness > 1


def test_outliers_on_one_side_do_not_widen_the_band_on_the_other() -> None:
    """A gamma distribution ends abruptly on its short side: 2s/g below the mean, wherever a few outliers put that."""
    runs = np.append(np.random.default_rng(0).normal(size=253), [9.0, 10.0, 11.0])
    limits = Band.of(runs, 1e-9)
    assert limits.skewness > 1.5
    assert limits.low < limits.mean - 6 * limits.deviation


@given(st.floats(-1e6, 1e6), st.integers(2, 50), st.floats(0, 1))
def test_a_band_of_identical_runs_is_half_a_step_wide(value: float, members: int, step: float) -> None:
    limits = Band.of(np.full(members, value), 1e-9, step)
    assert limits.low <= value <= limits.high
    assert limits.high - limits.low <= step + 1e-6 * (1 + abs(value))


def test_a_run_that_is_one_step_short_is_described_so() -> None:
    short_of_one = graded(
        RUN, batches, descent=lambda x, w, batches, *, lr=0.1: right_descent(x, w, batches[1:], lr=lr)
    )
    assert short_of_one.status is Status.LOST

    def last_left_out(x: Any, w: Any, batches: np.ndarray, *, lr: float = 0.1) -> Any:
        return right_descent(x, w, batches[: max(len(batches) - 1, 1)], lr=lr)

    outcome = graded(RUN, batches, descent=last_left_out)
    assert isinstance(outcome.error, Wrong)
    assert describe(outcome.error) == "it is what it should be a step earlier: is something one step early or late?"


def settled(x: Reals["n"], w: Reals[""], *, lr=0.1, steps=20) -> {"w": Reals[""], "path": Reals["steps"]}:
    """Steps towards the mean of x, from w, and where each of them ends."""


def right_settled(x: np.ndarray, w: float, *, lr: float = 0.1, steps: int = 20) -> Any:
    path = []
    for _ in range(steps):
        w = w - lr * 2 * (w - x.mean())
        path.append(w)
    return w, np.array(path)


COUNTED = run(settled, at=(1, 5, 20), along="steps", output="w")
in_steps = partial(
    miniature.graded, right={"settled": right_settled}, truth=miniature.NumpyTruth({"settled": right_settled})
)


@pytest.mark.parametrize("given", [{}, {"steps": 20}, {"steps": 30}])
def test_a_run_along_a_count_asks_for_so_many_steps(given: Mapping[str, int]) -> None:
    seen: list[int] = []

    def counts(x: Any, w: float, *, lr: float = 0.1, steps: int = 20) -> Any:
        seen.append(steps)
        return right_settled(x, w, lr=lr, steps=steps)

    def runs(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "seven points", {**sample(settled, rng, n=7), **given}

    assert in_steps(COUNTED, runs, settled=counts).earned
    assert seen == [1, 5, 20]


def test_a_run_of_one_output_leaves_the_others_to_rows_of_their_own() -> None:
    def runs(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "seven points", sample(settled, rng, n=7)

    def no_path(x: Any, w: float, *, lr: float = 0.1, steps: int = 20) -> Any:
        return right_settled(x, w, lr=lr, steps=steps)[0], np.zeros(steps)

    def one_step_short(x: Any, w: float, *, lr: float = 0.1, steps: int = 20) -> Any:
        return right_settled(x, w, lr=lr, steps=max(steps - 1, 1))[0], right_settled(x, w, lr=lr, steps=steps)[1]

    assert in_steps(COUNTED, runs, settled=no_path).earned
    outcome = in_steps(COUNTED, runs, settled=one_step_short)
    assert miniature.why(outcome) == ("value", "`w` of settled after 5 of 20 steps on seven points")
