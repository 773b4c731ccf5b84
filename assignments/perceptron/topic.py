"""The perceptron: one neuron that says yes or no, and learns from its mistakes."""

import numpy as np

from grader import Ints, Reals, Row, Topic, consistent, either, holds, matches, measured, pure, sample
from grader.checks import Truth, require_close


def predict(X: Reals["n d"], w: Reals["d"], b: Reals[""]) -> Ints["n", "2"]:
    """For each row x of X: 1 where x·w + b > 0, else 0."""


def step(x: Reals["d"], y: Ints["", "2"], w: Reals["d"], b: Reals[""]) -> {"w": Reals["d"], "b": Reals[""]}:
    """One example x with its label y, which is 0 or 1: w + (y - ŷ) x and b + (y - ŷ), where ŷ is what w and b predict."""


def train(X: Reals["n d"], y: Ints["n", "2"], *, epochs=100) -> {
    "w": Reals["d"], "b": Reals[""], "mistakes": Reals["epochs"], "stopped": Reals[""],
}:
    """From w = 0 and b = 0, a step on each row in order, for at most `epochs` epochs; the first without a mistake is the last.

    `mistakes` counts the wrong predictions of each epoch, and is 0 behind the last one. `stopped` is the number of epochs run.
    """


def whole(rng, *shape):
    """Multiples of 1/64 up to 1: their sums and products are exact in any order, so no rounding moves a point over the line."""
    return rng.integers(-64, 65, size=shape) / 64


def points(rng):
    for name, n, d in (("a batch", 20, 3), ("a single point", 1, 4), ("a single feature", 8, 1), ("300 points", 300, 2)):
        yield name, sample(predict, rng, n=n, d=d, b=rng.uniform(-0.5, 0.5))


def on_the_line(rng):
    """A third of the points exactly on the line, the others beside it."""
    w, b, X = np.append(whole(rng, 2), 1.0), rng.choice([-1, 1]) * rng.integers(16, 65) / 64, whole(rng, 9, 3)
    X[:, 2] = rng.permutation([-1, 0, 1] * 3) / 8 - X[:, :2] @ w[:2] - b
    yield "points on the line", {"X": X, "w": w, "b": b}
    yield "no weights yet",     {"X": X, "w": np.zeros(3), "b": 0.0}


def examples(rng):
    """A missed 1, a missed 0, and a right one of each. Without b the answer would be the other one."""
    for name, label, side in (("a missed 1", 1, -1), ("a missed 0", 0, 1), ("a right 1", 1, 1), ("a right 0", 0, -1)):
        x, w = rng.normal(size=(2, 4))
        w *= -side * np.sign(x @ w)
        yield name, {"x": x, "y": label, "w": w, "b": side * rng.uniform(0.2, 2) - x @ w}


def apart(rng, n, d, margin=0.1):
    """n points no nearer than `margin` to a line through their midst, with labels of both kinds, and that line."""
    while True:
        X, line, offset = whole(rng, 8 * n, d), whole(rng, d), float(whole(rng)) / 2
        X = X[np.abs(X @ line + offset) > margin * np.sqrt(line @ line)][:n]
        y = (X @ line + offset > 0).astype(int)
        if len(X) == n and y[0] and 1 < y.sum() < n - 1 and line.any():
            return {"X": X, "y": y, "line": line, "offset": offset}


def separable(rng):
    yield "two features",       {**apart(rng, 12, 2), "epochs": 30}
    yield "five features",      {**apart(rng, 20, 5), "epochs": 25}
    far = apart(rng, 10, 2)
    far["X"][np.argmax(np.abs(far["X"] @ far["line"]))] *= 100
    yield "an outlier",         {**far, "y": (far["X"] @ far["line"] + far["offset"] > 0).astype(int), "epochs": 20}


def trainings(rng):
    yield from separable(rng)
    for d in (2, 3, 4):
        yield f"a narrow gap in {d} features", {**apart(rng, 12, d, margin=0.03), "epochs": 40}
    yield "labels all 1",       {"X": whole(rng, 6, 3), "y": np.ones(6, int), "epochs": 5}
    yield "labels all 0",       {"X": whole(rng, 6, 3), "y": np.zeros(6, int), "epochs": 5}
    yield "a single example",   {"X": whole(rng, 1, 2), "y": np.ones(1, int), "epochs": 3}
    yield "XOR",                {**next(corners(rng))[1], "epochs": 6}


TWO = {"X": np.eye(2), "y": np.array([1, 0])}  # both are missed at first


def one_epoch(rng):
    yield "two points",         {**TWO, "epochs": 1}
    for name, case in separable(rng):
        yield name, {**case, "epochs": 1}


def few_epochs(rng):
    """For claims that ask for each step."""
    yield "two points",         {**TWO, "epochs": 3}
    for d in (2, 3, 4):
        yield f"a narrow gap in {d} features", {**apart(rng, 12, d, margin=0.03), "epochs": 4}


def corners(rng):
    yield "XOR",                {"X": np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), "y": np.array([0, 1, 1, 0])}


def far_off(rng):
    """An example that is missed with any bias, so that its step moves w and b."""
    x = rng.choice([-1, 1], size=4) * rng.uniform(2, 4, size=4)
    return {"x": x, "y": 1, "w": -x + rng.uniform(-0.5, 0.5, size=4), "b": -1.5}


def one_of_each(rng):
    """All that `predict` and `step` take."""
    yield "an example, and others", {**far_off(rng), "X": 3 * rng.normal(size=(200, 4))}


def everything(rng):
    yield next(points(rng))
    yield "a missed 1",         far_off(rng)
    yield next(separable(rng))


def few_mistakes(trial, case):
    """The claim that it separates the points, after at most (R/γ)² mistakes; the bias counts as a column of ones."""
    w, b, mistakes, _ = trial.call(train, **{**case, "epochs": 200})
    if ((case["X"] @ w + b > 0) != case["y"]).any():
        return "w and b do not separate the points, though a line does"
    line, offset, X = case["line"], case["offset"], case["X"]
    largest = (X**2).sum(axis=1).max() + 1
    nearest = np.abs(X @ line + offset).min() / np.sqrt(line @ line + offset**2)
    if not 0 < mistakes.sum() <= largest / nearest**2:
        return f"{mistakes.sum():.0f} mistakes, where there is at least one and at most (R/γ)² = {largest / nearest**2:.0f}"
    return None


def never_stops(trial, case):
    """The claim that no epoch on XOR is free of mistakes. On OR some are: else any count would do."""
    mistakes = trial.call(train, **case)[2]
    if len(mistakes) != 100:
        return f"where `epochs` is not given there are {len(mistakes)} epochs, not 100"
    if not mistakes.all():
        return f"on XOR epoch {np.argmin(mistakes)} has no mistakes, but no line is right for all four points"
    if trial.call(train, **{**case, "y": np.array([0, 1, 1, 1])})[2][-1] != 0:
        return "on OR, which a line separates, there are mistakes after 100 epochs"
    return None


def by_own_prediction(at):
    """The claim that a step is the rule, for the student's own predictions."""
    def claim(trial, case):
        error = case["y"] - trial.call(predict, **{**case, "X": case["x"][None]})[0]
        rule = (case["w"] + error * case["x"], np.asarray(case["b"] + error))
        require_close(trial.call(step, **case)[at], Truth.of(rule[at]), f"{'wb'[at]} of step")
    return claim


def by_own_steps(at):
    """The claim that a training is its steps, for the student's own predictions and steps."""
    def claim(trial, case):
        w, b, mistakes, stopped = np.zeros(case["X"].shape[1]), np.zeros(()), np.zeros(case["epochs"]), 0
        while stopped < case["epochs"] and (stopped == 0 or mistakes[stopped - 1]):
            for x, label in zip(case["X"], case["y"], strict=True):
                mistakes[stopped] += trial.call(predict, X=x[None], w=w, b=b)[0] != label
                w, b = trial.call(step, x=x, y=label, w=w, b=b)
            stopped += 1
        right = (w, b, mistakes, np.array(float(stopped)))[at]
        require_close(trial.call(train, **case)[at], Truth.of(right), f"output {at} of train")
    return claim


def stepped(at):
    own = consistent(by_own_prediction(at), step, predict, on=examples, alive=one_of_each)
    return either(matches(step, on=examples, output="wb"[at]), own)


def trained(at, on):
    own = consistent(by_own_steps(at), train, step, predict, on=few_epochs, alive=one_of_each)
    return either(matches(train, on=on, output=("w", "b", "mistakes", "stopped")[at]), own)


topic = Topic("The perceptron", everything, rubric=[
    Row("predict", 2,   "1 on the positive side of the line, 0 on the other", matches(predict, on=points)),
    Row("edge",    1,   "0 exactly on the line",                              matches(predict, on=on_the_line)),

    Row("step_w",  2,   "a mistake moves w, a right answer nothing",          stepped(0)),
    Row("step_b",  1,   "a mistake moves b, a right answer nothing",          stepped(1)),

    Row("first",   1,   "w after the first epoch is right",                   trained(0, one_epoch)),
    Row("run_w",   2,   "w is right when it stops",                           trained(0, trainings)),
    Row("run_b",   1,   "b is right when it stops",                           trained(1, trainings)),
    Row("count",   1,   "the mistakes of each epoch are counted",             trained(2, trainings)),
    Row("stopped", 0.5, "it stops after the first epoch without a mistake",   trained(3, trainings)),

    Row("bound",   1,   "it makes at most (R/γ)² mistakes",
        measured(holds(few_mistakes, train, on=separable), trained(0, trainings)), needs="run_w"),
    Row("xor",     1,   "on XOR it never stops",
        measured(holds(never_stops, train, on=corners), trained(0, trainings)), needs="run_w"),

    Row("pure",    0.5, "the inputs are left alone",                          pure(predict, step, train)),
])
