"""A course in miniature: a few declared functions, their truth in numpy, and rubrics of a row or two over them."""
# ruff: noqa: F722, F821, N805 -- annotations here are the language of topics

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks import Check
from grader.errors import Wrong
from grader.inside.plan import Implementation, Plan, execute
from grader.judging.evaluate import evaluate
from grader.judging.outcome import Outcome
from grader.numerics.compare import Truth
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Ints, Layer, Object, Opaque, Random, Reals, sample
from grader.truth.trials import seeded_trials

World = Mapping[str, Any]


def wave(x: Reals["n"], a: Reals[""], *, shift=0.5) -> Reals[""]:
    """Σ sin(a x + shift)."""


def wave_slope(x: Reals["n"], a: Reals[""], *, shift=0.5) -> Reals["n"]:
    """Its derivative with respect to x."""


class scale(Layer):
    def forward(x: Reals["n d"], g: Reals["d"]) -> {"out": Reals["n d"], "cache": Opaque}:
        """g · tanh(x)."""

    def backward(dout: Reals["n d"], cache: Opaque) -> {"dx": Reals["n d"], "dg": Reals["d"]}:
        """The derivatives."""


class same(Layer):
    def forward(x: Reals["n d"]) -> {"out": Reals["n d"], "cache": Opaque}:
        """x."""

    def backward(dout: Reals["n d"], cache: Opaque) -> {"dx": Reals["n d"]}:
        """The derivative."""


def picked(x: Reals["n c"], labels: Ints["n", "c"]) -> Reals[""]:
    """The sum of squares of the entries at the labels."""


def picked_slope(x: Reals["n c"], labels: Ints["n", "c"]) -> Reals["n c"]:
    """Its derivative."""


def ramp(x: Reals["n"]) -> Reals[""]:
    """Σ max(x, 0)."""


def ramp_slope(x: Reals["n"]) -> Reals["n"]:
    """Its derivative, 0 at 0."""


def descend(w: Reals["k"], dw: Reals["k"], state: Opaque, *, lr=0.1, mu=0.5, eps=1e-8) -> (Reals["k"], Opaque):
    """Scaled descent with memory."""


class Walker(Object):
    """Walks down Σ (w - goal)², from a start of its own."""

    w: Reals["n"]

    def __init__(self, goal: Reals["n"], rng: Random): ...

    def height(self, w: Reals["n"]) -> Reals[""]:
        """Σ (w - goal)²."""

    def slope(self, w: Reals["n"]) -> Reals["n"]:
        """Its slope at w."""

    def walk(self, *, steps=20, lr=0.1) -> Reals["steps"]:
        """Take steps, and return the distance from the goal after each."""


class RightWalker:
    def __init__(self, goal: np.ndarray, rng: np.random.Generator) -> None:
        self.goal, self.w = goal, rng.normal(size=goal.shape)

    def height(self, w: np.ndarray) -> float:
        return float(((w - self.goal) ** 2).sum())

    def slope(self, w: np.ndarray) -> np.ndarray:
        return 2 * (w - self.goal)

    def walk(self, *, steps: int = 20, lr: float = 0.1) -> np.ndarray:
        path = []
        for _ in range(steps):
            self.w = self.w - lr * self.slope(self.w)
            path.append(np.abs(self.w - self.goal).max())
        return np.array(path)


def right_walks(members: int, goal: np.ndarray, **_: Any) -> Mapping[str, np.ndarray]:
    """The ensemble: where walks from many starts lead."""
    walkers = [RightWalker(goal, np.random.default_rng(i)) for i in range(members)]
    paths = np.array([walker.walk() for walker in walkers])
    return {"the distance": paths[:, -1], "curve": paths}


def right_forward(x: np.ndarray, g: np.ndarray) -> Any:
    return g * np.tanh(x), (x, g)


def right_backward(dout: np.ndarray, cache: Any) -> Any:
    x, g = cache
    return dout * g * (1 - np.tanh(x) ** 2), (dout * np.tanh(x)).sum(axis=0)


def right_descend(
    w: np.ndarray, dw: np.ndarray, state: Mapping[str, Any], *, lr: float = 0.1, mu: float = 0.5, eps: float = 1e-8
) -> Any:
    v = mu * state.get("v", 0) + (1 - mu) * dw**2
    return w - lr * dw / (np.sqrt(v) + eps), {"v": v}


def right_picked_slope(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    slope = np.zeros(x.shape)
    slope[np.arange(len(x)), labels] = 2 * x[np.arange(len(x)), labels]
    return slope


RIGHT: World = {
    "wave": lambda x, a, *, shift=0.5: np.sin(a * x + shift).sum(),
    "wave_slope": lambda x, a, *, shift=0.5: a * np.cos(a * x + shift),
    "scale_forward": right_forward,
    "scale_backward": right_backward,
    "picked": lambda x, labels: (x[np.arange(len(x)), labels] ** 2).sum(),
    "picked_slope": right_picked_slope,
    "ramp": lambda x: np.maximum(x, 0).sum(),
    "ramp_slope": lambda x: (x > 0) * 1.0,
    "descend": right_descend,
    "Walker": RightWalker,
    "walks": right_walks,
}


class NumpyTruth:
    """A truth without torch: these functions, or the right ones above."""

    def __init__(self, functions: World = RIGHT) -> None:
        self.functions = functions

    def run(self, plan: Plan) -> list[Truth]:
        return execute(plan, self.functions, {}, lambda value: Truth.of(np.array(value)))


def waves(rng: np.random.Generator) -> Any:
    yield "a few points", sample(wave, rng, n=5)
    yield "another shift", sample(wave, rng, n=3, shift=-1.0)


def layers(rng: np.random.Generator) -> Any:
    yield "a batch", sample(scale, rng, n=4, d=3)
    yield "one row", sample(scale, rng, n=1, d=2)


def picks(rng: np.random.Generator) -> Any:
    yield "a batch", sample(picked, rng, n=4, c=3)


def outcomes(topic: Topic, student: Implementation, truth: Any = None, seed: int = 0) -> list[Outcome]:
    """Put every row to the student."""
    return evaluate(topic, student, seeded_trials(topic, student, truth or NumpyTruth(), seed))


def graded(check: Check, cases: Any, **options: Any) -> Outcome:
    """The outcome of a rubric of one row; the options are those of `graded_rows`."""
    return graded_rows([Row("row", 1, "it is right", check)], cases, **options)[0]


def graded_rows(
    rows: Sequence[Row], cases: Any, *, right: World = RIGHT, truth: Any = None, seed: int = 0, **changes: Any
) -> list[Outcome]:
    """The outcomes of a rubric for the right functions with some changed."""
    student = Live({**right, **changes})
    return outcomes(Topic("Miniature", cases, rows), student, truth or NumpyTruth(right), seed)


def why(outcome: Outcome) -> tuple[str, str]:
    """The kind of error of a lost row, and the place: its words stand in golden/sentences.txt."""
    assert isinstance(outcome.error, Wrong), outcome
    return outcome.error.evidence.id, outcome.error.evidence.where


def lost(outcome: Outcome) -> str:
    """The sentence of a lost row."""
    assert outcome.status is Status.LOST, outcome
    return str(outcome.error)
