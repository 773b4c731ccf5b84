"""When two answers are the same, and the sentence that says how they differ."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.errors import Wrong
from grader.numerics.compare import DECADES, SAME, TRAINING, VALUES, Tolerance, Truth, digits_to_differ, require_close
from grader.numerics.describe import describe

numbers = st.floats(allow_nan=False, allow_infinity=False)
arrays = hnp.arrays(float, hnp.array_shapes(min_dims=0, max_dims=3, max_side=4), elements=st.floats(-1e100, 1e100))
pairs = hnp.array_shapes(min_dims=0, max_dims=2, max_side=3).flatmap(
    lambda shape: st.tuples(*[hnp.arrays(float, shape, elements=st.floats(-1e100, 1e100))] * 2)
)
WHERE = "adam, step 3 of 30"


def complaint(got: Any, want: Any, tolerance: Tolerance = VALUES, scale: Any = None) -> Wrong:
    with pytest.raises(Wrong) as caught:
        require_close(got, Truth.of(want, scale), WHERE, tolerance)
    return caught.value


# ------------------------------------------------------------------------------------------------- what is the same


@given(arrays, st.sampled_from([VALUES, TRAINING, SAME]))
def test_an_answer_equals_itself(value: np.ndarray, tolerance: Tolerance) -> None:
    require_close(value, Truth.of(value), WHERE, tolerance)
    require_close(value.tolist(), Truth.of(value), WHERE, tolerance)


@given(arrays, st.floats(-0.99, 0.99))
def test_a_difference_within_the_tolerance_is_accepted(value: np.ndarray, part: float) -> None:
    require_close(value * (1 + part * VALUES.rtol), Truth.of(value), WHERE)


@given(arrays, st.integers(0, 10**6), st.sampled_from([-1, 1]))
def test_a_difference_beyond_the_tolerance_is_found_at_its_entry(value: np.ndarray, where: int, sign: int) -> None:
    assume(value.size and np.abs(value).max() > 1e-100)
    i = np.unravel_index(where % value.size, value.shape)
    wrong = value.copy()
    wrong[i] += sign * 1e-6 * np.abs(value).max()
    found = complaint(wrong, value)
    assert found.evidence.details["entry"] == [int(k) for k in i]
    assert ("the value" if value.ndim == 0 else f"entry {[int(k) for k in i]}") in found.evidence.sentence


def test_the_floor_of_the_tolerance_is_scaled_by_the_largest_term_not_the_result() -> None:
    """Where terms of size 1e6 cancel to 1e-3, their rounding is 1e-10 and no fault."""
    got, want = np.array([1e-3 + 5e-7]), np.array([1e-3])
    require_close(got, Truth.of(want, scale=1e6), WHERE)
    complaint(got, want)
    complaint(want + 2e-6, want, scale=1e6)


def test_the_floor_of_the_tolerance_may_be_given_for_each_entry() -> None:
    scales = np.array([1e6, 1.0])
    require_close(np.array([5e-7, 5e-13]), Truth(np.zeros(2), scales), WHERE)
    assert complaint(np.array([5e-7, 5e-7]), np.zeros(2), scale=scales).evidence.details["entry"] == [1]


def test_small_entries_are_held_to_the_tolerance_of_the_largest() -> None:
    require_close(np.array([1.0, 9e-13]), Truth.of(np.array([1.0, 0.0])), WHERE)
    complaint(np.array([1.0, 2e-12]), np.array([1.0, 0.0]))


NORMS = np.array([1.0, 1e-6, 1e-14, 2e-19])


@given(st.integers(0, 3), st.floats(1e-5, 10), st.sampled_from([-1, 1]))
def test_of_entries_that_differ_by_decades_each_is_held_to_its_own_size(at: int, part: float, sign: int) -> None:
    require_close(NORMS * (1 + 9e-8), Truth.of(NORMS), WHERE, DECADES)
    wrong = NORMS.copy()
    wrong[at] *= 1 + sign * part
    assert complaint(wrong, NORMS, DECADES).evidence.details["entry"] == [at]


def test_a_vanishing_gradient_that_is_ninefold_is_seen_among_large_ones() -> None:
    found = complaint(np.array([1.0, 1e-6, 9e-14]), np.array([1.0, 1e-6, 1e-14]), DECADES)
    assert found.evidence.sentence == "entry [2] is 9e-14, expected 1e-14"


def test_of_entries_that_differ_by_decades_a_zero_is_a_zero() -> None:
    require_close(np.array([1.0, 0.0]), Truth.of(np.array([1.0, 0.0])), WHERE, DECADES)
    assert complaint(np.array([1.0, 1e-300]), np.array([1.0, 0.0]), DECADES).evidence.details["entry"] == [1]


def test_what_is_wrong_among_decades_is_described_at_its_own_size() -> None:
    norms = np.concatenate([NORMS, 3.1 * NORMS, 7.7 * NORMS])
    doubled = complaint(2 * norms, norms, DECADES)
    assert describe(doubled) is not None
    assert "2" in str(describe(doubled))


def test_a_difference_of_large_numbers_is_not_held_to_its_own_size_unless_that_is_asked_for() -> None:
    """Two right ways to the slope of tanh: they agree in 1 part of 100 where it is 1e-14."""
    x = np.array([0.0, 8.0, 16.5])
    one, other = 1 - np.tanh(x) ** 2, 1 / np.cosh(x) ** 2
    require_close(one, Truth.of(other), WHERE)
    complaint(one, other, DECADES)


kinds = st.sampled_from([np.nan, np.inf, -np.inf, 0.5])


@given(st.lists(kinds, min_size=1, max_size=6), st.data())
def test_nan_is_met_by_nan_and_an_infinity_by_the_same_one_and_nothing_else(
    want: list[float], data: st.DataObject
) -> None:
    truth = np.array(want)
    require_close(want, Truth.of(truth), WHERE)
    at = data.draw(st.integers(0, len(want) - 1))
    other = data.draw(st.sampled_from([np.nan, np.inf, -np.inf, 0.5, 0.0]).filter(lambda x: repr(x) != repr(want[at])))
    got = truth.copy()
    got[at] = other
    found = complaint(got, truth).evidence
    assert found.details["entry"] == [at]
    assert f" is {other:.6g}, expected {want[at]:.6g}" in found.sentence


def test_beside_a_nan_numbers_are_judged_as_ever() -> None:
    truth = np.array([np.nan, 1.0, 1e-3])
    require_close(np.array([np.nan, 1.0 + 5e-8, 1e-3]), Truth.of(truth), WHERE)
    found = complaint(np.array([np.nan, 1.0 + 2e-7, 1e-3]), truth).evidence
    assert found.sentence == "entry [1] is 1.0000002, expected 1"
    assert complaint(np.array([np.nan, np.nan, 1e-3]), truth).evidence.id == "not-finite"
    assert complaint(np.array([np.nan, 1.1, 1e-3], np.float32), truth).evidence.id == "dtype"


def test_a_number_where_nan_is_right_is_told_before_a_larger_difference() -> None:
    found = complaint(np.array([1.0, 2.0, 9.0]), np.array([1.0, np.nan, 3.0])).evidence
    assert found.sentence == "entry [1] (the first; 2 of 3 entries are wrong) is 2, expected nan"


def test_entries_with_names_are_told_by_their_names() -> None:
    names = ["tanh' left out", "sign", "half"]

    def said(got: Any, want: Any) -> Wrong:
        with pytest.raises(Wrong) as caught:
            require_close(np.array(got), Truth.of(np.array(want)), WHERE, labels=names)
        return caught.value

    assert said([0, 1, 1], [1, 1, 1]).evidence.sentence == "“tanh' left out” is 0, expected 1"
    assert said([0, 1, 1], [1, 1, 1]).evidence.details["label"] == "tanh' left out"
    assert said([1, 0, 0], [1, 1, 1]).evidence.sentence == (
        "“sign” (the largest difference; 2 of 3 entries are wrong) is 0, expected 1"
    )
    assert said([1.0, np.nan, 1], [1.0, 1, 1]).evidence.sentence == "“sign” is nan, expected 1"
    assert said([[1, 1], [1, 0], [1, 1]], np.ones((3, 2))).evidence.sentence == "“sign” [1] is 0, expected 1"


def test_an_answer_asked_for_twice_may_not_differ_in_the_last_bit() -> None:
    assert "is 1.0000000000000002, expected 1" in complaint(np.nextafter(1.0, 2), 1.0, SAME).evidence.sentence


def test_an_expected_infinity_is_met_by_infinity_alone() -> None:
    require_close(np.array([np.inf, 1]), Truth.of(np.array([np.inf, 1])), WHERE)
    for other in (np.nan, 1e300, 1.0, -np.inf):
        assert complaint(np.array([other, 1]), np.array([np.inf, 1])).evidence.sentence.endswith("expected inf")


# --------------------------------------------------------------------------------------- what is said, and in which order


def test_an_answer_that_is_no_array_of_numbers_is_refused_first() -> None:
    assert complaint(None, np.zeros(3)).evidence.sentence == (
        "returned None (is a `return` missing?), expected an array of shape (3,)"
    )
    assert complaint("0.5", 0.5).evidence.id == "form"
    assert complaint([[1.0], [1.0, 2.0]], np.zeros((2, 2))).evidence.sentence == (
        "returned a list, expected an array of shape (2, 2)"
    )
    assert complaint({}, np.zeros(2)).evidence.sentence.startswith("returned a dict")


@pytest.mark.parametrize("got", [np.full((3, 1), np.nan), np.zeros((3, 1)), [[1], [2], [3]]])
def test_a_wrong_shape_is_told_before_wrong_values(got: Any) -> None:
    found = complaint(got, np.ones(3))
    assert found.evidence.sentence == "the shape is (3, 1), expected (3,)"
    assert str(found) == "adam, step 3 of 30: the shape is (3, 1), expected (3,)"


def test_an_array_of_one_entry_is_not_accepted_for_a_number() -> None:
    for got, want in ((np.array([1.0]), 1.0), (1.0, np.array([1.0]))):
        found = complaint(got, want).evidence
        assert found.id == "shape"
        assert found.details == {"got": list(np.shape(got)), "expected": list(np.shape(want))}


def test_whole_numbers_may_come_as_floats_but_stay_whole() -> None:
    want = np.array([1, 2])
    require_close(np.array([1.0, 2.0]), Truth.of(want), WHERE)
    assert complaint(np.array([1.0, 2.5]), want).evidence.sentence == "entry [1] is 2.5, expected a whole number"
    assert complaint(np.array([1, 3]), want).evidence.sentence == "entry [1] is 3, expected 2"
    assert complaint(np.array([np.nan, 1]), want).evidence.sentence == "entry [0] is nan, expected a whole number"


def test_an_entry_that_is_not_finite_is_told_before_one_that_is_far_off() -> None:
    got, want = np.array([[100.0, np.nan], [np.inf, 4.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    said = complaint(got, want).evidence.sentence
    assert said == "entry [0, 1] (the first; 2 of 4 entries are not finite) is nan, expected 2"


def test_the_largest_difference_is_told_with_the_number_of_wrong_entries() -> None:
    found = complaint(np.array([1.1, 5.0, 3.0]), np.array([1.0, 2.0, 3.0]))
    assert found.evidence.sentence == "entry [1] (the largest difference; 2 of 3 entries are wrong) is 5, expected 2"
    assert found.evidence.details == {"entry": [1], "got": "5.0", "expected": "2.0"}


@given(pairs)
def test_the_answer_and_the_expected_number_never_print_alike(pair: tuple[np.ndarray, np.ndarray]) -> None:
    got, want = pair
    assume(not np.array_equal(got, want))
    found = complaint(got, want, SAME)
    said = re.search(r" is (\S+), expected (\S+)$", found.evidence.sentence)
    assert said
    assert said[1] != said[2]
    assert float(found.evidence.details["got"]) != float(found.evidence.details["expected"])


@given(numbers, st.integers(-3, 3))
def test_numbers_are_printed_with_as_many_digits_as_tell_them_apart(a: float, ulps: int) -> None:
    b = a
    assume(abs(a) < 1e300)
    for _ in range(abs(ulps)):
        b = float(np.nextafter(b, np.copysign(np.inf, ulps)))
    one, other = digits_to_differ(a, b)
    assert (one == other) == (a == b)
    if abs(a) > 1e-300:
        assert float(one) == pytest.approx(a, rel=1e-5)


@given(numbers, numbers)
def test_two_numbers_print_alike_only_if_they_are_equal(a: float, b: float) -> None:
    one, other = digits_to_differ(a, b)
    assert (one == other) == (a == b)


def test_numbers_that_differ_in_six_digits_are_printed_with_six() -> None:
    assert digits_to_differ(1 / 3, 2 / 3) == ("0.333333", "0.666667")
    assert digits_to_differ(-0.27313812, -0.27313789) == ("-0.27313812", "-0.27313789")


# ------------------------------------------------------------------------------------------------------- precision


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_float32_answers_are_told_by_their_dtype_before_their_digits(dtype: type) -> None:
    want = np.random.default_rng(0).normal(size=(4, 3))
    said = f"the answer is {np.dtype(dtype)}, expected float64: keep the precision of the arguments"
    assert complaint(want.astype(dtype), want).evidence.sentence == said
    assert complaint((1.01 * want).astype(dtype), want).evidence.sentence == said
    assert "float" not in complaint(want + 1e-6, want).evidence.sentence


def test_a_wrong_shape_is_told_before_a_wrong_dtype() -> None:
    assert complaint(np.zeros((3, 1), np.float32), np.ones(3)).evidence.id == "shape"


def test_float32_that_holds_the_number_exactly_is_right() -> None:
    require_close(np.array([0.5, 2.0], np.float32), Truth.of(np.array([0.5, 2.0])), WHERE)
    require_close(np.array([0.5, np.nan], np.float32), Truth.of(np.array([0.5, np.nan])), WHERE)
