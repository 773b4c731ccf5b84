"""`outputs`, `descends` and `defaults`: some outputs of a call; a training along its own gradients; what is left out of a call."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest

from grader.checks import Script, defaults, descends, either, gradient, matches, outputs, run
from grader.errors import TopicError
from grader.judging.verdicts import verdicts
from grader.result import Status
from grader.topics.rubric import Row
from grader.topics.signature import Reals, sample
from support import miniature

Case = Mapping[str, Any]


def loss(x: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals[""]) -> Reals[""]: ...


def slopes(x: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals[""]) -> {"dw": Reals["d"], "db": Reals[""]}: ...


def train(
    x: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals[""], *, lr=0.1, steps=4
) -> {"w": Reals["d"], "b": Reals[""], "losses": Reals["steps"]}: ...


Array = np.ndarray


def right_loss(x: Array, y: Array, w: Array, b: float) -> float:
    return float(np.mean((x @ w + b - y) ** 2))


def right_slopes(x: Array, y: Array, w: Array, b: float) -> tuple[Array, float]:
    error = x @ w + b - y
    return 2 * x.T @ error / len(y), 2 * error.mean()


def wrong_slopes(x: Array, y: Array, w: Array, b: float) -> tuple[Array, float]:
    dw, db = right_slopes(x, y, w, b)
    return dw / 2, db


def training(slopes: Any = right_slopes, lr: float = 0.1, steps: int = 4, loss: Any = right_loss) -> Any:
    """A training with these gradients, and these defaults."""

    def train(x: Array, y: Array, w: Array, b: float, *, lr: float = lr, steps: int = steps) -> Any:
        losses = []
        for _ in range(steps):
            losses.append(loss(x, y, w, b))
            dw, db = slopes(x, y, w, b)
            w, b = w - lr * dw, b - lr * db
        return w, b, np.array(losses)

    return train


RIGHT: Mapping[str, Any] = {"loss": right_loss, "slopes": right_slopes, "train": training()}
graded = partial(miniature.graded, right=RIGHT)


def cases(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a batch", sample(loss, rng, n=5, d=3)


def own_slopes(world: Any, case: Case) -> Iterator[tuple[str, Any]]:
    yield from zip(("dw", "db"), world.ask(slopes, case), strict=True)


OWN = {
    "a function": descends(outputs(train, "w b"), by=slopes),
    "a script": descends(outputs(train, "w b"), by=Script(own_slopes, slopes)),
}


def test_of_some_outputs_the_others_may_be_wrong() -> None:
    program = training(loss=lambda *_: 7.0)
    assert graded(matches(outputs(train, "w b")), cases, train=program).earned
    lost = graded(matches(outputs(train, "losses")), cases, train=program)
    assert miniature.why(lost) == ("value", "`losses` of train on a batch")


def test_a_gradient_of_some_outputs_is_judged_for_these_alone() -> None:
    by_w = gradient(of=loss, by=outputs(slopes, "dw"), wrt="w")
    by_b = gradient(of=loss, by=outputs(slopes, "db"), wrt="b")
    assert miniature.why(graded(by_w, cases, slopes=wrong_slopes)) == ("slope", "`dw` of slopes on a batch")
    assert graded(by_b, cases, slopes=wrong_slopes).earned


def test_a_run_of_some_outputs_is_judged_for_these_alone() -> None:
    check = run(outputs(train, "w b"), at=[1, 4], along="steps")
    assert graded(check, cases, train=training(loss=lambda *_: 7.0)).earned
    assert not graded(check, cases, train=training(wrong_slopes)).earned


def test_an_output_that_is_none_is_said_with_those_that_there_are() -> None:
    with pytest.raises(TopicError, match=r"train has no output `W` \(it has: w, b, losses\)"):
        outputs(train, "W")


@pytest.mark.parametrize("name", OWN)
def test_a_training_along_its_own_gradients_descends_be_they_right_or_wrong(name: str) -> None:
    assert graded(OWN[name], cases).earned
    assert graded(OWN[name], cases, slopes=wrong_slopes, train=training(wrong_slopes)).earned
    lost = graded(OWN[name], cases, slopes=wrong_slopes)
    assert miniature.why(lost) == ("value", "`w` of train on a batch")


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("dead", [lambda x, y, w, b: (0 * w, 0.0), lambda x, y, w, b: (np.ones(w.shape), 1.0)])
def test_behind_gradients_that_compute_nothing_no_training_is_earned(name: str, dead: Any) -> None:
    check = either(run(outputs(train, "w b"), at=[1], along="steps"), OWN[name])
    assert not graded(check, cases, slopes=dead, train=training(dead)).earned


def test_steps_along_a_wrong_gradient_follow_from_it_where_that_is_lost_elsewhere() -> None:
    steps = either(run(outputs(train, "w b"), at=[1], along="steps"), OWN["a function"])
    rows = [Row("dw", 2, "dw is right", matches(outputs(slopes, "dw"))), Row("step", 2, "a step is right", steps)]
    outcomes = miniature.graded_rows(rows, cases, right=RIGHT, slopes=wrong_slopes, train=training(wrong_slopes))
    verdict = verdicts(outcomes, [])
    assert [each.status for each in verdict] == [Status.LOST, Status.EARNED]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (training(lr=0.2), "without `lr` it does not answer as with lr=0.1"),
        (training(steps=5), "without `steps`"),
        (
            lambda x, y, w, b, *, lr=0.1, steps=4: training()(x, y, w, b, steps=steps),
            "with lr=0.1 it answers as with lr=0.05",
        ),
    ],
)
def test_another_default_and_one_that_does_nothing_are_told(program: Any, said: str) -> None:
    check = defaults(outputs(train, "w b"))
    assert graded(check, cases).earned
    assert said in str(graded(check, cases, train=program).error)
