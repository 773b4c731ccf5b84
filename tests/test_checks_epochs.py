"""Epochs of mini-batch descent in an order of the submission's own: each is a step for each batch, along a gradient that may be."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from grader.checks import epochs
from grader.errors import TopicError, Wrong
from grader.topics.signature import Random, Reals, sample
from support import miniature

Program = Callable[..., Any]


def slopes(x: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals["1"]) -> {"dw": Reals["d"], "db": Reals["1"]}: ...


def fit(
    x: Reals["n d"], y: Reals["n"], rng: Random, *, lr=0.1, epochs=30, batch=2
) -> {"w": Reals["epochs d"], "b": Reals["epochs 1"]}: ...


def right_slopes(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
    away = 2 * (x @ w + b - y) / len(y)
    return x.T @ away, away.sum(keepdims=True)


def fitting(
    order: Callable[[np.random.Generator, int, int], np.ndarray] = lambda rng, n, epoch: rng.permutation(n),
    gradients: Program = right_slopes,
    size: Callable[[int], int] = lambda batch: batch,
) -> Program:
    def run(
        x: np.ndarray, y: np.ndarray, rng: np.random.Generator, *, lr: float = 0.1, epochs: int = 30, batch: int = 2
    ) -> Any:
        w, b, ws, bs = rng.normal(size=x.shape[1]), np.zeros(1), [], []
        for epoch in range(epochs):
            rows = order(rng, len(y), epoch)
            for start in range(0, len(rows), size(batch)):
                some = rows[start : start + size(batch)]
                dw, db = gradients(x[some], y[some], w, b)
                w, b = w - lr * dw, b - lr * db
            ws.append(w)
            bs.append(b)
        return np.array(ws), np.array(bs)

    return run


def few(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "three examples", sample(fit, rng, n=3, d=2)
    yield "fewer than a batch", sample(fit, rng, n=4, d=2, batch=8, epochs=3)


RIGHT = {"fit": fitting(), "slopes": right_slopes}
graded = partial(miniature.graded, right=RIGHT)
TRUE = epochs(fit, "w b", slopes, truth=right_slopes, on=few)


def test_epochs_of_batches_in_a_new_order_each_are_right() -> None:
    outcome = graded(TRUE, few)
    assert outcome.earned, outcome.error


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (fitting(order=lambda rng, n, epoch: np.arange(n)), "all epochs have the same batches"),
        (
            fitting(order=lambda rng, n, epoch: np.roll(np.arange(n), epoch)),
            "the batches of the epochs repeat themselves",
        ),
        (
            fitting(order=lambda rng, n, epoch: rng.integers(n, size=n)),
            "away from where steps on 3 examples lead, 2 at a time",
        ),
        (fitting(size=lambda batch: 1), "away from where steps on 3 examples lead, 2 at a time"),
        (fitting(gradients=lambda x, y, w, b: [-g for g in right_slopes(x, y, w, b)]), "away from where"),
    ],
)
def test_epochs_of_another_kind_are_told(program: Program, said: str) -> None:
    outcome = graded(TRUE, few, fit=program)
    assert isinstance(outcome.error, Wrong)
    assert said in str(outcome.error)


def test_what_the_steps_are_is_told_where_it_explains_every_number() -> None:
    outcome = graded(TRUE, few, fit=fitting(size=lambda batch: 100))
    assert isinstance(outcome.error, Wrong)
    assert "one step, on all 3 examples at once" in outcome.error.evidence.because


def test_steps_along_a_wrong_gradient_of_ones_own_are_as_good_where_they_may_be() -> None:
    def halved(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
        return tuple(g / 2 for g in right_slopes(x, y, w, b))

    own = fitting(gradients=halved)
    assert graded(TRUE, few, fit=own, slopes=halved).earned
    strict = epochs(fit, "w b", slopes, truth=right_slopes, follow=False, on=few)
    assert not graded(strict, few, fit=own, slopes=halved).earned


def descend(
    x: Reals["n d"], y: Reals["n"], w: Reals["d"], rates: Reals["epochs"], rng: Random, *, size=2
) -> Reals["epochs d"]: ...


def slope(x: Reals["n d"], y: Reals["n"], w: Reals["d"]) -> Reals["d"]: ...


def right_slope(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> Any:
    return 2 * x.T @ (x @ w - y) / len(y)


def descending(start: Callable[[np.ndarray], np.ndarray] = lambda w: w, last: int = 0) -> Program:
    def run(
        x: np.ndarray, y: np.ndarray, w: np.ndarray, rates: np.ndarray, rng: np.random.Generator, *, size: int = 2
    ) -> Any:
        w, path = start(w), []
        for lr in rates:
            rows = rng.permutation(len(y))
            for first in range(0, len(rows) - last, size):
                some = rows[first : first + size]
                w = w - lr * right_slope(x[some], y[some], w)
            path.append(w)
        return np.array(path)

    return run


def five(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "five examples", sample(descend, rng, n=5, d=2, rates=np.array([0.1, 0.02, 0.05]))


def test_epochs_of_several_batches_from_a_given_start_have_a_rate_each() -> None:
    check = epochs(descend, "w", slope, truth=lambda **a: [right_slope(**a)], on=five, rate="rates", batch="size")
    right = {"descend": descending(), "slope": right_slope}
    assert miniature.graded(check, five, right=right).earned
    for program, said in (
        (descending(start=lambda w: 0 * w), "in epoch 1, w is"),
        (descending(last=1), "away from where steps on 5 examples lead, 2 at a time, in any order (rates=0.1)"),
    ):
        assert said in str(miniature.graded(check, five, right=right, descend=program).error)


def test_a_case_of_too_many_examples_and_names_that_are_none_are_the_authors_mistakes() -> None:
    def many(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "nine examples", sample(fit, rng, n=9, d=2, epochs=2)

    outcome = graded(epochs(fit, "w b", slopes, truth=right_slopes, on=many), many)
    assert "9 examples make more than 200 epochs of batches of 2" in str(outcome.error)
    with pytest.raises(TopicError, match="examples and parameters are arguments"):
        epochs(fit, "w c", slopes)
    with pytest.raises(TopicError, match="else no step is right"):
        epochs(fit, "w b", slopes, follow=False)
