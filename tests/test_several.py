"""Lists of arrays as arguments and as outputs: the weights of a network whose layers have sizes of their own."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import matches, pure
from grader.errors import TopicError, Wrong
from grader.proving.do_nothing import do_nothing_programs
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Ints, Reals, Several, function, sample, targets_of
from grader.topics.stubs import stub
from support import miniature


def slopes(x: Reals["n d"], ws: Several[Reals["i o"], "L"]) -> {"dx": Reals["n d"], "dws": Several[Reals["i o"], "L"]}:
    """The derivatives of Σ (X W₁ … W_L)."""


def right_slopes(x: np.ndarray, ws: list[np.ndarray]) -> Any:
    before = [x]
    for W in ws:
        before.append(before[-1] @ W)
    dout, dws = np.ones_like(before[-1]), list[np.ndarray]()
    for W, A in zip(reversed(ws), reversed(before[:-1]), strict=True):
        dws.insert(0, A.T @ dout)
        dout = dout @ W.T
    return dout, dws


def networks(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "three layers", sample(slopes, rng, n=5, d=4, L=3, i=(4, 3, 2), o=(3, 2, 1))
    yield "one layer", sample(slopes, rng, n=2, d=3, L=1, i=3, o=2)


graded = partial(miniature.graded, right={"slopes": right_slopes}, truth=miniature.NumpyTruth({"slopes": right_slopes}))
SIZES = st.lists(st.integers(1, 4), min_size=1, max_size=5)


@given(SIZES)
def test_a_list_is_drawn_item_by_item_and_answered_in_the_same_shapes(sizes: list[int]) -> None:
    case = sample(slopes, np.random.default_rng(0), n=3, d=2, L=len(sizes), i=tuple(sizes), o=tuple(reversed(sizes)))
    assert [W.shape for W in case["ws"]] == [*zip(sizes, reversed(sizes), strict=True)]
    declared = function(slopes)
    bound = declared.sizes(case)
    assert bound["L"] == len(sizes)
    assert declared.outputs[1][1].shapes(bound) == [W.shape for W in case["ws"]]


@pytest.mark.parametrize("output", ["", "dx", "dws"])
def test_a_list_that_is_right_is_earned_item_by_item(output: str) -> None:
    assert graded(matches(slopes, output=output), networks).earned


def test_a_wrong_item_is_named_with_its_number_and_its_entry() -> None:
    def wrong(x: np.ndarray, ws: list[np.ndarray]) -> Any:
        dx, dws = right_slopes(x, ws)
        dws[-1][0, 0] += 1
        return dx, dws

    outcome = graded(matches(slopes, output="dws"), networks, slopes=wrong)
    assert miniature.why(outcome) == ("value", "`dws` of slopes, item [2] on three layers")
    assert "entry [0, 0] is " in str(outcome.error)
    assert graded(matches(slopes, output="dx"), networks, slopes=wrong).earned


def test_a_list_that_is_none_costs_nothing_that_stands_beside_it() -> None:
    outcome = graded(matches(slopes, output="dx"), networks, slopes=lambda x, ws: (right_slopes(x, ws)[0], None))
    assert outcome.earned, outcome.error


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda dws: dws[:-1], "returned a list of 2 items, expected a list of 3"),
        (lambda dws: np.ones(3), "returned an array of shape (3,), expected a list of 3"),
        (lambda dws: None, "returned None (is a `return` missing?), expected a list of 3"),
        (lambda dws: {0: 1}, "returned a dict, expected a list of 3"),
    ],
)
def test_an_answer_that_is_no_such_list_is_told(answer: Any, said: str) -> None:
    def other(x: np.ndarray, ws: list[np.ndarray]) -> Any:
        dx, dws = right_slopes(x, ws)
        return dx, answer(dws)

    outcome = graded(matches(slopes), networks, slopes=other)
    assert isinstance(outcome.error, Wrong)
    assert said in str(outcome.error)


def test_a_tuple_is_a_list_and_an_item_of_another_shape_is_told() -> None:
    assert graded(
        matches(slopes), networks, slopes=lambda x, ws: (lambda a, b: (a, tuple(b)))(*right_slopes(x, ws))
    ).earned
    turned = graded(matches(slopes), networks, slopes=lambda x, ws: (x * 0 + right_slopes(x, ws)[0], list(ws)[::-1]))
    assert miniature.why(turned) == ("shape", "`dws` of slopes, item [0] on three layers")


def test_a_list_that_is_changed_in_place_is_seen() -> None:
    def writes(x: np.ndarray, ws: list[np.ndarray]) -> Any:
        found = right_slopes(x, ws)
        ws[0] *= 2
        return found

    assert graded(pure(slopes), networks).earned
    outcome = graded(pure(slopes), networks, slopes=writes)
    assert miniature.why(outcome)[0] == "argument-changed"


@pytest.mark.parametrize("name", ["returns zeros", "returns None", "defines nothing", "returns its argument"])
def test_what_does_nothing_earns_no_list(name: str) -> None:
    program = do_nothing_programs(targets_of(slopes))[name]
    cases = [Row("row", 1, "it is right", matches(slopes)), Row("pure", 1, "left alone", pure(slopes))]
    truth = miniature.NumpyTruth({"slopes": right_slopes})
    found = miniature.outcomes(Topic("Lists", networks, cases), program, truth)
    assert not any(outcome.earned for outcome in found)


def test_a_list_is_said_to_the_student_as_what_it_is() -> None:
    text = stub(function(slopes))
    assert "ws: a list of L: each a real array of shape (i, o)" in text


@pytest.mark.parametrize("parts", ["L", (Reals["n"], 3), (Reals["*n d"], "L"), (3, "L"), (Ints, "L")])
def test_a_list_of_what_is_nothing_is_the_authors_mistake(parts: Any) -> None:
    with pytest.raises(TopicError, match=r"what an item is and how many there are"):
        Several[parts]


def test_a_case_whose_list_does_not_fit_is_the_authors_mistake() -> None:
    with pytest.raises(TopicError, match=r"has items of the shapes \(2,\), \(3, 3\)"):
        function(slopes).sizes({"x": np.zeros((2, 2)), "ws": [np.zeros(2), np.zeros((3, 3))]})
    with pytest.raises(TopicError, match=r"the size `L` of `ws` is not given"):
        sample(slopes, np.random.default_rng(0), n=3, d=2, i=3, o=2)
