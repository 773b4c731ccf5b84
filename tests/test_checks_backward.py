"""`vjp`: a layer's backward against the truth, whole or one output of it, and what is said of caches that calls share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import Trial, either, gradient, matches, vjp
from grader.errors import Wrong
from grader.judging.verdicts import verdicts
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import sample
from grader.truth.trials import SeededInputs
from support.miniature import (
    RIGHT,
    NumpyTruth,
    World,
    graded,
    graded_rows,
    layers,
    lost,
    right_backward,
    right_forward,
    scale,
    why,
)


def test_vjp_is_earned_by_the_right_backward() -> None:
    assert graded(vjp(scale), layers).earned


@pytest.mark.parametrize(
    ("name", "backward"),
    [
        ("dx", lambda dout, cache: (dout * cache[1], right_backward(dout, cache)[1])),
        ("dx", lambda dout, cache: (right_backward(np.ones_like(dout), cache)[0], right_backward(dout, cache)[1])),
        ("dg", lambda dout, cache: (right_backward(dout, cache)[0], right_backward(dout, cache)[1] / len(dout))),
        (
            "dg",
            lambda dout, cache: (right_backward(dout, cache)[0], (dout * np.tanh(cache[0])).sum(axis=0, keepdims=True)),
        ),
    ],
    ids=["slope of tanh forgotten", "dout taken for ones", "averaged", "shape"],
)
def test_vjp_names_the_gradient_that_is_wrong(name: str, backward: Callable[..., Any]) -> None:
    assert lost(graded(vjp(scale), layers, scale_backward=backward)).startswith(
        f"`{name}` of scale_backward on a batch"
    )


class Kept:
    """A layer that keeps its caches in one place for all calls; `take` says which of them a backward finds there."""

    def __init__(self, take: int, spoil: float = 1.0) -> None:
        self.take, self.spoil, self.caches = take, spoil, list[Any]()

    def forward(self, x: np.ndarray, g: np.ndarray) -> Any:
        out, cache = right_forward(x, g)
        self.caches.append(cache)
        return out, None

    def backward(self, dout: np.ndarray, cache: None) -> Any:
        dx, dg = right_backward(dout, self.caches.pop(self.take))
        return self.spoil * dx, dg

    @property
    def world(self) -> World:
        return {"scale_forward": self.forward, "scale_backward": self.backward}


def batches(rng: np.random.Generator) -> Any:
    for name in ("a batch", "another", "a third"):
        yield name, sample(scale, rng, n=4, d=3)


@pytest.mark.parametrize("take", [-1, 0], ids=["the latest", "the earliest"])
def test_vjp_sees_caches_that_are_kept_in_one_place_for_all_calls(take: int) -> None:
    outcome = graded(vjp(scale), batches, **Kept(take).world)
    assert why(outcome)[0] == "shared-cache"
    assert lost(outcome).endswith("Is what backward needs kept outside its cache?")


def test_a_backward_that_raises_for_want_of_its_own_cache_is_told_so() -> None:
    outcome = graded(vjp(scale), layers, **Kept(-1).world)
    assert why(outcome) == ("shared-cache", "scale_backward")
    assert "raises ValueError. Right behind its own forward it does not" in lost(outcome)


def test_a_backward_that_is_wrong_behind_its_own_forward_too_is_told_by_its_numbers() -> None:
    assert why(graded(vjp(scale), batches, **Kept(-1, spoil=2.0).world))[0] == "value"


def test_a_backward_that_always_raises_has_raised() -> None:
    outcome = graded(vjp(scale), layers, scale_backward=lambda dout, cache: dout @ dout)
    assert outcome.status is Status.RAISED


def test_no_shared_cache_is_forgiven_behind_a_wrong_forward() -> None:
    """The fall-back, too, runs all forwards before the first backward."""
    rows = [
        Row("fwd", 1, "forward is right", matches(scale)),
        Row("bwd", 2, "backward is right", either(vjp(scale), gradient(of=scale))),
    ]

    class Doubled(Kept):
        def forward(self, x: np.ndarray, g: np.ndarray) -> Any:
            out, cache = super().forward(x, g)
            return 2 * out, cache

        def backward(self, dout: np.ndarray, cache: None) -> Any:
            return super().backward(2 * dout, cache)

    found = graded_rows(rows, batches, **Doubled(-1).world)
    assert [o.status for o in found] == [Status.LOST, Status.LOST]


# ------------------------------------------------------------------------------------- one output of a backward

DX, DG = vjp(scale, output="dx"), vjp(scale, output="dg")


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda dx, dg: (dx, dg[None]),
        lambda dx, dg: (dx, 2 * dg),
        lambda dx, dg: (dx, None),
        lambda dx, dg: (dx, object()),
    ],
    ids=["an axis too many", "twice as large", "none", "no array"],
)
def test_a_wrong_output_costs_its_own_row_and_not_that_of_another(spoiled: Any) -> None:
    backward = lambda dout, cache: spoiled(*right_backward(dout, cache))  # noqa: E731
    assert graded(DX, layers, scale_backward=backward).earned
    outcome = graded(DG, layers, scale_backward=backward)
    assert outcome.status is Status.LOST
    assert "scale_backward" in lost(outcome)


def test_a_row_of_one_output_judges_that_output() -> None:
    judged = [set(check.judges) for check in (DX, DG, vjp(scale))]
    assert judged == [{"`dx` of scale_backward"}, {"`dg` of scale_backward"}, {"scale_backward"}]


def test_the_smallest_case_of_one_output_takes_it_from_the_answers() -> None:
    topic = Topic("Miniature", layers, [])
    student = Live({**RIGHT, "scale_backward": lambda dout, cache: (right_backward(dout, cache)[0], dout.sum(0))})
    alone = DG.single_case(Trial(student, NumpyTruth(), SeededInputs(topic, 0, "row")))
    with pytest.raises(Wrong) as caught:
        alone.check(Trial(student, NumpyTruth(), SeededInputs(topic, 0, "row")))
    *_, call = alone.write(alone.cases[0][1], caught.value)
    assert call == "scale_backward(dout, cache)[1]"


def test_the_other_output_in_its_place_is_named() -> None:
    def flat(rng: np.random.Generator) -> Any:
        yield "as many rows as one", sample(scale, rng, n=1, d=1)
        yield "a batch", sample(scale, rng, n=4, d=3)

    swapped = lambda dout, cache: right_backward(dout, cache)[::-1]  # noqa: E731
    outcome = graded(vjp(scale, output="dg", on=flat), flat, scale_backward=swapped)
    [verdict] = verdicts([outcome], [])
    assert "`dx`" in verdict.message


ROWS_OF_ONE = [
    Row("fwd", 1, "forward is right", matches(scale)),
    Row("dx", 2, "dx is right", either(DX, gradient(of=scale, wrt="x"))),
    Row("dg", 2, "dg is right", either(DG, gradient(of=scale, wrt="g"))),
]


def test_one_output_follows_from_a_wrong_forward_though_another_is_wrong_for_it() -> None:
    own: World = {
        "scale_forward": lambda x, g: (g * np.sin(x), (x, g)),
        "scale_backward": lambda dout, c: (dout * c[1] * np.cos(c[0]), (dout * c[0]).sum(0)),
    }
    assert {v.id: v.earned for v in verdicts(graded_rows(ROWS_OF_ONE, layers, **own), ())} == {
        "fwd": 0,
        "dx": 1,
        "dg": 0,
    }


def test_gradient_of_one_argument_judges_and_asks_its_output_alone() -> None:
    halved = lambda dout, cache: (right_backward(dout, cache)[0] / 2, right_backward(dout, cache)[1])  # noqa: E731
    check = gradient(of=scale, wrt="g")
    assert check.judges == {"`dg` of scale_backward"}
    assert graded(check, layers, scale_backward=halved).earned
    assert graded(gradient(of=scale, wrt="x"), layers, scale_backward=halved).status is Status.LOST


def test_a_fall_back_that_raises_leaves_the_first_sentence() -> None:
    def fussy(x: np.ndarray, g: np.ndarray) -> Any:
        if len(x) == 7:
            raise ValueError("seven rows")
        return right_forward(x, 2 * g)

    def sevens(rng: np.random.Generator) -> Any:
        yield "seven rows", sample(scale, rng, n=7, d=3)

    rows = [
        Row("fwd", 1, "forward is right", matches(scale)),
        Row("bwd", 2, "backward is right", either(vjp(scale), gradient(of=scale, on=sevens))),
    ]
    assert why(graded_rows(rows, layers, scale_forward=fussy)[1]) == ("value", "`dx` of scale_backward on a batch")


def test_vjp_asks_the_students_own_forward_for_the_cache() -> None:
    pair: World = {
        "scale_forward": lambda x, g: (g * np.tanh(x), {"t": np.tanh(x), "g": g}),
        "scale_backward": lambda dout, c: (dout * c["g"] * (1 - c["t"] ** 2), (dout * c["t"]).sum(0)),
    }
    assert graded(vjp(scale), layers, **pair).earned
