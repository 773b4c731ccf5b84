"""Softmax cross-entropy: how wrong is a classifier of c classes, and which way is downhill?"""

import numpy as np

from grader import (
    Ints, Reals, Row, Topic, composition, consistent, either, equal, evenly, gradient, matches, pure, sums_to, unchanged,
)
from grader.checks import Truth, require_close


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


def many(rng):
    """More rows, classes and entries than a byte can count."""
    yield "300 rows",            batch(rng, n=300, c=3)
    yield "300 classes",         classified(299 - rng.permutation(8), rng.normal(size=(8, 300)))


def one_batch(rng):
    yield "a batch",             batch(rng, n=4, c=3)


def far_apart(rng):
    yield from one_batch(rng)
    z = rng.normal(size=(4, 4)) + 2400 * np.eye(4)[:2].sum(axis=0)
    yield "two classes far above the others", classified(rng.permutation(4) % 2, z)


def together(case):
    yield "all logits move by 1", {"logits": case["logits"] + 1}
    by = np.linspace(-1, 2, len(case["logits"]))
    yield "each row's logits move together", {"logits": case["logits"] + by[:, None]}


def far(case):
    """exp takes numbers up to 709."""
    for by in (300, 600, 800, -800):
        yield f"all logits move by {by}", {"logits": case["logits"] + by}
    by = np.resize([1000, -1000, 400, -400], len(case["logits"]))
    yield "the logits of each row move together, by up to ±1000", {"logits": case["logits"] + by[:, None]}


def sinking(case):
    for gap in (1000, 1100, 1200):
        yield f"the true class is {gap} lower", {"logits": case["logits"] - gap * case["targets"]}


def from_own_softmax(loss):
    """The claim that a loss is the mean of -log p of the student's own probabilities p."""
    def claim(trial, case):
        p = trial.call(softmax, **case)[np.arange(len(case["labels"])), case["labels"]]
        with np.errstate(all="ignore"):
            require_close(trial.call(loss, **case), Truth.of(-np.log(p).mean()), loss.__name__)
    return claim


def own_difference(world, case):
    yield "p - y", (world.softmax(case["logits"]) - case["targets"]) / len(case["logits"])


def own_excess(trial, case):
    """What p - y sums to by the student's own probabilities, divided by n."""
    return (trial.call(softmax, **case).sum(axis=1) - 1) / len(case["labels"])


def the_loss(loss, on=None):
    return either(matches(loss, on=on, each="n"), consistent(from_own_softmax(loss), loss, softmax, on=on))


own_slope = gradient(of=categorical_cross_entropy, by=cross_entropy_gradient, wrt="logits")
own_sums = consistent(sums_to(cross_entropy_gradient, own_excess).claim, cross_entropy_gradient, softmax)

topic = Topic("Softmax cross-entropy", cases, rubric=[
    Row("one_hot",          1.5, "labels become one-hot rows",                 matches(one_hot)),
    Row("many",             0.5, "hundreds of labels or classes do, too",      matches(one_hot, on=many)),

    Row("softmax",          3,   "softmax is right",                           matches(softmax)),
    Row("shift",            1,   "a number added to a row's logits leaves its softmax alone",
        unchanged(softmax, when=together, within=1e-11, on=one_batch)),
    Row("huge",             1,   "softmax does not overflow near ±1000",       unchanged(softmax, when=far, on=far_apart)),

    Row("categorical",      3.5, "the loss for one-hot targets is right",      the_loss(categorical_cross_entropy)),
    Row("sparse",           2.5, "the loss for indices is right",              the_loss(sparse_cross_entropy)),
    Row("many_sparse",      0.5, "the loss for indices is right for hundreds of rows or classes",
        the_loss(sparse_cross_entropy, on=many)),
    Row("same",             0.5, "both losses are the same number",
        equal(categorical_cross_entropy, sparse_cross_entropy, on=one_batch)),
    Row("huge_loss",        0.5, "the loss for one-hot targets does not overflow near ±1000",
        unchanged(categorical_cross_entropy, when=far, on=one_batch)),
    Row("huge_sparse",      0.5, "the loss for indices does not overflow near ±1000",
        unchanged(sparse_cross_entropy, when=far, on=one_batch)),
    Row("underflow",        0.5, "the loss for one-hot targets survives a probability of 0",
        evenly(categorical_cross_entropy, when=sinking, on=one_batch)),
    Row("underflow_sparse", 0.5, "the loss for indices survives a probability of 0",
        evenly(sparse_cross_entropy, when=sinking, on=one_batch)),

    Row("gradient",         3.5, "the gradient is right",
        either(matches(cross_entropy_gradient), own_slope, composition(cross_entropy_gradient, own_difference, softmax))),
    Row("sums",             0.5, "each row of the gradient sums to 0",         either(sums_to(cross_entropy_gradient), own_sums)),
    Row("huge_gradient",    1,   "the gradient does not overflow near ±1000",
        unchanged(cross_entropy_gradient, when=far, on=far_apart)),

    Row("pure",             1,   "the inputs are left alone",
        pure(one_hot, softmax, categorical_cross_entropy, sparse_cross_entropy, cross_entropy_gradient)),
])
