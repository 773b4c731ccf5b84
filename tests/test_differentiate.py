"""Numerical derivatives: no false alarm on smooth functions, no real fault let through, silence at kinks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.differentiate import derivative

from grader.numerics.differentiate import CAP, OFFSETS, ROUNDINGS, STEP_SIZE, Slopes, slopes

MANY = 60_000

Smooth = Callable[[np.ndarray], np.ndarray]
size = st.floats(0.1, 10) | st.floats(-10, -0.1)
rate = st.floats(-3, 3)


def along(f: Smooth, x: float = 0.0) -> Slopes:
    return slopes(f(x + np.array([OFFSETS])))


@st.composite
def smooth_functions(draw: st.DrawFn) -> Smooth:
    """Sums of the shapes that networks are made of, on any offset."""
    (a, b, c), (k, m, p) = [draw(st.tuples(size, size, size)), draw(st.tuples(rate, rate, rate))]
    offset = draw(st.floats(-1e6, 1e6))
    return lambda t: offset + a * np.sin(k * t + p) + b * np.exp(m * t) + c / (1 + np.exp(-k * t - m))


@given(smooth_functions(), st.floats(-1, 1))
def test_the_slopes_that_scipy_finds_are_accepted(f: Smooth, x: float) -> None:
    measured = along(f, x)
    independent = derivative(lambda t: f(t) - f(np.asarray(x)), x, tolerances={"atol": 1e-13, "rtol": 1e-13}).df
    assert not measured.disagree(np.array([independent])).any(), (measured, independent)


@given(smooth_functions(), st.floats(-1, 1), st.sampled_from([-1, 1]))
def test_a_slope_that_is_off_by_more_than_the_cap_is_refused(f: Smooth, x: float, sign: int) -> None:
    measured = along(f, x)
    assume(measured.judged.all())
    rounding = ROUNDINGS * np.finfo(float).eps * (1 + abs(f(np.asarray(x)))) / STEP_SIZE
    wrong = measured.value + sign * (2.1 * CAP * abs(measured.value) + 3 * rounding)
    assert measured.disagree(wrong).all()


@given(smooth_functions(), st.floats(-1, 1))
def test_a_smooth_function_is_judged_beside_a_steep_one(f: Smooth, x: float) -> None:
    """What can be judged is measured by the largest slope: a flat direction of a smooth function is no kink."""
    steep = 1e4 * np.array(OFFSETS)
    assert slopes(np.stack([f(x + np.array(OFFSETS)), steep])).judged.all()


@pytest.mark.parametrize("offset", [0, 1e6])
def test_sixty_thousand_true_slopes_raise_no_alarm(offset: float) -> None:
    rng = np.random.default_rng(0)
    a, k, p = (rng.normal(size=(MANY, 1)) for _ in range(3))
    measured = slopes(offset + a * np.sin(k * np.array([OFFSETS]) + p))
    assert measured.judged.all()
    assert int(measured.disagree((a * k * np.cos(p)).ravel()).sum()) == 0


def test_a_ten_thousandth_too_much_is_seen_sixty_thousand_times() -> None:
    rng = np.random.default_rng(1)
    a, k = rng.uniform(0.5, 2, size=(2, MANY, 1))
    measured = slopes(a * np.sin(k * np.array([OFFSETS])))
    assert measured.disagree((a * k).ravel() * 1.0001).all()


@given(st.lists(st.floats(-10, 10), min_size=5, max_size=5))
def test_a_quartic_has_the_slope_of_its_linear_term(coefficients: list[float]) -> None:
    measured = along(lambda t: np.polyval(coefficients, t))
    assert abs(measured.value[0] - coefficients[3]) <= 20 * np.finfo(float).eps * 11 / STEP_SIZE


@given(st.floats(-0.9, 0.9), st.floats(0.1, 10))
def test_a_kink_within_the_step_is_not_judged(at: float, jump: float) -> None:
    """A kink is silence, not a fault: whatever slope is claimed there."""
    kinked = along(lambda t: jump * np.abs(t - at * STEP_SIZE))
    if abs(abs(at) - 0.5) > 0.01 and abs(at) > 0.01:  # there, differences cannot tell
        assert not kinked.judged.any()
        assert not kinked.disagree(np.array([123.0])).any()


def test_a_kink_silences_its_own_coordinate_alone() -> None:
    t = np.array([OFFSETS])
    measured = slopes(np.concatenate([np.sin(t), np.maximum(t - 0.3 * STEP_SIZE, 0), np.exp(t)]))
    assert measured.judged.tolist() == [True, False, True]
    assert measured.trustworthy
    assert measured.disagree(np.array([2.0, 2.0, 1.0])).tolist() == [True, False, False]


def test_a_sum_that_cancels_is_judged_by_the_rounding_of_its_terms() -> None:
    """Terms of a million that cancel to a slope of 1: their rounding over the step is no fault of the claim."""
    t, claimed = np.array([OFFSETS]), np.array([1 + 1e-8])
    assert slopes(t).disagree(claimed).all()
    assert not slopes(t, np.full((1, 4), 2e6)).disagree(claimed).any()
    assert slopes(t, np.full((1, 4), 2e3)).disagree(claimed).all()


@pytest.mark.parametrize(("kinks", "enough"), [(4, True), (5, True), (6, False)])
def test_a_slope_of_which_fewer_than_half_of_the_probes_can_be_judged_is_refused(kinks: int, enough: bool) -> None:
    t = np.array(OFFSETS)
    measured = slopes(np.array([np.maximum(t - 0.3 * STEP_SIZE, 0)] * kinks + [np.sin(t)] * (10 - kinks)))
    assert measured.judged.sum() == 10 - kinks
    assert measured.trustworthy == enough


@pytest.mark.parametrize("amplitude", [1e-6, 1e-4])
def test_a_function_with_a_ripple_on_every_coordinate_is_not_trusted(amplitude: float) -> None:
    rng = np.random.default_rng(2)
    rough = slopes(rng.normal(size=(20, 1)) * np.array([OFFSETS]) + amplitude * rng.normal(size=(20, 4)))
    assert not rough.trustworthy


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_function_that_is_not_finite_has_no_slope(value: float) -> None:
    broken = slopes(np.full((3, 4), value))
    assert not broken.judged.any()
    assert not broken.trustworthy


def test_a_slope_that_is_no_number_is_refused() -> None:
    assert along(np.sin).disagree(np.array([np.nan])).all()
    assert along(np.sin).disagree(np.array([np.inf])).all()


@given(st.lists(st.lists(st.floats(-1e9, 1e9), min_size=4, max_size=4), min_size=1, max_size=8))
def test_the_tolerance_of_a_slope_stays_under_the_cap_whatever_the_values(values: list[list[float]]) -> None:
    measured = slopes(np.array(values))
    rounding = ROUNDINGS * np.finfo(float).eps * (1 + np.abs(values).max(axis=1)) / STEP_SIZE
    assert (measured.tolerance <= CAP * np.abs(measured.value).max() + 1.001 * rounding).all()
