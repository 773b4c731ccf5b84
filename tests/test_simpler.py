"""Simpler cases are cases of the same kind, and what is pasted is exactly what was meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.checks import SingleCase, matches
from grader.judging.smallest.shrink import key
from grader.judging.smallest.simpler import cost, like, moves, sizes, take
from grader.topics.cases import Case
from grader.topics.cell import literal
from support.miniature import picked

ALONE = SingleCase.of(matches(picked), [], lambda case, wrong: [])


@given(st.integers(1, 6), st.integers(1, 6), st.randoms())
def test_letters_shrink_together_and_whole_numbers_keep_their_meaning(n: int, c: int, random: Any) -> None:
    rng = np.random.default_rng(random.randint(0, 2**32))
    labels = rng.integers(c, size=n)
    case = {"x": np.eye(c)[labels], "labels": labels, "by": rng.normal(size=(n, 1))}
    letter = random.choice("nc")
    kept = sorted(random.sample(range({"n": n, "c": c}[letter]), random.randint(1, {"n": n, "c": c}[letter])))
    small = take(ALONE, case, letter, kept)
    if small is None:
        assert letter == "c"
        assert not np.isin(labels, kept).all()
        return
    assert sizes(ALONE, small) == {"n": n, "c": c} | {letter: len(kept)}
    assert np.array_equal(small["x"], np.eye(small["x"].shape[1])[small["labels"]])
    if n != c and n > 1:
        assert len(small["by"]) == len(small["x"])


@pytest.mark.parametrize(
    ("value", "original", "alike"),
    [
        ([0.0, 1.0], [0.3, 1.2], False),
        ([1.0, 1.0], [0.3, 1.2], True),
        ([0.0, 1.0], [0.0, 1.2], True),
        ([-1.0], [0.0], False),
        ([[0.0, 0.0]], [[0.0, 1.0]], False),
        ([[1.0, 0.0]], [[0.0, 1.0]], True),
        ([[1.0, 1.0]], [[0.25, 0.75]], False),
        ([2.0], [1.0], False),
        ([0.0], [-0.4], False),
        ([0.0, 1.0], [-0.4, 0.3], True),
        ([0.5, 0.5, 1.0], [0.2, 0.7, 0.3], False),
        ([0.5, 0.5, 0.5], [0.2, 0.7, 0.3], True),
        ([1.0, 1.0], [0.2, 0.7], True),
        ([0.0, 1.0], [-1.0, 1.0], False),
        ([1.0, -1.0], [-1.0, 1.0], True),
    ],
)
def test_a_simpler_array_is_of_the_same_kind(value: Any, original: Any, alike: bool) -> None:
    assert like(np.array(value), np.array(original)) is alike


@given(arrays(float, (2, 3), elements=st.floats(allow_nan=True, allow_infinity=True)))
def test_numbers_are_pasted_exactly(array: np.ndarray) -> None:
    again = eval(literal(array), {"np": np, "float": float})
    assert np.array_equal(again, array, equal_nan=True)


@given(arrays(float, (2, 3), elements=st.sampled_from([0.0, -0.0, 1.0, 0.5, -2.0, 1e-300, float("inf")])))
def test_a_case_costs_its_entries_and_the_characters_of_all_but_zeros_and_ones(array: np.ndarray) -> None:
    characters = sum(0 if x == 0 else 1 if x == 1 else len(repr(x)) for x in array.ravel().tolist())
    assert cost({"x": array}) == (6, characters)
    assert cost({"x": array, "p": 0.25}) == (6, characters + len("0.25") + 1)


def test_hyper_parameters_are_left_out_only_as_a_case_of_the_row_leaves_them_out() -> None:
    every: list[Case] = [("default", {}), ("both", {"p": 0.2, "on": False}), ("off", {"on": False})]
    defaults = {"p": 0.5, "on": True}
    alone = replace(ALONE, cases=every, defaults=defaults)
    assert left(alone, {"p": 0.2, "on": False}) == [{}, {"on": False}]
    assert left(alone, {"on": True}) == [{}]
    assert left(replace(ALONE, cases=every[1:], defaults=defaults), {"p": 0.2, "on": False}) == [{"on": False}]
    assert left(replace(ALONE, cases=every[1:2], defaults=defaults), {"p": 0.2, "on": False}) == []


def left(alone: SingleCase, case: dict[str, Any]) -> list[dict[str, Any]]:
    """What becomes of a case by leaving out hyper-parameters."""
    return [other for move in moves(alone, case) if (other := move(case)) is not None and other != case]


SPLIT = {"x": np.array([[1.0, 2.0]]), "batches": [np.array([0, 1]), np.array([2])], "leaves": {"a": 1.5}, "n": 3}


@pytest.mark.parametrize(
    "other",
    [
        {"x": np.array([[1.0], [2.0]])},
        {"x": np.array([[1.0, -2.0]])},
        {"x": np.array([[1, 2]])},
        {"batches": [np.array([0]), np.array([1, 2])]},
        {"leaves": {"b": 1.5}},
        {"n": 3.0},
    ],
)
def test_cases_that_differ_have_other_keys(other: dict[str, Any]) -> None:
    batches: Any = SPLIT["batches"]
    assert key(SPLIT) == key({**SPLIT, "batches": [np.copy(batch) for batch in batches]})
    assert key(SPLIT) != key(SPLIT | other)
