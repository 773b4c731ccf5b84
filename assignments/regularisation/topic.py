"""Regularisation: what large weights cost, and a neuron that pays for them."""

import numpy as np

from grader import (
    Reals, Row, Script, Topic, composition, consistent, dataset, descends, either, gradient, holds, matches, measured, outputs,
    pure, run, sample,
)
from grader.checks import TRAINING, Truth, require_close


def l2(w: Reals["..."], *, lam=0.1) -> Reals[""]:
    """lam Σ w²"""


def l2_grad(w: Reals["..."], *, lam=0.1) -> Reals["..."]:
    """The derivative of `l2` with respect to w."""


def l1(w: Reals["..."], *, lam=0.1) -> Reals[""]:
    """lam Σ |w|"""


def l1_grad(w: Reals["..."], *, lam=0.1) -> Reals["..."]:
    """The derivative of `l1` with respect to w; where a weight is 0, it is 0."""


def elastic(w: Reals["..."], *, lam1=0.1, lam2=0.1) -> Reals[""]:
    """The elastic net, lam1 Σ w² + lam2 Σ |w|."""


def elastic_grad(w: Reals["..."], *, lam1=0.1, lam2=0.1) -> Reals["..."]:
    """The derivative of `elastic` with respect to w; where a weight is 0, it is 0."""


def ridge_loss(X: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals[""], *, lam=0.1) -> Reals[""]:
    """The mean squared error of the predictions X w + b, plus lam Σ w²."""


def ridge_gradients(
    X: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals[""], *, lam=0.1
) -> {"dw": Reals["d"], "db": Reals[""]}:
    """The derivatives of `ridge_loss` with respect to w and b."""


def train(
    X: Reals["n d"], y: Reals["n"], w: Reals["d"], b: Reals[""], *, lam=0.1, lr=0.1, steps=200
) -> {"w": Reals["d"], "b": Reals[""]}:
    """w and b after `steps` steps of gradient descent on `ridge_loss`, each on all rows of X, from the w and b that are given."""


def weights(rng, *shape, most=3):
    """No weight is nearer to 0 than 0.1: |w| has a kink there."""
    return rng.choice([-1, 1], size=shape) * rng.uniform(0.1, most, size=shape)


def priced(rng):
    """Cases that leave no hyper-parameter to its default."""
    yield "four weights",        {"w": weights(rng, 4), "lam": 7.0, "lam1": 4.0, "lam2": 1.5}
    yield "a single weight",     {"w": weights(rng, 1), "lam": 0.03, "lam1": 0.02, "lam2": 0.05}
    yield "300 weights",         {"w": weights(rng, 300), "lam": 0.5, "lam1": 0.5, "lam2": 0.25}
    yield "weights by the thousand", {"w": 1000 * weights(rng, 3), "lam": 0.2, "lam1": 0.1, "lam2": 0.3}
    yield "no penalties",        {"w": weights(rng, 4), "lam": 0.0, "lam1": 0.0, "lam2": 0.0}


def penalised(rng):
    yield "five weights",        {"w": weights(rng, 5)}
    yield from priced(rng)


def near_zero(rng):
    w = rng.permutation([*weights(rng, 3), 1e-9, -1e-9, 0.0, 0.0])
    yield "weights of 0, and nearly 0", {"w": w, "lam": 0.5, "lam1": 0.2, "lam2": 0.5}


def arrays(rng):
    for shape in ((5, 8), (2, 1, 3)):
        yield f"weights of shape {shape}", {"w": weights(rng, *shape, most=0.3), "lam": 0.3, "lam1": 0.2, "lam2": 0.5}


def neuron(rng, n, d, **hyper):
    """Labels near 5: a b that is drawn towards 0 is far off."""
    X, y = rng.uniform(-1, 1, size=(n, d)), 5 + rng.normal(size=n)
    return sample(ridge_loss, rng, n=n, d=d, X=X, y=y, b=rng.uniform(1, 4)) | hyper


def priced_neurons(rng):
    yield "nine examples",       neuron(rng, 9, 3, lam=0.4)
    yield "a single example",    neuron(rng, 1, 4, lam=0.3)
    yield "a single feature",    neuron(rng, 6, 1, lam=2.0)
    yield "300 examples",        neuron(rng, 300, 2, lam=0.05)
    yield "no penalty",          neuron(rng, 5, 2, lam=0.0)
    yield "inputs by the thousand", neuron(rng, 5, 2, lam=0.2, X=1000 * rng.normal(size=(5, 2)))


def neurons(rng):
    yield "a batch",             neuron(rng, 7, 3)
    yield from priced_neurons(rng)


def trainings(rng):
    yield "20 examples",         neuron(rng, 20, 3)
    yield "a larger lam and lr", neuron(rng, 9, 2, lam=0.6, lr=0.25)
    yield "labels in the hundreds", neuron(rng, 12, 4, lam=0.0, lr=0.05, y=500 + 100 * rng.normal(size=12))


def beginnings(rng):
    yield "20 examples",         neuron(rng, 20, 3, lam=0.1, lr=0.1, steps=10)
    yield "a larger lam and lr", neuron(rng, 9, 2, lam=0.6, lr=0.25, steps=10)


def left_out(rng):
    """Inputs so small that w is still on its way after 200 steps."""
    yield "nothing but data",    neuron(rng, 8, 2, X=rng.uniform(-0.1, 0.1, size=(8, 2)))


def everything(rng):
    """So many small weights that others have other signs: what depends on these alone is seen to be computed."""
    yield "40 small weights",    neuron(rng, 20, 40, w=weights(rng, 40, most=0.3), steps=5)


def patients(rng):
    """150 of the 442. Each feature has the mean 0 and the deviation 1, and y the deviation 1."""
    table = rng.permutation(dataset("diabetes", beside=__file__))[:150]
    table = table / table.std(axis=0)
    X, y = table[:, :-1] - table[:, :-1].mean(axis=0), table[:, -1]
    yield "150 patients", {"X": X, "y": y, "w": np.zeros(10), "b": 0.0, "steps": 300}


def jumps(trial, case, slope, lam):
    """The claim that the slope of lam |w| is 0 where w is 0, and no smaller for a small w than for a large one."""
    w, found = case["w"], trial.call(slope, **case)
    if found[w == 0].any():
        return f"where a weight is 0 the slope is {found[w == 0][0]:.6g}, expected 0"
    small = np.abs(found[np.abs(w) == 1e-9]).min()
    if not small > lam / 2:
        return f"where a weight is ±1e-9 the slope is ±{small:.6g}, expected ±{lam:g}: however small a weight is"
    return None


def jump_of_l1(trial, case):
    return jumps(trial, case, l1_grad, case["lam"])


def jump_of_elastic(trial, case):
    return jumps(trial, case, elastic_grad, case["lam2"])


def all_penalties(world, case):
    w, lam, both = case["w"], case["lam"], {"lam1": case["lam1"], "lam2": case["lam2"]}
    yield from [("l2", world.l2(w, lam=lam)), ("l2_grad", world.l2_grad(w, lam=lam))]
    yield from [("l1", world.l1(w, lam=lam)), ("l1_grad", world.l1_grad(w, lam=lam))]
    yield from [("elastic", world.elastic(w, **both)), ("elastic_grad", world.elastic_grad(w, **both))]


penalties = Script(all_penalties, l2, l2_grad, l1, l1_grad, elastic, elastic_grad)


def as_for_a_vector(trial, case):
    """The claim that a matrix costs what its entries cost in a row, whatever the student's own penalties make of these."""
    in_a_row = trial.answers(penalties, {**case, "w": case["w"].ravel()})
    for got, want in zip(trial.answers(penalties, case), in_a_row):
        require_close(got, Truth.of(want.reshape(case["w"].shape) if want.ndim else want), "a penalty")


def own_elastic(world, case):
    yield "l2 + l1", world.l2(case["w"], lam=case["lam1"]) + world.l1(case["w"], lam=case["lam2"])


def own_elastic_grad(world, case):
    yield "l2_grad + l1_grad", world.l2_grad(case["w"], lam=case["lam1"]) + world.l1_grad(case["w"], lam=case["lam2"])


def error(case):
    return case["X"] @ case["w"] + case["b"] - case["y"]


def own_ridge(world, case):
    yield "mse + l2", np.mean(error(case) ** 2) + world.l2(case["w"], lam=case["lam"])


def own_dw(world, case):
    yield "dmse/dw + l2_grad", 2 * error(case) @ case["X"] / len(case["y"]) + world.l2_grad(case["w"], lam=case["lam"])


def slope(name, *others):
    """One of the gradients is right, or right for the student's own loss."""
    own = gradient(of=ridge_loss, by=outputs(ridge_gradients, f"d{name}"), wrt=name, on=priced_neurons)
    return either(matches(ridge_gradients, output=f"d{name}", on=neurons), own, *others)


def shrinks(trial, case):
    """The claim that w and b come to the minimum. It has a closed form, and w is shorter there the larger lam is."""
    X, y = case["X"], case["y"]
    for lam in (0.3, 1.0, 3.0):
        w, b = trial.call(train, **{**case, "lam": lam})
        best = np.linalg.solve(X.T @ X / len(y) + lam * np.eye(X.shape[1]), X.T @ y / len(y))
        away = max(np.abs(w - best).max(), abs(b - y.mean()))
        if not away < 1e-6:
            lengths = f"the length of w is {np.sqrt(w @ w):.6g}, at the minimum {np.sqrt(best @ best):.6g}"
            return f"with lam={lam:g}, {case['steps']} steps end {away:.3g} away from the minimum: {lengths}"
    return None


steps = either(run(train, at=(1, 10, 200), along="steps", on=trainings),
               descends(train, by=ridge_gradients, on=beginnings))

topic = Topic("Regularisation", penalised, rubric=[
    Row("l2",           1,   "the L2 penalty is right",          matches(l2)),
    Row("l2_grad",      2,   "its gradient is right",            either(matches(l2_grad), gradient(of=l2, by=l2_grad, wrt="w"))),
    Row("l1",           1,   "the L1 penalty is right",          matches(l1)),
    Row("l1_grad",      2,   "its gradient is right",
        either(matches(l1_grad), gradient(of=l1, by=l1_grad, wrt="w", piecewise=True))),
    Row("zero",         0.5, "it jumps at a weight of 0, and is 0 there", holds(jump_of_l1, l1_grad, on=near_zero)),
    Row("elastic",      1,   "the elastic net is right",
        either(matches(elastic), composition(elastic, own_elastic, l2, l1, on=priced))),
    Row("elastic_grad", 1,   "its gradient is right",
        either(matches(elastic_grad), gradient(of=elastic, by=elastic_grad, wrt="w", piecewise=True),
               composition(elastic_grad, own_elastic_grad, l2_grad, l1_grad, on=priced))),
    Row("zero_elastic", 0.5, "it jumps at a weight of 0, and is 0 there", holds(jump_of_elastic, elastic_grad, on=near_zero)),
    Row("shape",        0.5, "weights may be an array of any shape",
        either(matches(penalties, on=arrays), consistent(as_for_a_vector, penalties, penalties, on=arrays))),

    Row("ridge",        2,   "the loss of a ridge regression is right",
        either(matches(ridge_loss, on=neurons), composition(ridge_loss, own_ridge, l2, on=priced_neurons))),
    Row("dw",           1,   "its gradient by w is right",
        slope("w", composition(outputs(ridge_gradients, "dw"), own_dw, l2_grad, on=priced_neurons))),
    Row("db",           1,   "b is not penalised: its gradient is the error's alone", slope("b")),
    Row("run",          2,   "training: the steps are right",    steps),
    Row("default",      0.5, "training: as many steps as the default says",
        either(matches(train, on=left_out, tolerance=TRAINING),
               descends(train, by=ridge_gradients, on=left_out))),
    Row("shrinks",      1,   "training: w is shorter, the larger lam is", measured(holds(shrinks, train, on=patients), steps)),

    Row("pure",         0.5, "the inputs are left alone",
        pure(l2, l2_grad, l1, l1_grad, elastic, elastic_grad, ridge_loss, ridge_gradients, train, on=everything)),
])
