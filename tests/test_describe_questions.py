"""What is said of a few numbers is proven by several questions, and refuted by any of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.errors import Evidence, Wrong
from grader.judging.evaluate import evaluate
from grader.numerics.compare import Truth, require_close
from grader.numerics.describe import describe_or_raise
from grader.numerics.describe.questions import digits
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from grader.truth.trials import seeded_trials
from support.repository import own_course

COURSE = own_course()
DRAWS = ((0.519, 1.363), (-0.368, 1.241), (0.417, -1.483))
Number = Callable[[float, float], float]


def evidence(where: str, got: Any, want: Any, given: dict[str, Any]) -> Evidence:
    with pytest.raises(Wrong) as caught:
        require_close(np.array(got, float), Truth.of(np.array(want, float)), where, given=given)
    return caught.value.evidence


def of_draws(got: Number, want: Number, draws: Sequence[tuple[float, float]] = DRAWS) -> Wrong:
    """Answers to one script on several draws of its numbers."""
    first, *also = (
        evidence(
            f"data of y on y = a - b, with a = {a}, b = {b}",
            got(a, b),
            want(a, b),
            {"formula": "y = a - b + 3", "leaves": {"a": a, "b": b}},
        )
        for a, b in draws
    )
    return Wrong.of(replace(first, also=tuple(also)))


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (lambda a, b: a + b, "the number is `a` plus `b`"),
        (lambda a, b: b - a, "the sign is flipped"),
        (lambda a, b: a, "the number is `a`"),
        (lambda a, b: 2 * (a - b), "the number is 2 times too large"),
        (lambda a, b: 1.75, "the number is 1.75, where the right one differs each time"),
        (lambda a, b: 0.0, "the number is 0, where the right one differs each time"),
        (lambda a, b: a * b, "the number is `a` times `b`"),
    ],
)
def test_several_questions_prove_what_one_does_not(got: Number, sentence: str) -> None:
    right: Number = lambda a, b: a - b  # noqa: E731
    assert describe_or_raise(of_draws(got, right)) == f"{sentence}, in each of 3 such questions"
    # two questions, or the same one three times, prove none of it but what is true of each alone
    for few in (DRAWS[:2], DRAWS[:1] * 3):
        assert describe_or_raise(of_draws(got, right, few)) in (None, "the sign is flipped", "it is `a` times `b`")


def test_of_right_answers_that_repeat_it_is_not_said_that_each_differs() -> None:
    right: Number = lambda a, b: float(a == DRAWS[0][0])  # noqa: E731
    said = describe_or_raise(of_draws(lambda a, b: 1.75, right))
    assert said == "the number is 1.75, where the right one is not always the same, in each of 3 such questions"


def test_another_question_refutes_what_fits_one() -> None:
    def got(a: float, b: float) -> float:
        return np.exp(a) if a == DRAWS[0][0] else np.pi

    right: Number = lambda a, b: a - b  # noqa: E731
    assert describe_or_raise(of_draws(got, right, DRAWS[:1])) == "it is exp(`a`)"
    assert describe_or_raise(of_draws(got, right)) is None


def test_few_digits_prove_nothing() -> None:
    draws = ((0.5, 0.2), (0.4, 0.3), (0.2, 0.6))
    assert describe_or_raise(of_draws(lambda a, b: a + b, lambda a, b: a - b, draws)) is None
    assert digits(np.array([0.5, 0.7])) < 2 < digits(np.array([0.5, 0.71])) < 4


def test_each_named_entry_that_is_wrong_is_explained_or_nothing_is_said() -> None:
    def wrong(slope: Callable[[float, float], tuple[float, float]]) -> Wrong:
        first, *also = (
            evidence("grad of (a, b, y) on a product", [*slope(a, b), 1.0], [b, a, 1.0], {"leaves": {"a": a, "b": b}})
            for a, b in DRAWS
        )
        return Wrong.of(replace(first, also=tuple(also)))

    assert (
        describe_or_raise(wrong(lambda a, b: (a, b)))
        == "grad of a is `a`; grad of b is `b`, in each of 3 such questions"
    )
    assert describe_or_raise(wrong(lambda a, b: (0.0, a))) == (
        "grad of a is 0, where the right one differs each time, in each of 3 such questions"
    )
    assert describe_or_raise(wrong(lambda a, b: (a, np.sin(17 * a) / 3))) is None


def told(slug: str, row: str, old: str, new: str) -> str:
    """Return what is said of a row where the model solution has a slip."""
    assignment = Assignment(slug, COURSE.root)
    assert old in assignment.solution
    names: dict[str, Any] = {}
    exec(assignment.solution.replace(old, new), names)
    live = Live(names)
    with np.errstate(all="ignore"):
        [outcome] = evaluate(
            assignment.topic, live, seeded_trials(assignment.topic, live, Oracle(assignment), 0), [row]
        )
    assert isinstance(outcome.error, Wrong)
    return outcome.error.evidence.because or describe_or_raise(outcome.error) or ""


CATEGORICAL = "-np.mean(np.sum(targets * log_softmax(logits), axis=1))"
MAXIMUM = "logits - logits.max(axis=1, keepdims=True)"


@pytest.mark.parametrize(
    ("slug", "row", "old", "new", "sentence"),
    [
        ("autodiff", "sums", "(other, -1.0)", "(other, -2.0)", "grad of b is -2, where -1 is right, in each of 3"),
        ("autodiff", "values", "self.data - other.data", "self.data + other.data", "the number is `a` plus `b`, in each of 3"),
        ("softmax-cross-entropy", "categorical", CATEGORICAL, CATEGORICAL.replace("mean", "max"),
         "it is the minimum of what `categorical_cross_entropy` is for each row alone"),
        ("softmax-cross-entropy", "categorical", "targets * log_softmax(logits)", "log_softmax(logits)",
         "it is minus the sum of log(softmax(`logits`)) divided by n"),
        ("softmax-cross-entropy", "categorical", "targets * log_softmax(logits)", "targets * logits",
         "it is minus the sum of `logits` · `targets` divided by n"),
        ("softmax-cross-entropy", "sparse", "log_softmax(logits)[", "logits[",
         "it is minus the sum of `logits`[i, `labels`[i]] divided by n"),
        ("softmax-cross-entropy", "softmax", "sum(axis=1", "sum(axis=0",
         "each entry is the right one times a number of its row and one of its column, and each column"),
        ("softmax-cross-entropy", "softmax", "return below - np.log(np.exp(below).sum(axis=1, keepdims=True))", "return below",
         "each row is the right one times a number of its own (row 0 by 2.30039, row 1 by 2.65529): no row sums to 1 now"),
        ("softmax-cross-entropy", "huge", MAXIMUM, "logits", "it stays when all logits move by 300 and all logits move by 600"),
        ("softmax-cross-entropy", "huge_loss", MAXIMUM, "logits", "it stays when all logits move by 300 and all logits move"),
        ("softmax-cross-entropy", "huge", MAXIMUM, "logits - logits.max()", "it stays when all logits move by 300, all"),
        ("softmax-cross-entropy", "shift", MAXIMUM, "logits - logits.max(axis=0)", "it stays when all logits move by 1"),
        ("dropout", "scale", "keep / (1 - p)", "keep / (1 + p)", "the number is (1 / (1 + `p`)), in each of 3"),
        ("dropout", "bwd", "dout * mask", "dout / mask", "it is infinite where `mask` is 0, and finite everywhere else"),
        ("dropout", "rate", "p=0.5", "p=0.0", "with `p` left out, out is x, as is right with p = 0 only"),
        ("dropout", "rate", "p=0.5", "p=1.0", "with `p` left out, every entry of out is nan"),
        ("dropout", "drops", "training=True", "training=False", "with training=True entries are dropped, with `training` left"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_slip(slug: str, row: str, old: str, new: str, sentence: str) -> None:
    assert told(slug, row, old, new).startswith(sentence)
