"""One of several words, as an argument and as an answer."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from grader.checks import Script, follows, holds, matches, pure, stage
from grader.errors import TopicError
from grader.inside.plan import Plan
from grader.proving.do_nothing import do_nothing_programs
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Choice, Reals, function, sample, targets_of
from grader.topics.stubs import stub
from support import miniature
from support.miniature import lost, why


def judged(x: Reals["n"], kind: Choice["sum mean"]) -> {"verdict": Choice["low middle high"], "value": Reals[""]}:
    """Whether the sum or the mean is below -1, above 1 or between, and what it is."""


def right(x: np.ndarray, kind: str) -> Any:
    value = x.sum() if kind == "sum" else x.mean()
    return ("low" if value < -1 else "high" if value > 1 else "middle"), value


def sets(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a low one", sample(judged, rng, n=3, kind="mean") | {"x": np.array([-4.0, -2.5, -3.1])}
    yield "a high one", sample(judged, rng, n=3) | {"x": np.array([4.0, 2.5, 3.1])}
    yield "one between", sample(judged, rng, n=2) | {"x": np.array([0.2, 0.3])}


graded = partial(miniature.graded, right={"judged": right}, truth=miniature.NumpyTruth({"judged": right}))


def story(world: Any, case: Any) -> Any:
    verdict, value = world.judged(case["x"], case["kind"])
    yield "the verdict", verdict
    yield "the value", value


@pytest.mark.parametrize(
    "check",
    [
        matches(judged),
        matches(judged, output="verdict"),
        follows(Script(story, judged)),
        holds(lambda trial, case: trial.call(judged, **case)[0] != trial.expected(judged, **case)[0] or None, judged),
        pure(judged),
    ],
)
def test_a_right_word_is_earned(check: Any) -> None:
    assert graded(check, sets).earned


@pytest.mark.parametrize("check", [matches(judged), matches(judged, output="verdict"), follows(Script(story, judged))])
@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("high", "the answer is 'high', expected 'low'"),
        ("High", "returned 'High', expected 'low', 'middle' or 'high'"),
        (None, "returned None (is a `return` missing?), expected 'low', 'middle' or 'high'"),
        (2, "returned an int, expected 'low', 'middle' or 'high'"),
    ],
)
def test_another_word_is_lost_and_told_in_words(check: Any, word: Any, sentence: str) -> None:
    outcome = graded(check, sets, judged=lambda x, kind: (word, right(x, kind)[1]))
    assert lost(outcome).endswith(sentence)


def test_a_wrong_word_costs_the_row_of_its_output_alone() -> None:
    assert graded(matches(judged, output="value"), sets, judged=lambda x, kind: ("high", right(x, kind)[1])).earned


@pytest.mark.parametrize("number", [7, -1, np.zeros(3), 0.5, "low", None])
def test_a_process_that_answers_with_no_words_number_is_told_so(number: Any) -> None:
    """The number is made in the student's process, which may answer with anything."""

    class Forged(Live):
        def run(self, plan: Plan) -> list[Any]:
            return [number for _ in plan.wanted]

    row = Row("row", 1, "it is right", matches(judged, output="verdict"))
    topic = Topic("Miniature", sets, [row])
    [outcome] = miniature.outcomes(topic, Forged({"judged": right}), miniature.NumpyTruth({"judged": right}))
    assert why(outcome)[0] in ("form", "shape", "whole-number")


def test_a_word_is_drawn_and_described_in_the_handout() -> None:
    drawn = {sample(judged, np.random.default_rng(seed), n=1)["kind"] for seed in range(40)}
    assert drawn == {"sum", "mean"}
    text = stub(function(judged))
    assert "kind: 'sum' or 'mean'" in text
    assert "verdict: 'low', 'middle' or 'high'" in text


def test_always_the_same_word_is_a_program_that_deserves_nothing() -> None:
    programs = do_nothing_programs(targets_of(judged))
    for word in ("low", "middle", "high"):
        assert programs[f"returns {word!r}"].world["judged"](np.zeros(2), "sum")[0] == word  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", ["", "one", "one one", 3])
def test_a_choice_of_no_two_words_is_the_authors_mistake(words: Any) -> None:
    with pytest.raises(TopicError, match="two words or more"):
        Choice[words]


def test_nothing_follows_from_a_word() -> None:
    with pytest.raises(TopicError, match="nothing follows from a word"):
        stage(judged, "verdict")
