"""The linear support vector machine: hinge loss with a penalty, its subgradient, and descent to the minimum."""

import numpy as np

from grader import (
    Reals, Row, Script, Topic, defaults, descends, either, gradient, holds, matches, measured, outputs, pure, run,
)


def objective(X: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals[""], *, lam=0.1) -> Reals[""]:
    """The mean of max(0, 1 - y (x·w + b)) over the rows x of X, whose labels y are -1 or 1, plus lam times the sum of w²."""


def subgradient(X: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals[""], *,
                lam=0.1) -> {"dw": Reals["d"], "db": Reals[""]}:
    """The derivatives of `objective` with respect to w and b. An example whose margin is exactly 1 adds nothing to them."""


def train(X: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals[""], *,
          lam=0.1, lr=0.1, steps=2000) -> {"w": Reals["d"], "b": Reals[""]}:
    """From the given w and b, `steps` steps against the subgradient of all examples, each `lr` times as long as it is."""


def having(rng, margins, d=3, size=1.5, **given):
    """Points with these margins y (x·w + b), in some order, and of both labels where there are several; |w| is `size`."""
    w, b, X = rng.normal(size=d), rng.choice([-1, 1]) * rng.uniform(1.5, 2.5), rng.normal(size=(len(margins), d))
    w *= size / np.sqrt(w @ w)
    y = rng.permutation(np.where(np.arange(len(margins)) % 3 < 1, 1.0, -1.0)) * rng.choice([-1, 1])
    X += np.outer(y * rng.permutation(margins) - X @ w - b, w) / size**2
    return {"X": X, "y": y, "w": w, "b": b, **given}


def kinds(rng, each):
    """Margins below 0, between 0 and 1, above 1: 0.1 away from both, for the objective may have a kink there. An odd number of
    the first and of all below 1, so that their pulls at b do not cancel."""
    return np.concatenate([rng.uniform(-3, -0.1, size=each), rng.uniform(0.1, 0.9, size=each + 1), rng.uniform(1.1, 3, size=each)])


def cases(rng):
    yield "a batch", having(rng, kinds(rng, 3), lam=0.1, lr=0.1, steps=3)


def one_label(rng):
    yield "labels all 1", {**having(rng, kinds(rng, 9), lam=0.0), "y": np.ones(28)}


def unregularised(rng):
    yield "margins of all kinds", having(rng, kinds(rng, 3), lam=0.0)
    yield "a single example", having(rng, kinds(rng, 1)[1:2], lam=0.0)
    yield "a single feature", having(rng, kinds(rng, 3), d=1, lam=0.0)
    yield "300 examples", having(rng, kinds(rng, 99), d=2, lam=0.0)
    yield "scores of hundreds", having(rng, 200 * kinds(rng, 3), lam=0.0)
    yield from one_label(rng)


def satisfied(rng):
    for name, n, d, size, lam in (("lam = 0.1", 200, 3, 1.5, 0.1), ("lam = 2", 5, 4, 1.5, 2.0), ("one feature", 6, 1, 0.8, 0.5),
                                  ("one example", 1, 3, 1.5, 0.3), ("weights in the hundreds", 4, 3, 400, 0.1)):
        yield f"margins above 1, {name}", having(rng, rng.uniform(1.1, 3, size=n), d, size, lam=lam)


def on_the_margin(rng):
    """Multiples of 1/64, whose sums and products are exact in any order: every margin is 1, without rounding."""
    y, (X, w) = rng.permutation([-1.0, -1, 1, 1, 1]), (rng.integers(-64, 65, size=size) / 64 for size in ((5, 3), 3))
    b = rng.choice([-1, 1]) * rng.integers(16, 65) / 64
    w[2], X[:, 2] = 1, y - X[:, :2] @ w[:2] - b
    yield "margins of exactly 1", {"X": X, "y": y, "w": w, "b": b, "lam": 0.0}


def far_off(rng):
    """Every example is violated, and stays so for 2000 steps: b moves by lr times their number."""
    yield "b = -1000", {"X": rng.normal(size=(2, 2)), "y": np.ones(2), "w": rng.uniform(1, 2, size=2), "b": -1000.0}


def clouds(rng, n=31, d=3, scale=1.0, lam=0.1, lr=0.1, steps=100):
    """Two clouds that overlap, and a w and b from which to start."""
    y, w = rng.permutation(np.arange(n) % 2) * 2.0 - 1, rng.normal(size=d)
    X = scale * (rng.normal(size=(n, d)) + np.outer(y, rng.uniform(0.5, 1, size=d)))
    w, b = w / np.sqrt(w @ w) / scale, rng.choice([-1, 1]) * rng.uniform(0.5, 1)
    return {"X": X, "y": y, "w": w, "b": b, "lam": lam, "lr": lr, "steps": steps}


def start(rng):
    yield "two clouds", clouds(rng, steps=1)
    yield "a single example", having(rng, [0.5], lam=0.1, lr=0.1, steps=1)
    yield "a single feature", clouds(rng, n=7, d=1, steps=1)
    yield "inputs near ±100", clouds(rng, n=301, scale=100, steps=1)


def trainings(rng):
    yield "two clouds", clouds(rng)
    yield "nothing is violated at first", having(rng, rng.uniform(1.5, 3, size=8), lam=0.1, lr=0.1, steps=100)


def beginning(rng):
    yield "two clouds", clouds(rng, lr=0.5, steps=20)


def otherwise(rng):
    yield "other lam and lr", clouds(rng, lam=0.3, lr=0.5, steps=3)


def paired(rng, lam=0.05):
    """Points in pairs, one on either side of a line and as far from it, so that their pulls at b cancel. The line is at the
    minimum: |w| is such that lam pulls as hard at w as the pairs do that are not satisfied."""
    violated, kept, angle, b = rng.uniform(0.2, 0.8, size=7), rng.uniform(1.2, 2.5, size=5), rng.uniform(0, 2 * np.pi), 0.7
    w = np.sqrt(violated.sum() / (24 * lam)) * np.array([np.cos(angle), np.sin(angle)])
    scores, along = np.outer([1, -1], [*violated, *kept]).ravel(), np.tile(rng.normal(size=12), 2)
    X = np.outer((scores - b) / (w @ w), w) + np.outer(along, [-np.sin(angle), np.cos(angle)])
    start = {"w": np.zeros(2), "b": 0.0, "lam": lam, "lr": 0.1, "steps": 1000}
    yield "a known minimum", {"X": X, "y": np.sign(scores), **start, "best": (w, b)}


def added(trial, case):
    """The claim that with each 1 of lam the objective grows by the same, which is not 0."""
    none, once, twice = (trial.call(objective, **{**case, "lam": lam}) for lam in (0.0, 1.0, 2.0))
    if not abs(twice - 2 * once + none) < 1e-9 * abs(once - none):
        values = f"{none:.7g}, {once:.7g} and {twice:.7g}"
        return f"with lam = 0, 1 and 2 the objective is {values}, but each 1 adds the same: the sum of w²"
    return None


def let_go(trial, case):
    """The claim that nothing pulls where all margins are 1, but something where they are -1/2."""
    here, wrong = (np.hstack(trial.call(subgradient, **{**case, "w": by * case["w"], "b": by * case["b"]})) for by in (1, -0.5))
    if here.any() or not wrong.any():
        where, (*dw, db) = ("exactly 1", here) if here.any() else ("-1/2", wrong)
        return f"where every margin is {where} dw is {np.round(dw, 6)} and db is {db:.6g}: " + (
            "nothing pulls there" if here.any() else "every example pulls there")
    return None


def free(trial, case):
    """The claim that db is the same for any lam, while it is another for another b."""
    light, heavy, turned = (
        trial.call(subgradient, **{**case, "b": by * case["b"], "lam": lam})[1] for by, lam in ((1, 0.0), (1, 3.0), (-1, 0.0))
    )
    if light == turned:
        return f"db is {light:.6g} for b = {case['b']:g} and for b = {-case['b']:g}, where other examples are violated"
    if not abs(heavy - light) <= 1e-9 * abs(light):
        return f"with b = {case['b']:g} db is {light:.6g} where lam is 0 and {heavy:.6g} where it is 3, but lam weighs w alone"
    return None


def at_the_bottom(trial, case):
    found, least = (
        np.maximum(0, 1 - case["y"] * (case["X"] @ w + b)).mean() + case["lam"] * w @ w
        for w, b in (trial.call(train, **case), case["best"])
    )
    if not found < 1.001 * least:
        return f"after {case['steps']} steps the objective is {found:.6g}, but it can be as low as {least:.6g}"
    return None


def value(world, case):
    yield "the objective", world.ask(objective, case)[0]


def slope(wrt, on):
    """The subgradient is the reference's, or that of the student's own objective. As a script that has to depend on `wrt` alone:
    where all margins are above 1, another b may change nothing."""
    by = outputs(subgradient, f"d{wrt}")
    own = gradient(of=Script(value, objective), by=by, wrt=wrt, on=on, piecewise=True)
    return either(matches(by, on=on), own)


def steps(names, at, on, own_on):
    """The training is the reference's, or that along the student's own subgradient."""
    own = descends(train, by=subgradient, on=own_on, alive=one_label)
    return either(run(outputs(train, names), at=at, along="steps", on=on), own)


topic = Topic("The linear support vector machine", cases, rubric=[
    Row("hinge",   2,   "without a penalty it is the mean hinge loss",      matches(objective, on=unregularised, each="n")),
    Row("penalty", 1,   "without a violation it is lam times Σ w²",         matches(objective, on=satisfied)),
    Row("added",   0.5, "the penalty is added to the hinge loss",           holds(added, objective)),

    Row("pull",    2,   "dw is right without a penalty",                    slope("w", unregularised)),
    Row("shrink",  1,   "dw is right without a violation",                  slope("w", satisfied)),
    Row("db",      1,   "db is right",                                      slope("b", unregularised)),
    Row("bias",    0.5, "the penalty does not pull at b",                   holds(free, subgradient, on=far_off)),
    Row("margin",  0.5, "an example exactly on the margin does not pull",   holds(let_go, subgradient, on=on_the_margin)),

    Row("step_w",  0.5, "the first step moves w rightly",                   steps("w", [1], start, start)),
    Row("step_b",  0.5, "the first step moves b rightly",                   steps("b", [1], start, start)),
    Row("run_w",   1.5, "w is right after a hundred steps",                 steps("w", (1, 10, 100), trainings, beginning)),
    Row("run_b",   0.5, "b is right after a hundred steps",                 steps("b", (1, 10, 100), trainings, beginning)),
    Row("hyper",   0.5, "lam and lr are those of the call",                 steps("w b", [3], otherwise, otherwise)),

    Row("pure",    0.5, "the inputs are left alone",                        pure(objective, subgradient, train)),
    Row("default", 0.5, "the defaults are right",
        defaults(objective, subgradient, train, on=far_off)),
    Row("optimum", 1,   "the training ends within 0.1 % of the minimum",
        measured(holds(at_the_bottom, train, on=paired), steps("w b", (1, 10, 100), trainings, beginning))),
])
