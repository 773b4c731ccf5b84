"""What epochs of mini-batch descent were: the one slip that explains every number is said, and nothing where none does."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.checks.descent import Descent, told, ways

LR, BATCH = 0.5, 2
X = np.random.default_rng(1).uniform(-1, 1, (3, 2))
Y = np.array([0, 1, 1])


def slopes(rows: Any, at: Any) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of softmax regression."""
    x, y = X[list(rows)], Y[list(rows)]
    z = x @ at[0] + at[1]
    delta = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    return x.T @ delta / len(y), delta.sum(axis=0) / len(y)


DESCENT = Descent(("W", "b"), 3, BATCH, LR, slopes)
Move = Callable[..., tuple[np.ndarray, np.ndarray]]


def right(w: np.ndarray, b: np.ndarray, dw: np.ndarray, db: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return w - LR * dw, b - LR * db


def trained(
    move: Move = right,
    batches: Callable[[np.ndarray], list[np.ndarray]] = lambda order: [order[:2], order[2:]],
    epochs: int = 8,
) -> list[tuple[Any, Any]]:
    """Return the epochs of a training after the first, each from a point to another."""
    rng = np.random.default_rng(2)
    point: tuple[np.ndarray, np.ndarray] = (0.3 * rng.normal(size=(2, 2)), np.array([0.1, -0.3]))
    points = [point]
    for _ in range(epochs):
        for rows in batches(rng.permutation(3)):
            point = move(*point, *slopes(rows, point))
        points.append(point)
    return list(pairwise(points))


@pytest.mark.parametrize(
    ("move", "sentence"),
    [
        (lambda w, b, dw, db: (w, b - LR * db), "nothing moves `W`; the steps of `b` are right"),
        (
            lambda w, b, dw, db: (w - LR * dw, b + LR * db),
            "the steps of `b` go uphill: lr times the right gradient is added, not subtracted; the steps of `W` are right",
        ),
        (
            lambda w, b, dw, db: (w - dw, b - db),
            "the steps of `W` and `b` subtract the whole right gradient, not lr times it",
        ),
        (
            lambda w, b, dw, db: (w - LR * dw, b - LR),
            "the steps of `b` subtract lr from every entry, whatever the gradient; the steps of `W` are right",
        ),
        (
            lambda w, b, dw, db: (w - 3, b - LR * db),
            "the steps of `W` add one and the same number to all its entries; the steps of `b` are right",
        ),
        (
            lambda w, b, dw, db: (7 - LR * dw, b - LR * db),
            "the steps forget where `W` was: they make one number, the same in all entries, minus lr times the right gradient; the "
            "steps of `b` are right",
        ),
    ],
)
def test_a_wrong_step_is_told_for_each_parameter(move: Move, sentence: str) -> None:
    assert DESCENT.explain_or_raise(trained(move)) == sentence


@pytest.mark.parametrize(
    ("batches", "sentence"),
    [
        (lambda order: [order], "each epoch is one step, on all 3 examples at once"),
        (lambda order: [order[:2]], "each epoch is one step, on 2 of the 3 examples, and 1 is left out"),
        (lambda order: [order, order[2:]], "each epoch is 2 steps: on all 3 examples, then on 1 of those"),
        (
            lambda order: [order[:1], order[1:2], order[2:]],
            "each epoch is 3 steps: on 1 of the 3 examples, then on 1 other, then on 1 other",
        ),
        (
            lambda order: [order[:2], order[1:]],
            "each epoch is 2 steps: on 2 of the 3 examples, then on 1 of those and 1 other",
        ),
    ],
)
def test_the_examples_of_the_steps_are_told(batches: Any, sentence: str) -> None:
    assert DESCENT.explain_or_raise(trained(batches=batches)) == sentence


def test_gradients_that_were_taken_elsewhere_are_told() -> None:
    rng, w, b = np.random.default_rng(3), np.ones((2, 2)) * [0.2, -0.1], np.array([0.4, -0.2])
    points = [(w, b)]
    for _ in range(6):
        order = rng.permutation(3)
        for rows in (order[:2], order[2:]):
            dw, db = slopes(rows, (w, np.zeros(2)))
            w, b = w - LR * dw, b - LR * db
        points.append((w, b))
    said = DESCENT.explain_or_raise(list(pairwise(points)))
    assert said == "the gradients are those at `b` = 0, or at what comes to the same, not at the `b` of that step"


def test_one_epoch_that_is_another_refutes_the_sentence() -> None:
    epochs = trained(lambda w, b, dw, db: (w, b - LR * db))
    (w, b), _ = epochs[-1]
    assert (
        DESCENT.explain_or_raise([*epochs[:-1], ((w, b), (w, b + 1e-6))])
        == "`W` is the same after every epoch, to the last digit: is one array kept each time, and changed in place later?"
    )


def test_a_right_training_and_one_of_another_kind_are_not_explained() -> None:
    assert DESCENT.explain_or_raise(trained()) == ""
    assert DESCENT.explain_or_raise(trained(lambda w, b, dw, db: (w - 0.37 * dw, b - 0.37 * db))) == ""


def test_round_numbers_prove_no_rule() -> None:
    """Over an epoch lr / g is as much as g, where a saturated softmax makes g 1/2 and then 1."""

    def saturated(rows: Any, at: Any) -> tuple[np.ndarray, np.ndarray]:
        return np.sin(at[0] + len(rows)), np.array([1.0, -1.0]) / len(rows)

    points = [(np.ones((2, 2)) * [0.3, 0.7], np.zeros(2))]
    for _ in range(4):
        w, b = points[-1]
        for rows in ((0, 1), (2,)):
            dw, db = saturated(rows, (w, b))
            w, b = w - LR * dw, b - LR / db
        points.append((w, b))
    assert Descent(("W", "b"), 3, BATCH, LR, saturated).explain_or_raise(list(pairwise(points))) == ""


def test_nan_is_told_from_its_first_epoch_on_and_what_came_before_is_explained() -> None:
    nan = (np.full((2, 2), np.nan), np.full(2, np.nan))
    epochs = trained(lambda w, b, dw, db: (w, b - LR * db), epochs=3)
    never = trained(lambda w, b, dw, db: (w - 0.37 * dw, b - 0.37 * db), epochs=3)
    every = "every entry of `W` and `b` is nan from epoch 5 on"
    until = "until epoch 5, where not all numbers are finite, nothing moves `W`; the steps of `b` are right"
    assert DESCENT.explain_or_raise([*never, (never[-1][1], nan)]).startswith(every)
    assert DESCENT.explain_or_raise([*epochs, (epochs[-1][1], nan)]) == until


def test_many_examples_are_cut_in_two_where_that_can_be_tried() -> None:
    assert [told(orders[0], 49) for orders in ways(49)][:2] == [
        "one step, on all 49 examples at once",
        "one step, on 1 of the 49 examples, and 48 are left out",
    ]
    assert all(len(orders) <= 1_500 for orders in ways(49))


def test_a_fault_in_the_search_is_no_sentence() -> None:
    def broken(rows: Any, at: Any) -> Any:
        raise ValueError

    assert Descent(("W", "b"), 3, BATCH, LR, broken).explain(trained()) == ""
