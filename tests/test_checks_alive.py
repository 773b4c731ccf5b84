"""What a program that computes nothing would fulfil is earned by nobody who computes nothing, and by whoever is merely wrong."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from grader.checks import Script, asking, pure
from grader.checks.alive import _other_whole_numbers, elsewhere
from grader.inside.plan import Plan
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Ints, Random, Reals, sample
from grader.truth.trials import seeded_trials
from support.miniature import (
    RIGHT,
    NumpyTruth,
    RightWalker,
    Walker,
    descend,
    graded,
    layers,
    outcomes,
    scale,
    wave_slope,
    waves,
    why,
)

DEAD: dict[str, Callable[..., Any]] = {
    "zeros": lambda x, a, **_: np.zeros(len(x)),
    "a constant": lambda x, a, **_: np.arange(float(len(x))),
    "another shape": lambda x, a, **_: np.zeros((len(x), 2)),
    "its argument": lambda x, a, **_: x.copy(),
    "nan": lambda x, a, **_: np.full(len(x), np.nan),
    "infinity": lambda x, a, **_: np.inf,
    "nothing": lambda x, a, **_: None,
    "text": lambda x, a, **_: "wave",
    "an empty list": lambda x, a, **_: [],
}


@pytest.mark.parametrize("dead", DEAD.values(), ids=DEAD)
def test_pure_is_not_earned_by_a_function_that_computes_nothing(dead: Callable[..., Any]) -> None:
    assert why(graded(pure(wave_slope), waves, wave_slope=dead)) == ("dead", "wave_slope")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x, a, **_: -x,
        lambda x, a, **_: a * np.ones((len(x), 1)),  # another shape, and one argument only
        lambda x, a, **_: x.astype(np.float32) * 2,
        lambda x, a, **_: np.where(x > 0, np.nan, x * 2),
        lambda x, a, **_: x > 0,
    ],
    ids=["sign", "shape", "precision", "nan in places", "signs alone"],
)
def test_pure_is_earned_by_a_wrong_function_that_leaves_its_arguments_alone(wrong: Callable[..., Any]) -> None:
    assert graded(pure(wave_slope), waves, wave_slope=wrong).earned


@pytest.mark.parametrize(
    ("step", "dead"),
    [
        (lambda w, dw, state, **_: (w, {"t": 1}), True),
        (lambda w, dw, state, **_: (np.zeros(len(w)), {"t": 1}), True),
        (lambda w, dw, state, **_: (w - dw / 0, state), True),
        (lambda w, dw, state, **_: (w + dw, {"t": 1}), False),
    ],
    ids=["w", "zeros", "nan", "uphill"],
)
def test_pure_asks_an_optimiser_that_has_an_opaque_state(step: Callable[..., Any], dead: bool) -> None:
    def steps(rng: np.random.Generator) -> Any:
        yield "a step", {**sample(descend, rng, k=3), "state": {}}

    outcome = graded(pure(descend), steps, descend=step)
    assert why(outcome) == ("dead", "descend") if dead else outcome.earned


def height(world: Any, case: Mapping[str, Any]) -> Any:
    yield "the height at w", world.Walker(case["goal"], case["rng"]).height(case["w"])


def test_pure_asks_a_script_whether_its_objects_compute() -> None:
    class Asleep(RightWalker):
        def height(self, w: np.ndarray) -> float:
            return 0.0

    class Astray(RightWalker):
        def height(self, w: np.ndarray) -> float:
            return -super().height(w)

    def on_a_goal(rng: np.random.Generator) -> Any:
        yield "a goal", {"goal": rng.normal(size=3), "w": rng.normal(size=3), "rng": sample(drawn, rng)["rng"]}

    check = pure(Script(height, Walker))
    assert graded(check, on_a_goal).earned
    assert graded(check, on_a_goal, Walker=Astray).earned
    assert why(graded(check, on_a_goal, Walker=Asleep)) == ("dead", "Walker")


def test_pure_asks_one_plan_for_each_direction_of_a_layer() -> None:
    asked: list[Plan] = []

    class Counted(Live):
        def run(self, plan: Plan) -> list[Any]:
            asked.append(plan)
            return super().run(plan)

    assert outcomes(Topic("Miniature", layers, [Row("row", 1, "pure", pure(scale))]), Counted(RIGHT))[0].earned
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("backward", "where"),
    [
        (lambda dout, cache: (np.zeros_like(dout), np.zeros(dout.shape[1])), "scale_backward"),
        (lambda dout, cache: (dout, np.zeros(dout.shape[1])), "scale_backward"),
        (lambda dout, cache: (dout, dout.sum(axis=0)), None),
    ],
    ids=["zeros", "dout and zeros", "one output is computed"],
)
def test_pure_wants_one_computed_output_of_a_backward(backward: Callable[..., Any], where: str | None) -> None:
    outcome = graded(pure(scale), layers, scale_backward=backward)
    assert outcome.earned if where is None else why(outcome) == ("dead", where)


def drawn(rng: Random, *, n=3) -> Reals["n"]:
    """Draws alone."""


def test_pure_moves_the_seed_of_a_function_that_has_nothing_else() -> None:
    def draws(rng: np.random.Generator) -> Any:
        yield "three draws", sample(drawn, rng)

    assert graded(pure(drawn), draws, drawn=lambda rng, n=3: rng.normal(size=n)).earned
    assert why(graded(pure(drawn), draws, drawn=lambda rng, n=3: np.ones(n)))[0] == "dead"


def chances(p: Reals["n c"], hot: Reals["n c"], labels: Ints["n", "c"], share: Reals["n"]) -> Reals[""]:
    """The mean of  log p  at the labels."""


def test_pure_asks_for_nothing_outside_of_a_functions_domain() -> None:
    """Probabilities sum to 1, one-hot rows are one-hot, labels are below their bound, what is positive stays so."""

    def predictions(rng: np.random.Generator) -> Any:
        p = rng.uniform(0.1, 1, size=(6, 3))
        labels = np.arange(6) % 3
        given = {
            "p": p / p.sum(1, keepdims=True),
            "hot": np.eye(3)[labels],
            "labels": labels,
            "share": rng.uniform(size=6),
        }
        yield "predictions", given

    def careful(p: np.ndarray, hot: np.ndarray, labels: np.ndarray, share: np.ndarray) -> Any:
        assert (p > 0).all()
        assert np.allclose(p.sum(1), 1)
        assert (np.sort(hot) == [0, 0, 1]).all()
        assert ((labels >= 0) & (labels < 3)).all()
        assert ((share > 0) & (share < 1)).all()
        return np.log(p[np.arange(6), labels]).mean()

    assert graded(pure(chances), predictions, chances=careful).earned


@pytest.mark.parametrize("name", ["x", "hot", "flags", "labels"])
def test_every_kind_of_argument_is_moved_to_see_whether_an_answer_depends_on_it(name: str) -> None:
    def cases(rng: np.random.Generator) -> Any:
        flags = np.array([[1.0], [0.0], [1.0]])
        yield (
            "three rows",
            {"x": np.zeros((3, 2)), "hot": np.eye(2)[[0, 1, 1]], "flags": flags, "labels": np.array([1, 0, 1])},
        )

    def of_one(*args: np.ndarray) -> Any:
        chosen = dict(zip(("x", "hot", "flags", "labels"), args, strict=True))[name]
        return chosen.reshape(3, -1) @ np.arange(1, 1 + chosen.size // 3) @ [1, 2, 4]

    assert graded(pure(kinds), cases, kinds=of_one).earned


def kinds(x: Reals["n d"], hot: Reals["n c"], flags: Reals["n 1"], labels: Ints["n", "c"]) -> Reals[""]:
    """A number."""


def test_what_a_function_does_not_take_is_not_varied_and_what_a_script_may_use_is() -> None:
    def cases(rng: np.random.Generator) -> Any:
        yield "a few points", {**sample(wave_slope, rng, n=3), "held out": rng.normal(size=(50, 20))}

    topic = Topic("Miniature", cases, [])
    trial = seeded_trials(topic, Live(RIGHT), NumpyTruth(), 0)(Row("row", 1, "pure", pure(wave_slope)))
    [(_, case)] = trial.cases()
    for asked, moves in ((asking(wave_slope), False), (Script(height, Walker), True)):
        other = elsewhere(trial, asked, case)
        assert not np.array_equal(other["x"], case["x"])
        assert (other["held out"] is not case["held out"]) is moves


@pytest.mark.parametrize("labels", [[2, 2, 1, 0], [0, 1, 2, 0], [0, 2, 2, 1]])
def test_other_whole_numbers_are_always_without_the_greatest(labels: list[int]) -> None:
    other = _other_whole_numbers(np.array(labels), 3)
    assert other.min() >= 0
    assert other.max() < 2
