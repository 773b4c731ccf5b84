"""What is said of an unknown mistake: the simplest description, and never a false one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from grader.bundle.check import judge
from grader.bundle.release import make_record
from grader.bundle.shown import lines
from grader.checks import matches, trajectory, vjp
from grader.errors import Evidence, Wrong
from grader.judging.mistakes import Known
from grader.judging.verdicts import verdicts
from grader.numerics.compare import SAME, Truth, require_close
from grader.numerics.describe import describe_or_raise
from grader.numerics.name_numbers import name_of
from grader.result import Hint, Status
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from support.courses import SOFTMAX_SOLUTION
from support.miniature import (
    descend,
    graded,
    layers,
    right_backward,
    right_descend,
    right_forward,
    scale,
    wave_slope,
    waves,
)

TOO_FEW = "is a sum or a mean taken too often, is an array left out"
RNG = np.random.default_rng(5)
W = RNG.normal(size=(8, 5))
ROW = RNG.normal(size=5)
X = RNG.normal(size=(8, 5))
GIVEN = {"x": X, "gamma": ROW, "beta": 0.9, "lr": 0.03, "n": 8, "c": 5}


def wrong(got: Any, want: Any, scale: float | None = None, **given: Any) -> Wrong:
    with pytest.raises(Wrong) as caught:
        require_close(np.asarray(got), Truth.of(want, scale), "f", given=GIVEN | given, nearby=given.get("nearby", {}))
    return caught.value


def told(got: Any, want: Any = W, **given: Any) -> str | None:
    return describe_or_raise(wrong(got, want, **given))


def spoiled(index: Any) -> np.ndarray:
    """The right answer with some entries drawn anew."""
    got = W.copy()
    got[index] = np.random.default_rng(6).normal(size=got[index].shape)
    return got


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (8 * W, "every entry is 8 times too large, and 8 is n: are a sum and a mean mixed up, or is a division left out?"),
        (W / 5, "every entry is 5 times too small, and 5 is c: is it divided once too often?"),
        (-W / 5, "every entry is 5 times too small and has the wrong sign, and 5 is c: is it divided once too often?"),
        (0.9 * W, "every entry is the right one times 0.9, and 0.9 is beta"),
        (W * (1 - 0.9), "every entry is the right one times 0.1, and 0.1 is 1 - beta"),
        (W / 0.03, "every entry is the right one divided by 0.03, and 0.03 is lr"),
        (40 * W, "every entry is 40 times too large, and 40 is n·c"),
        (8 / 7 * W, "every entry is 1.14286 times too large, and 1.14286 is n/(n - 1)"),
        (W / np.log(2), "every entry is the right one divided by 0.693147, and 0.693147 is ln 2"),
        (2 * W, "every entry is 2 times too large"),
        (W / 2, "every entry is 2 times too small"),
        (3.7 * W, "every entry is 3.7 times too large"),
        (-W, "the sign is flipped, in every entry"),
        (W + 1, "every entry is 1 too large"),
        (W - np.log(5), "every entry is 1.60944 too small, and 1.60944 is ln c"),
        (W + 0.123, "every entry is 0.123 too large"),
        (W[::-1], "the rows are in reverse order"),
        (np.roll(W, 1, axis=1), "the columns are shifted by one: is an index off by one?"),
        (W[[3, 1, 0, 2, 7, 6, 5, 4]], "the rows are right, but in another order"),
        (W[:, [1, 0, 3, 2, 4]], "the columns are right, but in another order"),
        (np.abs(W), "it is the absolute value of the right answer"),
        (np.maximum(W, 0), "right, but what is below 0 is cut to 0"),
        (np.exp(W), "it is exp of the right answer: is a logarithm left out?"),
        (W**2, "it is the square of the right answer: is a root left out?"),
        (1 - W, "it is 1 minus the right answer"),
        (X, "it is the argument `x`, unchanged"),
        (3 * X, "it is 3 times `x`"),
        (W * ROW, "it is the right answer times `gamma`"),
        (W + ROW, "it is the right answer plus `gamma`"),
        (X * ROW, "it is `x` times `gamma`"),
        (W - 0.03 * X, "it is the right answer minus 0.03 times `x`, and 0.03 is lr"),
        (np.where(X > 0, W, 0), "right wherever `x` is positive, wrong wherever it is negative, where yours is 0"),
        (np.where(X > 0, W, 4 * W), "right wherever `x` is positive, wrong wherever it is negative, where yours is 4 times"),
        (np.where(W < 0, W, W**3), "right wherever the right answer is negative, wrong wherever it is positive"),
        (spoiled(-1), "right except in the last row"),
        (spoiled(3), "right except in row 3"),
        (spoiled((slice(None), 0)), "right except in the first column"),
        (0 * W, "every entry is 0"),
        (np.full(W.shape, np.nan), "every entry is nan"),
        (W.T.copy(), "it is the right answer transposed"),
        (W.sum(axis=1), "it is the sum of the right answer over axis 1"),
        (W.mean(axis=0), "it is the mean of the right answer over axis 0"),
        (W.ravel(), "the numbers are right, only their shape is not: is `keepdims` or a `reshape` amiss?"),
        (W * np.arange(1, 9)[:, None], "each row is the right one times a number of its own (row 0 by 1, row 1 by 2)"),
        (W + np.arange(1, 9)[:, None], "each row is off by a number of its own (row 0 by 1, row 1 by 2)"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_described(got: np.ndarray, sentence: str) -> None:
    assert (told(got) or "").startswith(sentence)


@pytest.mark.parametrize(
    ("got", "want", "sentence"),
    [
        (W, W.sum(axis=0), "its sum over axis 0 is the right answer"),
        (np.broadcast_to(W[0], (7, 5)), W[0], "it repeats the right answer along axis 0"),
        (W, W.mean(), "the mean of all its entries is the right answer"),
        (RNG.normal(size=8), ROW, "it has n numbers, not c: does a sum or a mean run along the wrong axis?"),
        (RNG.normal(size=(8, 5)), ROW, "it has an axis too many: is a sum, a mean or an index left out, or does a matrix"),
        (RNG.normal(size=5), W, f"it has an axis too few: {TOO_FEW}"),
        (np.float64(3), W[0], f"it is a single number: {TOO_FEW}"),
        (RNG.normal(size=(5, 5)), ROW, "did an array of shape (5, 1) meet one of shape (5,)?"),
        (W[:, :5][:5].T, W[:5], "it is the right answer transposed"),
        (np.float64(8 * 0.71234567), np.float64(0.71234567), "the answer is 8 times too large, and 8 is n: are a sum and a mean"),
        (np.float64(-0.7), np.float64(0.7), "the sign is flipped"),
        (np.append(ROW[:-1], 3.0), ROW, "right except for the last entry"),
        ((W.astype(np.float32) ** 5).astype(float), W**5, "right to 6e-08 of the largest entry, with the seven"),
        (W * (1 + 1e-6 * X), W, "right to"),
        (0.066 * np.eye(8)[:, :4], np.eye(8)[:, :4] + 1e-30 * X[:, :4], "every entry that is wrong is 15"),  # not: cut
        (3 * W, W, "every entry is 3 times too large"),
    ],
)  # fmt: skip
def test_a_wrong_answer_of_another_shape_is_described(got: Any, want: Any, sentence: str) -> None:
    assert (told(got, want) or "").startswith(sentence)


@pytest.mark.parametrize("got", [X, ROW])
def test_an_answer_that_is_another_output_is_recognised(got: np.ndarray) -> None:
    error = Wrong.of(replace(wrong(got, W).evidence, outputs={"dW": W, "dx": X, "db": ROW}))
    name = "dx" if got is X else "db"
    assert (describe_or_raise(error) or "").startswith(
        f"it is what `{name}` should be: are they returned in another order"
    )


def test_an_answer_of_the_step_before_is_recognised() -> None:
    assert told(X, W, x=None, nearby={"the right change of the step before": X}) == (
        "it is the right change of the step before: is something one step early or late?"
    )


def test_an_answer_that_lacks_a_part_of_the_step_before_is_described() -> None:
    assert told(W - 0.9 * X, x=None, nearby={"the right change of the step before": X}) == (
        "it is the right answer minus 0.9 times the right change of the step before, and 0.9 is beta"
    )


def test_an_answer_wrong_only_where_an_argument_is_0_is_described_so() -> None:
    x = X.copy()
    x[2, 3] = x[5, 1] = 0
    assert told(np.where(x == 0, 7.0, W), x=x) == "right except where `x` is 0"


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (RNG.normal(size=(8, 5)), W),
        (np.zeros((8, 5)), np.ones((8, 5))),  # a constant could be anything
        (np.ones((8, 5)) * 8, np.ones((8, 5))),
        (RNG.normal(size=(7, 3)), W),
        (np.float64(3.21), np.float64(0.7)),
        (np.array([1 - 2e-9, 2e-9, 1 - 2e-9, 2e-9]), np.array([1.0, 0, 1, 0])),  # cut, and not a float32
    ],
)
def test_an_answer_that_nothing_explains_is_not_described(got: Any, want: Any) -> None:
    assert told(got, want) is None


def test_an_answer_as_small_as_its_rounding_is_not_described() -> None:
    """A result that cancels to 1e-9 of its terms: every description would be right to within rounding."""
    tiny = 1e-9 * W
    assert describe_or_raise(wrong(-tiny, tiny, scale=0.1)) == "the sign is flipped, in every entry"
    assert describe_or_raise(wrong(-tiny, tiny, scale=500.0)) is None


# ------------------------------------------------------------------------------- every family, and what does not prove it

FEW_EXAMPLES = settings(
    deadline=None, max_examples=10
)  # numbers are drawn by a seed: nothing shrinks, and one is like another
generic = st.integers(0, 2**32).map(np.random.default_rng)


def table(rng: np.random.Generator, rows: int = 7, columns: int = 4) -> np.ndarray:
    return rng.normal(size=(rows, columns))


FAMILIES: dict[str, tuple[Callable[..., np.ndarray], str]] = {
    "one number": (lambda w, rng: np.full(w.shape, 0.25), "every entry is 0.25"),
    "sign": (lambda w, rng: -w, "the sign is flipped"),
    "known factor": (lambda w, rng: 8 * w, "every entry is 8 times too large, and 8 is n"),
    "some factor": (lambda w, rng: rng.uniform(1.1, 1.9) * w, "every entry is 1."),
    "known offset": (lambda w, rng: w + 0.9, "every entry is 0.9 too large, and 0.9 is beta"),
    "some offset": (lambda w, rng: w + rng.uniform(1.1, 1.9), "every entry is 1."),
    "absolute value": (lambda w, rng: np.abs(w), "it is the absolute value of the right answer"),
    "square": (lambda w, rng: w**2, "it is the square of the right answer"),
    "exp": (lambda w, rng: np.exp(w), "it is exp of the right answer"),
    "1 minus": (lambda w, rng: 1 - w, "it is 1 minus the right answer"),
    "transposed": (lambda w, rng: w.T, "it is the right answer transposed"),
    "the other way round": (lambda w, rng: w[::-1], "the rows are in reverse order"),
    "shifted": (lambda w, rng: np.roll(w, 1, 0), "the rows are shifted by one"),
    "another order": (lambda w, rng: w[[2, 0, 1, 4, 3, 6, 5]], "the rows are right, but in another order"),
    "factor by row": (lambda w, rng: w * rng.uniform(2, 3, (7, 1)), "each row is the right one times a number of its own"),
    "offset by column": (lambda w, rng: w + rng.uniform(2, 3, (1, 4)), "each column is off by a number of its own"),
    "one row": (lambda w, rng: np.vstack([w[:-1], rng.normal(size=4)]), "right except in the last row"),
    "float32": (lambda w, rng: w * (1 + rng.choice([-4e-7, 4e-7], w.shape)), "right to 4e-07"),
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
@FEW_EXAMPLES
@given(generic)
def test_a_change_that_a_family_describes_is_described(family: str, rng: np.random.Generator) -> None:
    change, sentence = FAMILIES[family]
    want = rng.normal(size=(5, 5)) if family == "transposed" else table(rng)
    assert (told(change(want, rng), want) or "").startswith(sentence)


@FEW_EXAMPLES
@given(generic)
def test_a_softmax_whose_columns_are_shifted_is_described(rng: np.random.Generator) -> None:
    def softmax(z: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))

    logits = rng.normal(size=(7, 4))
    said = told(softmax(logits + rng.uniform(0.5, 1.0, 4) * [1, -1, 1, 1]), softmax(logits)) or ""
    assert said.startswith(
        "each entry is the right one times a number of its row and one of its column, and each row still sums to 1"
    )
    assert not (told(softmax(rng.normal(size=(7, 4))), softmax(logits)) or "").startswith("each entry")


def test_an_argument_of_another_shape_is_recognised() -> None:
    b = np.array([0.123456789])
    assert told(b, RNG.normal(size=(4, 1)), b=b, c=np.array([2.0])) == "it is the argument `b`, unchanged"
    assert told(np.array([2.0]), RNG.normal(size=(4, 1)), c=np.array([2.0])) != "it is the argument `c`, unchanged"


def test_rows_that_are_not_finite_are_counted() -> None:
    want = RNG.normal(size=(5, 3))
    got = np.where(np.arange(5)[:, None] < 4, np.inf, want)
    assert told(got, want) == "it is infinite in every entry of 4 of the 5 rows, and right in the others"
    assert told(np.where(np.arange(5)[:, None] < 4, np.nan, 2 * want), want, y=want[:, 0] > 9) == (
        "it is nan in every entry of 4 of the 5 rows, and finite in the others"
    )


@FEW_EXAMPLES
@given(generic)
def test_labels_take_part_in_formulas_as_one_hot_rows(rng: np.random.Generator) -> None:
    x, p, y = rng.normal(size=(7, 4)), rng.uniform(size=(7, 3)), np.array([0, 2, 1, 1, 0, 2, 2])
    want, off = x.T @ (p - np.eye(3)[y]) / 7, x.T @ (p - 2 * np.eye(3)[y]) / 7
    said = told(off, want, x=x, y=y, n=7)
    assert said == "it is the right answer minus 0.142857 times `x`.T @ (`y` as one-hot rows), and 0.142857 is 1/n"


MADE_OF_ARGUMENTS: dict[str, tuple[Callable[..., np.ndarray], str]] = {
    "a factor too many": (lambda w, x, g, rng: w * x, "it is the right answer times `x`"),
    "a factor left out": (lambda w, x, g, rng: w / g, "it is the right answer divided by `gamma`"),
    "a factor squared": (lambda w, x, g, rng: w / x**2, "it is the right answer divided by `x`²"),
    "a function of an argument": (lambda w, x, g, rng: 2.5 * np.tanh(x), "it is 2.5 times tanh(`x`)"),
    "a product of arguments": (lambda w, x, g, rng: x * g, "it is `x` times `gamma`"),
    "a summand too many": (lambda w, x, g, rng: w - 0.03 * x, "it is the right answer minus 0.03 times `x`, and 0.03 is lr"),
    "an average of two": (
        lambda w, x, g, rng: 0.9 * w + 0.1 * x,
        "it is 0.9 times the right answer plus 0.1 times `x`, and 0.9 is beta, and 0.1 is 1 - beta",
    ),
    "a mean of an argument": (
        lambda w, x, g, rng: w + x.mean(axis=0),
        "it is the right answer plus the mean of `x` over axis 0",
    ),
    "a matrix product": (lambda w, x, g, rng: x @ x.T @ x @ np.eye(4), "it is `y` @ `x`"),
    "a line in each column": (
        lambda w, x, g, rng: w + rng.uniform(1, 2, 4) * x + rng.uniform(1, 2, 4),
        "in each column it is off by a multiple of `x` plus a constant",
    ),
    "a multiple in each column": (
        lambda w, x, g, rng: w * rng.uniform(1, 2, 4) + x * rng.uniform(1, 2, 4),
        "in each column it is a multiple of the right answer plus one of `x`",
    ),
    "a guard in place of a factor": (
        lambda w, x, g, rng: 0.03 / (np.abs(x) + 1e-8),
        "it is 0.03 times 1 / (|`x`| + eps), and 0.03 is lr",
    ),
    "a softmax of what is negative": (
        lambda w, x, g, rng: np.exp(-x) / np.exp(-x).sum(axis=1, keepdims=True),
        "it is softmax(-`x`)",
    ),
    "a chain rule with another slope": (
        lambda w, x, g, rng: 0.5 * w + g * x**2,
        "it is 0.5 times the right answer plus `gamma` · `x`²",
    ),
    "nan below 0": (
        lambda w, x, g, rng: np.where(x < 0, np.nan, w),
        "it is nan where `x` is negative, and right everywhere else",
    ),
    "infinite for large ones": (
        lambda w, x, g, rng: np.where(np.abs(100 * x) > 90, np.inf, w),
        "it is infinite where `large` is beyond ±",
    ),
    "another formula in between": (
        lambda w, x, g, rng: np.where((x > -0.5) & (x < 0.5), 1 - w, w),
        "right except where `x` is between",
    ),
    "a factor on each side": (
        lambda w, x, g, rng: np.where(x > 0, 3 * w, -w),
        "where `x` is positive yours is 3 times the right one, where it is negative the sign is flipped",
    ),
    "0 on one side": (lambda w, x, g, rng: np.where(x > 0, 0, rng.normal(size=w.shape)), "where `x` is positive yours is 0"),
    "nearly a factor": (
        lambda w, x, g, rng: 0.3 * w * (1 + 1e-6 * rng.integers(-9, 9, w.shape)),
        "every entry is about 0.3 times the right one",
    ),
    "nearly right": (lambda w, x, g, rng: w * (1 + 1e-3 * rng.uniform(0.5, 1, w.shape)), "right to 0.00"),
}  # fmt: skip


@pytest.mark.parametrize("family", MADE_OF_ARGUMENTS)
@FEW_EXAMPLES
@given(generic)
def test_an_answer_made_of_arguments_is_described(family: str, rng: np.random.Generator) -> None:
    change, sentence = MADE_OF_ARGUMENTS[family]
    want, x, gamma = rng.normal(size=(9, 4)), rng.normal(size=(9, 4)), rng.uniform(0.5, 2, 4)
    x = np.where(np.arange(9)[:, None] < 4, np.abs(x), -np.abs(x))  # both signs are there
    x[:3], x[4:7] = x[:3] % 0.4 + 0.01, -(x[4:7] % 0.4 + 0.01)  # and small and large ones
    x[3], x[8] = 1 + x[3], x[8] - 1
    given = {"x": x, "gamma": gamma, "eps": 1e-8} | ({"y": x @ x.T} if family == "a matrix product" else {})
    given |= {"large": 100 * x} if family == "infinite for large ones" else {}
    assert (told(change(want, x, gamma, rng), want, **given) or "").startswith(sentence)


@pytest.mark.parametrize(
    ("where", "got", "want", "sentence"),
    [
        ("grad of (a, b, y) on a quotient", [0.2, -1 / 0.38, 1.0], [0.2, -0.3, 1.0], "grad of b is -(1 / `a`)"),
        ("grad of (a, y) on tanh", [1 - np.tanh(0.38), 1.0], [0.868, 1.0], "grad of a is 1 - tanh(`a`)"),
        ("grad of (a, b) on y", [0.38, 0.5], [1.21, 0.5], None),
        ("data of (a, y) on y = a - 3.5", [0.38, -3.5], [0.38, -3.12], None),
        ("grad of (a, b, y) on y", [0.0, 0.0, 1.0], [2.0, 3.0, 1.0], "grad of a and b is 0: is something not passed on?"),
        ("grad of (a, b, y) on y", [0.7, 0.2, 1.0], [-0.7, 0.2, 1.0], "grad of a is right but for its sign"),
        ("the value on y", 0.38 * 1.21**-2, 0.3, "it is `a` times 1 / `b`²"),
        ("grad of (a, y) on exp", [1.0, 1.0], [np.exp(0.38), 1.0], None),
        ("grad of (a, b) on y", [0.1234567891, 0.1234567891], [0.7, 0.1234567891], "grad of a is the same as that of b: is"),
        ("grad of (a, y) on a sum", [1.0, 1.0], [2.0, 1.0], None),
        ("the loss on y", 0.5, 0.7, None),
        ("grad of (a, b, y) on y", [2.0, 0.2, 1.0], [1.0, 0.2, 1.0], None),
        ("grad of (a, b, y) on y", [0.7123, 0.2, 1.0], [0.8, 0.2, 1.0], None),
        ("grad of (a, b, y) on y", [0.0, 0.2, 1.0], [1.0, 0.2, 1.0], None),
        ("grad of (a, b, y) on y", [0.7123456789, 0.2, 1.0], [0.8, 0.2, 1.0], None),
    ],
)  # fmt: skip
def test_an_entry_with_a_name_is_described(where: str, got: Any, want: Any, sentence: str | None) -> None:
    given = {"leaves": {"a": 0.38, "b": 1.21}, "formula": "y = a - 3.5", "p": 0.5}
    with pytest.raises(Wrong) as caught:
        require_close(np.array(got), Truth.of(np.array(want)), where, given=given)
    found = describe_or_raise(caught.value)
    assert found is None if sentence is None else (found or "").startswith(sentence)


@FEW_EXAMPLES
@given(
    generic, st.sampled_from([(), (1,), (2,), (1, 1), (2, 1), (3,), (4,), (2, 2), (2, 3), (5, 5), (7, 4), (3, 2, 4)])
)
def test_an_answer_that_has_nothing_to_do_with_the_right_one_is_not_described(
    rng: np.random.Generator, shape: tuple[int, ...]
) -> None:
    others = {"x": rng.normal(size=shape), "y": rng.normal(size=shape), "gamma": rng.normal(size=shape[-1:])}
    more = {"z": rng.normal(size=(6, *shape)), "eps": 1e-8, "leaves": {"a": 0.38, "b": 1.21}}
    nearby = {"the right change of the step before": rng.normal(size=shape)}
    assert told(rng.normal(size=shape), rng.normal(size=shape), **others, **more, nearby=nearby) is None


FEW = [
    ("a factor from two entries", [2.6, 1.3], [2.0, 1.0]),
    ("a factor from one of three, which is not 0", [0.0, 0.0, 1.7], [0.0, 0.0, 1.2]),
    ("a factor of one number", 1.7123456, 1.2198765),
    ("a named factor of round numbers", 4.0, 0.5),
    ("a square that is twice as much", 4.0, 2.0),
    ("an offset from two entries", [1.37, 2.37], [1.0, 2.0]),
    ("a factor by row, of two entries each", [[2.6, 1.3], [0.3, 0.6], [4.4, 4.0]], [[2.0, 1.0], [0.1, 0.2], [1.1, 1.0]]),
    ("rows that are the same, of two entries each", [[2.6, 2.6], [0.3, 0.3]], [[2.0, 1.0], [0.1, 0.2]]),
    ("0 and 1 the other way round", [0.0, 0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0, 0.0]),
    ("rows of 0 and 1 in another order", np.eye(4)[::-1], np.eye(4)),
    ("labels the other way round", [1, 2, 0], [0, 2, 1]),
    ("a cut that one entry makes", [0.7, 1.2, 2.3, 1.9], [0.7, 1.2, 3.1, 1.9]),
    ("a cut that two entries make", [0.7, 1.2, 1.9, 2.3, 2.3], [0.7, 1.2, 1.9, 3.1, 4.2]),
    ("one entry of a table", [[1.1, 2.2, 3.3], [4.4, 5.6, 6.6], [7.7, 8.8, 9]], [[1.1, 2.2, 3.3], [4.4, 5.5, 6.6], [7.7, 8.8, 9]]),
    ("two terms from four entries", 1.37 * ROW[:4] + 2.21 * X[0, :4], ROW[:4]),
    ("a line in each column of four entries", W[:4] + [[1.3, 1.7, 2.3, 2.9, 3.1]] * X[:4] + 1.1, W[:4]),
    ("a formula of whole numbers", [2.0, 5.0, -3.0, 4.0], [1.0, 3.0, -2.0, 1.0]),
    ("a formula for whole numbers in place of others", [2.0, -3.0, -1.0], ROW[:3]),
    ("digits of three entries", ROW[:3] * [1, 1, 1.0001], ROW[:3]),
    ("an argument of two values", [1e-3, -1e-3], [1e-3, 1e-3]),
    ("three of twelve entries", [9.0, 8.0, 7.0, *W[0], *W[1, :4]], [*W[2, :3], *W[0], *W[1, :4]]),
    ("a side of four entries", [[1.1, -2.2], [3.3, 9.9]], [[1.1, 2.2], [3.3, -4.4]]),
]  # fmt: skip


@pytest.mark.parametrize(("got", "want"), [case[1:] for case in FEW], ids=[case[0] for case in FEW])
def test_too_few_entries_prove_nothing(got: Any, want: Any) -> None:
    x = X[: len(want)] if np.ndim(want) == 2 else X[0, : np.size(want)]
    more = {
        "whole": np.array([1, 2, -1, 3.0]),
        "two": np.array([1e-3, -1e-3]),
        "twelve": np.arange(12.0) - 2.5,
        "eps": 1e-8,
    }
    assert told(np.array(got), np.array(want), n=8, gamma=0.5, x=x, **more) is None


def test_a_few_signs_do_not_prove_where_an_answer_is_nan() -> None:
    x, want = X.ravel(), W.ravel()
    nan = np.where(x < 0, np.nan, want)
    assert told(nan, want, x=x) == "it is nan where `x` is negative, and right everywhere else"
    assert told(nan[:9], want[:9], x=x[:9]) is None
    columns = np.where(x[:5] < 0, np.nan, W)
    assert told(columns, x=x[:5]) is None, "forty entries, but five signs"


@pytest.mark.parametrize("family", ["some factor", "factor by row", "offset by column", "some offset", "another order"])
@FEW_EXAMPLES
@given(generic)
def test_an_answer_off_by_rounding_is_not_described(family: str, rng: np.random.Generator) -> None:
    """Asked twice, say, an answer must be the same to the last bit: 1e-16 of it is a difference, and nothing to be told."""
    want = table(rng)
    assert told_twice(want * (1 + 2e-16 * rng.integers(1, 4, want.shape)), want) is None
    seven_digits = told(want * (1 + 1e-6 * rng.uniform(0.5, 1, (7, 1))), want) or ""
    assert seven_digits.startswith("right to "), "a number of its own for each row, but as small as a float32's"


def told_twice(got: np.ndarray, want: np.ndarray) -> str | None:
    with pytest.raises(Wrong) as caught:
        require_close(got, Truth.of(want), "f", SAME, given=GIVEN)
    return describe_or_raise(caught.value)


numbers = st.floats(-1e6, 1e6, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-6)
answers = array_shapes(min_dims=0, max_dims=3, max_side=5).flatmap(
    lambda shape: st.tuples(arrays(float, shape, elements=numbers), arrays(float, shape, elements=numbers))
)


@given(answers, st.sampled_from([8, -8, 0.2, 0.9, 0.1, 2, 40, 3.3, 1 / 8]))
def test_a_factor_that_is_named_is_the_factor(pair: tuple[np.ndarray, np.ndarray], k: float) -> None:
    want, _ = pair
    if not np.array_equal(k * want, want):
        sentence = told(k * want, want) or ""
        if found := re.match(
            r"(?:every entry|the answer) is (\S+) times too (large|small)( and has the wrong sign)?", sentence
        ):
            said = float(found[1]) ** (1 if found[2] == "large" else -1) * (-1 if found[3] else 1)
            assert np.allclose(k * want, said * want, rtol=1e-5)


@settings(deadline=None, max_examples=50)
@given(answers)
def test_unrelated_answers_get_no_word_on_every_entry(pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Nothing raises, and of what is said of all entries, what can be computed again is true."""
    got, want = pair
    if np.allclose(got, want, rtol=1e-6, atol=1e-9):
        return
    sentence = told(got, want) or ""
    if "sign is flipped" in sentence:
        assert np.allclose(got, -want)
    if "times too large" in sentence:
        k = float(sentence.split(" times")[0].split()[-1]) * (-1 if "wrong sign" in sentence else 1)
        assert np.allclose(got, k * want, rtol=1e-4)
    if sentence.startswith("it is the absolute value"):
        assert np.allclose(got, np.abs(want))
    if "right except" in sentence:
        assert np.isclose(got, want, rtol=1e-6, atol=1e-9 * np.abs(want).max()).sum() >= 3


anything = st.one_of(
    arrays(st.sampled_from([float, np.float32, int, bool]), array_shapes(min_dims=0, max_dims=3, max_side=4)),
    arrays(float, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)),
)


@given(anything, anything, st.dictionaries(st.sampled_from("xyn"), anything | st.integers(0, 9) | st.floats()))
def test_describing_any_answer_raises_nothing(got: np.ndarray, want: np.ndarray, named: dict[str, Any]) -> None:
    sentence = describe_or_raise(Wrong.of(Evidence("f", "is wrong", got, truth=Truth.of(want), given=named)))
    assert sentence is None or sentence == sentence.strip()


@FEW_EXAMPLES
@given(st.integers(0, 2**32))
def test_random_answers_are_not_described(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert told(rng.normal(size=(6, 4)), rng.normal(size=(6, 4)), x=rng.normal(size=(6, 4))) is None


@pytest.mark.parametrize(
    ("number", "given", "name"),
    [
        (8.0, {"n": 8}, "n"),
        (4.0, {"n": 4, "d": 4}, "n or d"),
        (0.1, {"beta": 0.9, "lr": 0.01}, "1 - beta"),
        (1 - 0.9**3, {"beta": 0.9, "t": 3}, "1 - beta^t (t is the step)"),
        (2.0, {}, "2"),
        (24.0, {"n": 8, "c": 3}, "n·c"),
        (0.1234, {"n": 8, "beta": 0.9}, None),
        (1.5, {"d": 3}, None),  # a 3 in place of a 2 gives it, too
        (3.5, {"n": 7}, "n/2"),
    ],
)
def test_a_number_has_its_simplest_name(number: float, given: dict[str, Any], name: str | None) -> None:
    assert name_of(number, given) == name


# ------------------------------------------------------------------------------------- through the checks


def test_a_lost_row_holds_the_description_in_message_and_evidence() -> None:
    outcome = graded(
        matches(wave_slope, on=waves), waves, wave_slope=lambda x, a, *, shift=0.5: a * len(x) * np.cos(a * x + shift)
    )
    (verdict,) = verdicts([outcome], [])
    sentence = "every entry is 5 times too large, and 5 is n: are a sum and a mean mixed up, or is a division left out?"
    assert verdict.evidence["structure"] == sentence
    assert verdict.message.endswith(f"expected {float(verdict.evidence['expected']):.6g}. E{sentence[1:]}")


def test_a_recognised_mistake_is_not_described_as_well() -> None:
    outcome = graded(matches(wave_slope, on=waves), waves, wave_slope=lambda x, a, *, shift=0.5: np.cos(a * x + shift))
    known = [Known(Hint("a forgotten", "Multiply by a."), [outcome])]
    (verdict,) = verdicts([outcome], known)
    assert outcome.status is Status.LOST
    assert (verdict.mistake, "structure" in verdict.evidence) == (known[0].hint, False)


def test_a_wrong_answer_is_described_at_home_from_recorded_answers(softmax: Assignment, truth: Oracle) -> None:
    source = SOFTMAX_SOLUTION.replace("return grad / len(labels)", "return 3 * grad / len(labels)")
    rows = judge(make_record(softmax, truth), Live.of(source))
    assert "times too large" in {row.id: row for row in rows}["grad"].message
    assert any("Every entry is 3 times too large" in line for line in lines(rows))


def test_a_backward_is_described_with_its_cotangent() -> None:
    def backward(dout: Any, cache: Any) -> Any:
        return dout, right_backward(dout, cache)[1]

    outcome = graded(vjp(scale, on=layers), layers, scale_forward=right_forward, scale_backward=backward)
    assert describe_or_raise(outcome.error) == "it is the argument `dout`, unchanged"  # type: ignore[arg-type]


def test_a_step_is_described_with_its_gradient() -> None:
    def uphill(w: Any, dw: Any, state: Any, **hyper: Any) -> Any:
        after, state = right_descend(w, dw, state, **hyper)
        return 2 * w - after, state

    outcome = graded(trajectory(descend, steps=3), waves, descend=uphill)
    assert describe_or_raise(outcome.error) == "the sign is flipped, in every entry"  # type: ignore[arg-type]
