"""Softmax cross-entropy: how wrong is a classifier of c classes, and which way is downhill?"""

import numpy as np

from grader import Ints, Reals, Row, Topic, Wrong, either, gradient, holds, matches, pure


def one_hot(labels: Ints["n", "c"], *, classes) -> Reals["n c"]:
    """Row i is 0 everywhere but for a 1 in column labels[i]; there are `classes` columns (that is the c below)."""


def softmax(logits: Reals["n c"]) -> Reals["n c"]:
    """The probabilities of each row: exp(logits), divided by its sum over the row's classes."""


def categorical_cross_entropy(logits: Reals["n c"], targets: Reals["n c"]) -> Reals[""]:
    """The mean over the rows of  -log p[true class],  p = softmax(logits); each row of `targets` is one-hot."""


def sparse_cross_entropy(logits: Reals["n c"], labels: Ints["n", "c"]) -> Reals[""]:
    """The same number as `categorical_cross_entropy`, from the indices of the true classes."""


def cross_entropy_gradient(logits: Reals["n c"], targets: Reals["n c"]) -> Reals["n c"]:
    """The derivative of `categorical_cross_entropy` with respect to `logits`."""


def classified(labels, logits):
    c = logits.shape[1]
    return {"logits": logits, "labels": labels, "targets": np.eye(c)[labels], "classes": c}


def batch(rng, n, c):
    labels = (rng.permutation(n) + rng.integers(c)) % c  # as many classes as there is room for, on every seed
    return classified(labels, rng.normal(size=(n, c)))


def cases(rng):
    yield "a batch",             batch(rng, n=8, c=5)
    yield "a single row",        batch(rng, n=1, c=3)
    yield "two classes",         batch(rng, n=6, c=2)
    yield "an absent class",     classified(rng.permutation(7) % 3, rng.normal(size=(7, 4)))
    sure = batch(rng, n=5, c=4)
    yield "a confident model",   {**sure, "logits": sure["logits"] + 6 * sure["targets"]}


def moved(rng):
    yield "a batch",             {**batch(rng, n=4, c=5), "by": rng.normal(size=(4, 1))}


def near_1000(rng):
    yield "logits near ±1000",   {**batch(rng, n=4, c=3), "by": np.array([[1000.0], [-1000.0], [400.0], [-400.0]])}


def enormous(rng):
    yield from near_1000(rng)
    sure = batch(rng, n=4, c=3)
    yield "logits 2400 apart",   {**sure, "logits": sure["logits"] + 2400 * sure["targets"], "by": np.ones((4, 1))}


def hopeless(rng):
    case = batch(rng, n=4, c=3)
    yield "a true class 1000 below the others", {**case, "logits": case["logits"] - 1000 * case["targets"]}


def unmoved(function):
    """The claim that adding a number to all the logits of a row changes nothing."""
    def claim(trial, case):
        z, by = case["logits"], case["by"]
        here, there, elsewhere = (trial.call(function, **{**case, "logits": at}) for at in (z, z + by, -(z**2)))
        if np.array_equal(here, elsewhere):
            return "the answer does not depend on the logits"
        with np.errstate(invalid="ignore"):
            away = np.abs(there - here)
        i = np.unravel_index(np.argmax(away), away.shape)  # a NaN counts as the largest
        if not away[i] < 1e-11:
            moved = f"{here[i]:.11g} becomes {there[i]:.11g} when each row's logits move together, by up to {by.max():.4g}"
            raise Wrong(function.__name__, moved if np.isfinite(here[i]) else f"the answer is {here[i]}", there)
        return None
    return claim


def same_loss(trial, case):
    categorical, sparse = (trial.call(loss, **case) for loss in (categorical_cross_entropy, sparse_cross_entropy))
    if categorical == trial.call(categorical_cross_entropy, **{**case, "logits": -(case["logits"] ** 2)}):
        return "the loss does not depend on the logits"
    if not abs(categorical - sparse) < 1e-9 * abs(categorical):
        return f"the sparse loss is {sparse:.11g}, the categorical one {categorical:.11g}"
    return None


def rows_sum_to_zero(trial, case):
    slope = trial.call(cross_entropy_gradient, **case)
    if not slope.any():
        return "the gradient is 0 everywhere"
    sums = slope.sum(axis=1)
    row = np.argmax(np.abs(sums))
    if not abs(sums[row]) < 1e-12:
        return f"row {row} of the gradient sums to {sums[row]:.6g}"
    return None


own_slope = gradient(of=categorical_cross_entropy, by=cross_entropy_gradient, wrt="logits")

topic = Topic("Softmax cross-entropy", cases, rubric=[
    Row("one_hot",          1,   "labels become one-hot rows",                 matches(one_hot)),

    Row("softmax",          3,   "softmax is right",                           matches(softmax)),
    Row("shift",            1,   "a number added to a row's logits leaves its softmax alone",
        holds(unmoved(softmax), softmax, on=moved)),
    Row("huge",             2,   "softmax does not overflow near ±1000",       holds(unmoved(softmax), softmax, on=enormous)),

    Row("categorical",      3,   "the loss for one-hot targets is right",      matches(categorical_cross_entropy)),
    Row("sparse",           2,   "the loss for indices is right",              matches(sparse_cross_entropy)),
    Row("same",             1,   "both losses are the same number",
        holds(same_loss, categorical_cross_entropy, sparse_cross_entropy, on=moved)),
    Row("huge_loss",        0.5, "the loss for one-hot targets does not overflow near ±1000",
        holds(unmoved(categorical_cross_entropy), categorical_cross_entropy, on=near_1000)),
    Row("huge_sparse",      0.5, "the loss for indices does not overflow near ±1000",
        holds(unmoved(sparse_cross_entropy), sparse_cross_entropy, on=near_1000)),
    Row("underflow",        0.5, "the loss for one-hot targets survives a probability of 0",
        matches(categorical_cross_entropy, on=hopeless), needs="categorical"),
    Row("underflow_sparse", 0.5, "the loss for indices survives a probability of 0",
        matches(sparse_cross_entropy, on=hopeless), needs="sparse"),

    Row("gradient",         4,   "the gradient is right",                      either(matches(cross_entropy_gradient), own_slope)),
    Row("sums",             1,   "each row of the gradient sums to 0",         holds(rows_sum_to_zero, cross_entropy_gradient)),
    Row("huge_gradient",    1,   "the gradient does not overflow near ±1000",
        holds(unmoved(cross_entropy_gradient), cross_entropy_gradient, on=enormous)),

    Row("pure",             1,   "the inputs are left alone",
        pure(one_hot, softmax, categorical_cross_entropy, sparse_cross_entropy, cross_entropy_gradient), needs="softmax"),
])
