"""Softmax regression: the smallest classifier, trained on handwritten digits from a start of its own."""

import numpy as np

from grader import (
    Count, Ints, Random, Reals, Row, Script, Topic, Wrong, band, composition, consistent, dataset, either, epochs, evenly,
    gradient, holds, matches, measured, outputs, pure, sample, seeded, stage, statistical, unchanged,
)
from grader.checks import Truth, measured_as, require_close


def probabilities(X: Reals["n d"], W: Reals["d c"], b: Reals["c"]) -> Reals["n c"]:
    """softmax(X W + b), row by row."""

def loss(X: Reals["n d"], y: Ints["n", "c"], W: Reals["d c"], b: Reals["c"]) -> Reals[""]:
    """The mean over the batch of  -log p[label]."""

def gradients(
    X: Reals["n d"], y: Ints["n", "c"], W: Reals["d c"], b: Reals["c"]
) -> {"dW": Reals["d c"], "db": Reals["c"]}:
    """The derivatives of `loss` with respect to W and b."""

def train(
    X: Reals["n d"], y: Ints["n", "classes"], rng: Random, *, lr=0.2, epochs=10, batch=48, classes=10
) -> {"W": Reals["epochs d classes"], "b": Reals["epochs classes"], "losses": Reals["epochs"]}:
    """Mini-batch descent from W ~ N(0, 0.01²), b = 0, drawn from `rng`; and what it came to.

    Every epoch goes through all examples once, in a new random order, `batch` at a time (the last batch may be shorter).
    W, b and the loss on all of X are those after each epoch."""


def cases(rng):
    yield "a batch",           sample(probabilities, rng, n=7, d=4, c=3)
    yield "a single example",  sample(probabilities, rng, n=1, d=3, c=5)
    yield "a confident model", sample(probabilities, rng, n=5, d=6, c=4, scale=3)

def labelled(rng):
    """No input is larger than 1, so no gradient is: what is beyond has a row of its own."""
    yield "a batch",           sample(loss, rng, n=7, d=4, c=3, X=rng.uniform(-1, 1, (7, 4)))
    yield "a single example",  sample(loss, rng, n=1, d=3, c=5, X=rng.uniform(-1, 1, (1, 3)))
    yield "a single feature",  sample(loss, rng, n=4, d=1, c=2, X=rng.uniform(-1, 1, (4, 1)))
    yield "a confident model", sample(loss, rng, n=5, d=6, c=4, X=rng.uniform(-1, 1, (5, 6)), W=rng.uniform(-3, 3, (6, 4)))

def enormous(rng):
    yield "logits by the thousand", sample(loss, rng, n=12, d=5, b=np.zeros(3), c=3, scale=40)

def steep(rng):
    X, W = 1000 * rng.normal(size=(6, 4)), rng.normal(size=(4, 3)) / 1000
    yield "inputs by the thousand", sample(loss, rng, n=6, d=4, c=3, X=X, W=W)

def heightened(rng, **given):
    """The first row of W is added to the logits of every example."""
    return sample(loss, rng, n=6, d=4, c=3, X=np.hstack([np.ones((6, 1)), rng.uniform(-1, 1, (6, 3))]), **given)

def heights(rng):
    yield "a batch", heightened(rng)

def one_class(rng):
    for name, height in (("all of one class", 0), ("the same at logits near 1000", 1000)):
        case = heightened(rng, y=np.full(6, rng.integers(1, 3)))
        yield name, {**case, "W": case["W"] + height * np.eye(4)[:, :1]}

def many(rng):
    """More examples, classes and entries than a byte can count."""
    yield "300 examples", sample(loss, rng, n=300, d=2, c=3)
    yield "300 classes",  sample(loss, rng, n=8, d=2, c=300, y=299 - rng.permutation(8))

LEARNT, HELD = 960, 837  # digits to learn from, and to be tested on

def digits(rng):
    table = dataset("digits", beside=__file__)[rng.permutation(LEARNT + HELD)]
    X, y = table[:, :-1] / 16, table[:, -1]
    held = {"X_held": X[LEARNT:], "y_held": y[LEARNT:]}
    yield "the 8×8 digits", sample(train, rng, X=X[:LEARNT], y=y[:LEARNT]) | held

def a_few(rng):
    [(_, case)] = digits(rng)
    yield "a few digits", case | {"X": case["X"][:200], "y": case["y"][:200], "lr": 0.5, "epochs": 4, "batch": 30}

def all_but_one(rng):
    def points(n, d):
        return {"n": n, "d": d, "X": rng.uniform(-1, 1, (n, d))}
    yield "three points", sample(train, rng, **points(3, 2), y=np.array([0, 1, 1]), lr=0.5, epochs=26, batch=2, classes=2)
    yield "49 points, batch left out", sample(train, rng, **points(49, 2), lr=0.3, epochs=3, classes=3)
    yield "fewer points than a batch", sample(train, rng, **points(5, 3), lr=0.4, epochs=3, batch=8, classes=4)

def standing(rng):
    yield "a rate of 0", sample(train, rng, n=5, d=200, lr=0.0, epochs=1, batch=5, classes=10)

def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))

def loss_of(X, y, W, b):
    with np.errstate(all="ignore"):  # a model that was returned, right or wrong
        return -log_softmax(X @ W + b)[np.arange(len(y)), y].mean()

weights = outputs(train, "W b")  # what stands beside them, `losses`, has a row of its own

def measure(case, answer):
    """The model that was returned, measured here: its loss after each epoch, and what it makes of digits it never saw."""
    Ws, bs = answer
    curve = np.array([loss_of(case["X"], case["y"], W, b) for W, b in zip(Ws, bs)])
    with np.errstate(all="ignore"):
        right = ((case["X_held"] @ Ws[-1] + bs[-1]).argmax(axis=1) == case["y_held"]).mean()
    return {"the final loss": curve[-1], "the share of new digits read right": right, "curve": curve}

def losses_are_of_the_model(trial, case):
    """Each loss is that of the parameters beside it, on all examples, and they are not the same twice. A wrong loss has a row of
    its own: what it says of the parameters is as good here."""
    Ws, bs, losses = trial.call(train, **case)
    for epoch, (W, b, said) in enumerate(zip(Ws, bs, losses), start=1):
        found = loss_of(case["X"], case["y"], W, b)
        if not agree(said, found) and not agree(said, trial.call(loss, X=case["X"], y=case["y"], W=W, b=b)):
            sentence = f"after epoch {epoch} of {len(losses)}, losses says {said:.7g}, but the loss of W and b is {found:.7g}"
            raise Wrong("train, loss", sentence, losses, because=what_losses_are(case, Ws, bs, losses))
    if len(np.unique(losses)) < len(losses):
        return "two epochs have the same loss to the last digit: are W and b copied when they are kept?"
    return None

def what_losses_are(case, Ws, bs, losses):
    """What is true of all losses, or of all W or b; "" if nothing simple is."""
    X, y, none = case["X"], case["y"], np.zeros_like
    kept = " and ".join(f"`{name}`" for name, all_of_them in (("W", Ws), ("b", bs)) if (all_of_them == all_of_them[0]).all())
    if kept:
        nothing = ", or does nothing move" if len(np.unique(losses)) == 1 else ""
        return f"all that is kept of {kept} is the same to the last digit: is one array kept, and changed in place later{nothing}?"
    for models, words in ((zip(Ws, none(bs)), "that of W and of b = 0, or of what comes to the same"),
                          (zip(none(Ws), bs), "that of b and of W = 0, or of what comes to the same"),
                          ([(Ws[-1], bs[-1])] * len(Ws), "that of the last W and b")):
        if all(agree(said, loss_of(X, y, W, b)) for said, (W, b) in zip(losses, models)):
            return f"each of your losses is {words}"
    if not np.isfinite(losses).any():
        return f"all losses are {losses[0]}" + (", as W and b are" if np.isnan(Ws).all() and np.isnan(bs).all() else "")
    return ""

def agree(a, b):
    return np.isfinite(a) and np.isfinite(b) and abs(a - b) < 1e-7 * abs(b)

NEAR = 0.01 * 0.6744897501960817  # half of a normal distribution of deviation 0.01 lies nearer to 0
FAR, BEYOND = 0.02, 0.04550026389635842  # so much of it lies beyond two deviations, and none of a uniform one with the same NEAR

def the_start_is_small(trial, case):
    """At a rate of 0 nothing moves, and what comes back is the start."""
    W, b = (answer[0] for answer in trial.call(weights, **case))
    sizes = {"n": 5, "d": 200, "batch": 5, "classes": 10}
    if b.any():
        sentence = f"b starts at {b.flat[np.argmax(np.abs(b))]:.6g}, expected 0"
        whole = np.allclose(b, -gradients_of(case["X"], case["y"], W, 0 * b)[1], rtol=1e-9, atol=1e-15)
        why = "the first `b` is minus its whole gradient at b = 0: is lr left out of its steps?"
        raise Wrong("train", sentence, because=why if whole else measured_as("the first `b`", b, 0, 0, sizes))
    why = measured_as("the first `W`", W, 0, 0.01, sizes)
    return [Count(int((W > 0).sum()), W.size, 0.5, "entries of the first W are positive", why),
            Count(int((np.abs(W) < NEAR).sum()), W.size, 0.5, f"entries of the first W are nearer to 0 than {NEAR:.6f}", why),
            Count(int((np.abs(W) > FAR).sum()), W.size, BEYOND, f"entries of the first W are farther from 0 than {FAR}", why)]

def gradients_of(X, y, W, b):
    delta = np.exp(log_softmax(X @ W + b))
    delta[np.arange(len(y)), y] -= 1
    return X.T @ delta / len(y), delta.sum(axis=0) / len(y)

def lifted(case):
    for by in (300, 600, 800, -800):
        yield f"all logits move by {by}", {"W": case["W"] + by * np.eye(4)[:, :1]}

def sinking(case):
    """The true class of all examples, which is one."""
    for gap in (1000, 1100, 1200):
        yield f"the true class is {gap} lower", {"W": case["W"] - gap * np.outer(np.eye(4)[0], np.eye(3)[case["y"][0]])}

def from_own_probabilities(trial, case):
    p = trial.call(probabilities, **case)[np.arange(len(case["y"])), case["y"]]
    with np.errstate(all="ignore"):
        require_close(trial.call(loss, **case), Truth.of(-np.log(p).mean()), "loss")

def own_delta(world, case):
    return (world.probabilities(case["X"], case["W"], case["b"]) - np.eye(len(case["b"]))[case["y"]]) / len(case["y"])

def own_dW(world, case):
    yield "Xᵀ (p - t) / n", case["X"].T @ own_delta(world, case)

def own_db(world, case):
    yield "Σ (p - t) / n", np.ones(len(case["y"])) @ own_delta(world, case)

def slope(name, wrt, of_own_probabilities):
    """One of the gradients is right, or right for the student's own loss, or for their own probabilities."""
    return either(stage(gradients, name, on=labelled), gradient(of=loss, by=outputs(gradients, name), wrt=wrt, on=labelled),
                  composition(outputs(gradients, name), of_own_probabilities, probabilities, on=labelled))

def loss_and_gradients(world, case):
    yield "the loss", world.loss(case["X"], case["y"], case["W"], case["b"])
    yield from zip(("dW", "db"), world.ask(gradients, case))

along_truth = epochs(weights, "W b", gradients, truth=gradients_of, follow=False, on=all_but_one)
along_own = consistent(epochs(weights, "W b", gradients).claim, train, gradients, on=all_but_one, alive=labelled)
steps = either(along_truth, along_own)

topic = Topic("Softmax regression", cases, rubric=[
    Row("prob",      2.5, "the probabilities are right",            matches(probabilities)),
    Row("loss",      3,   "the loss is right",
        either(matches(loss, on=labelled), consistent(from_own_probabilities, loss, probabilities, on=labelled))),
    Row("dW",        2,   "the gradient by W is right",             slope("dW", "W", own_dW)),
    Row("db",        1,   "the gradient by b is right",             slope("db", "b", own_db)),
    Row("huge",      0.5, "large logits do not overflow",           matches(probabilities, on=enormous)),
    Row("tiny",      0.5, "a tiny probability has a finite loss",   evenly(loss, when=sinking, on=one_class)),
    Row("huge_grad", 0.5, "large logits do not overflow in the gradients", unchanged(gradients, when=lifted, on=heights)),
    Row("steep",     0.5, "a gradient far from 0 is not cut off",
        either(stage(gradients, "dW", on=steep), composition(outputs(gradients, "dW"), own_dW, probabilities, on=steep))),
    Row("many",      0.5, "hundreds of examples or classes are no others",
        matches(Script(loss_and_gradients, loss, gradients), on=many)),
    Row("epoch",     2.5, "an epoch is a step for each batch, in a new order",
        epochs(weights, "W b", gradients, truth=gradients_of, on=all_but_one)),
    Row("start",     1,   "the start is small and random",          statistical(the_start_is_small, train, on=standing)),
    Row("curve",     2,   "losses tells how the training went",     holds(losses_are_of_the_model, train, loss, on=a_few)),
    Row("drawn",     0.5, "the start is drawn from rng",            seeded(weights, on=a_few)),
    Row("final",     2,   "a training comes to what such trainings come to",
        measured(band(weights, measure, of=["the final loss", "the share of new digits read right"],
                      steps={"the share of new digits read right": 1 / HELD}, ensemble="trainings", on=digits), steps)),
    Row("pure",      1,   "the inputs are left alone",              pure(loss, gradients, on=many)),
    Row("kept",      1,   "the digits are left alone",              pure(train, on=a_few)),
])
