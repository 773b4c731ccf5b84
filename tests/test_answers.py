"""Whole answers: two programs with one fault differ by rounding only, and two faults do not pass for one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.inside.wire import decode, encode
from grader.judging.answers import Answers, Numbers, from_wire, read, to_wire

FINITE = st.floats(-1e6, 1e6, allow_nan=False)
ANY = arrays(float, st.integers(1, 30), elements=st.one_of(FINITE, st.sampled_from([0.0, np.nan, np.inf, -np.inf])))


def whole(*values: Any) -> Answers:
    return Answers(tuple(read(value) for value in values))


@given(ANY, st.integers(0, 2**32 - 1))
def test_rounding_makes_no_other_answer(values: np.ndarray, seed: int) -> None:
    rounding = 1 + 1e-14 * np.random.default_rng(seed).normal(size=values.shape)
    with np.errstate(invalid="ignore"):
        rounded = whole(values * rounding)
    assert whole(values).agrees(rounded)
    assert whole(values).may_agree(rounded)


@given(ANY, st.data())
def test_one_number_that_differs_in_its_fifth_digit_makes_another_answer(
    values: np.ndarray, data: st.DataObject
) -> None:
    finite = np.flatnonzero(np.isfinite(values))
    largest = np.abs(values[finite]).max(initial=0)
    if largest < 1e-290:  # 1e-12 of it, which terms round to, is no number of full precision any more
        return
    at = data.draw(st.sampled_from([int(i) for i in finite if abs(values[i]) == largest]))
    other = values.copy()
    other[at] *= 1 + 1e-5
    assert not whole(values).agrees(whole(other))
    assert not whole(values).may_agree(whole(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.zeros(3), np.zeros((3, 1))),
        (np.zeros(3), None),
        (np.array([np.nan, 1.0]), np.array([0.0, 1.0])),
        (np.array([np.inf]), np.array([-np.inf])),
        (np.array([0.1]), np.array([0.1], np.float32)),
        ("a", "b"),
    ],
    ids=["shape", "nothing", "nan", "infinite", "float32", "text"],
)
def test_another_form_is_another_answer(one: Any, other: Any) -> None:
    assert not whole(one).agrees(whole(other))
    assert not whole(one).may_agree(whole(other))


def test_a_number_at_the_edge_of_a_grid_is_found_on_the_other() -> None:
    """0.5 of the 8th digit: on one grid a last bit moves it to the next step."""
    edge = np.array([1.0, 0.123456785])
    for numbers in (edge, 0.5 ** np.arange(1.0, 40.0), np.array([2.0**-14])):
        for last_bit in (np.nextafter(numbers, 0), np.nextafter(numbers, 1)):
            assert whole(numbers).may_agree(whole(last_bit))


def test_what_the_terms_round_to_is_no_difference() -> None:
    """A sum of terms of size 1e9 that cancel to 1 is known to 1e-7."""
    one, other = Numbers.of(np.array([1.0]), scale=1e9), Numbers.of(np.array([1.0 + 1e-7]), scale=1e9)
    assert Answers((one,)).agrees(Answers((other,)))
    assert Answers((one,)).may_agree(Answers((other,)))
    assert not whole(np.array([1.0])).agrees(whole(np.array([1.0 + 1e-7])))


def test_an_incomplete_answer_agrees_with_nothing_and_not_with_itself() -> None:
    cut = Answers((read(np.ones(2)),), complete=False)
    assert not cut.agrees(cut)


@given(st.lists(ANY, max_size=4))
def test_whole_answers_come_back_from_bytes_as_they_were_and_light_ones_by_their_prints(
    values: list[np.ndarray],
) -> None:
    answers = whole(*values, None)
    back = from_wire(decode(encode(to_wire(answers))))
    assert back.agrees(answers)
    assert back.prints == answers.prints
    light = from_wire(decode(encode(to_wire(answers, light=True))))
    assert light.values == ()
    assert light.agrees(answers)


def test_of_a_large_array_every_entry_is_in_the_prints() -> None:
    values = np.random.default_rng(0).normal(size=100_000)
    other = values.copy()
    other[77_777] += 1
    assert not whole(values).may_agree(whole(other))


# ------------------------------------------------------------------------------------------ beside the right answer


RIGHT = [np.array([1.5, 2.5, 3.25]), np.array([0.1, 0.2])]


@pytest.mark.parametrize(
    ("answer", "dead"),
    [
        ([np.zeros(3), np.zeros(2)], True),
        ([np.full(3, np.nan), np.full(2, np.nan)], True),
        ([RIGHT[0], np.zeros(2)], True),
        ([RIGHT[0], np.array([0.1, 0.0])], False),
        ([2 * RIGHT[0], 2 * RIGHT[1]], False),
        ([np.array([1.5, 0.0, 0.0]), RIGHT[1]], True),
    ],
    ids=["zeros", "nan", "one of two arrays is 0", "one entry is 0", "twice", "two entries are 0"],
)
def test_an_answer_is_dead_where_it_is_one_number_and_the_right_one_varies(
    answer: list[np.ndarray], dead: bool
) -> None:
    assert whole(*answer).beside(whole(*RIGHT)).is_dead is dead


@pytest.mark.parametrize(("number", "tells"), [(0.0, False), (np.nan, False), (0.5, False), (1.7, True)])
def test_only_numbers_that_are_not_round_tell_one_fault_from_many(number: float, tells: bool) -> None:
    """A right number beside it tells nothing."""
    assert whole(np.array([1.5, 2.5, number]), RIGHT[1]).beside(whole(*RIGHT)).is_telling is tells
