"""Softmax cross-entropy: how wrong is a classifier of c classes, and which way is downhill?"""

import numpy as np

from grader import Ints, Reals, Row, Topic, Wrong, composition, consistent, either, gradient, holds, matches, pure
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


def moved(rng):
    yield "a batch",             {**batch(rng, n=4, c=5), "by": rng.normal(size=(4, 1))}


def near_1000(rng):
    yield "logits near ±1000",   {**batch(rng, n=4, c=3), "by": np.array([[1000.0], [-1000.0], [400.0], [-400.0]])}


def enormous(rng):
    yield from near_1000(rng)
    sure = batch(rng, n=4, c=3)
    yield "logits 2400 apart",   {**sure, "logits": sure["logits"] + 2400 * sure["targets"], "by": np.ones((4, 1))}


def hopeless(rng):
    yield "a true class 1000 below the others", batch(rng, n=4, c=3)


HEIGHTS = (300, 600, 800)  # exp takes numbers up to 709


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
            because = where_it_breaks(trial, function, case, here) if np.isfinite(here).all() else ""
            raise Wrong(function.__name__, moved if np.isfinite(here[i]) else f"the answer is {here[i]}", there, because=because)
        return None
    return claim


def where_it_breaks(trial, function, case, here):
    """In words, which movements of rows change the answer: by one number, up to which height, or by numbers of their own."""
    def after(by):
        there = trial.call(function, **{**case, "logits": case["logits"] + by})
        if not np.isfinite(there).all():
            return "not finite"
        return "" if np.abs(there - here).max() < 1e-11 else "another" if there.any() else "0"

    by, higher = case["by"], [after(height) for height in HEIGHTS]
    lower, apart = after(-HEIGHTS[-1]), after(np.sign(by))
    if any(higher):
        at = next(i for i, word in enumerate(higher) if word)
        before = f"the same with all logits {HEIGHTS[at - 1]} higher, " if at else ""
        overflows = (f"{before}{higher[at]} with all {HEIGHTS[at]} higher: is exp taken of numbers above 709, where it is inf, or "
                     "below -745, where it is 0?")
        return "" if higher[at] == "another" else overflows
    if np.ptp(np.sign(by)) > 0 and apart:
        return ("the same when all rows move by one number, another when some move by 1 and others by -1: does a row's answer "
                "depend on other rows?")
    if np.ptp(by) > HEIGHTS[-1] and not lower:
        return ("the same where all rows move by one number, not where they move far apart: is one number subtracted from all "
                "rows, in place of each row's own maximum?")
    return ""


def unbounded(loss):
    """The claim that a true class 1100 below the others costs as much more than one 1000 below as less than one 1200 below. A loss
    that is too large or too small all along has a row of its own."""
    def claim(trial, case):
        z, y = case["logits"], case["targets"]
        costs = np.array([trial.call(loss, **{**case, "logits": z - gap * y}) for gap in (1000, 1100, 1200)])
        if not np.isfinite(costs).all():
            raise Wrong(loss.__name__, f"the loss is {costs[0]}", costs)
        here, beyond = np.diff(costs)
        if not abs(here) > 0 or not abs(beyond - here) < 1e-9 * abs(here):
            grows = "{:.7g}, one 1100 below {:.7g}, one 1200 below {:.7g}: each 100 more are to cost as much".format(*costs)
            raise Wrong(loss.__name__, f"a true class 1000 below costs {grows}", costs)
        return
    return claim


def from_own_softmax(loss):
    """The claim that a loss is the mean of -log p of the student's own probabilities p."""
    def claim(trial, case):
        p = trial.call(softmax, **case)[np.arange(len(case["labels"])), case["labels"]]
        with np.errstate(all="ignore"):
            require_close(trial.call(loss, **case), Truth.of(-np.log(p).mean()), loss.__name__)
    return claim


def own_difference(world, case):
    yield "p - y", (world.softmax(case["logits"]) - case["targets"]) / len(case["logits"])


def same_loss(trial, case):
    categorical, sparse = (trial.call(loss, **case) for loss in (categorical_cross_entropy, sparse_cross_entropy))
    if categorical == trial.call(categorical_cross_entropy, **{**case, "logits": case["logits"] ** 2}):
        return "the loss does not depend on the logits"
    if not abs(categorical - sparse) < 1e-9 * abs(categorical):
        return f"the sparse loss is {sparse:.11g}, the categorical one {categorical:.11g}"
    return None


def rows_sum_to(total):
    """The claim that each row of the gradient sums to `total(trial, case)`."""
    def claim(trial, case):
        slope = trial.call(cross_entropy_gradient, **case)
        if not slope.any():
            return "the gradient is 0 everywhere"
        sums, totals = slope.sum(axis=1), total(trial, case)
        row = np.argmax(np.abs(sums - totals))
        if not abs(sums - totals)[row] < 1e-12:
            return f"row {row} of the gradient sums to {sums[row]:.6g}"
        return None
    return claim


def zero(trial, case):
    return np.zeros(len(case["labels"]))


def own_excess(trial, case):
    """What p - y sums to by the student's own probabilities, divided by n."""
    return (trial.call(softmax, **case).sum(axis=1) - 1) / len(case["labels"])


def the_loss(loss, on=None):
    return either(matches(loss, on=on, each="n"), consistent(from_own_softmax(loss), loss, softmax, on=on))


own_slope = gradient(of=categorical_cross_entropy, by=cross_entropy_gradient, wrt="logits")

topic = Topic("Softmax cross-entropy", cases, rubric=[
    Row("one_hot",          1.5, "labels become one-hot rows",                 matches(one_hot)),
    Row("many",             0.5, "hundreds of labels or classes do, too",      matches(one_hot, on=many)),

    Row("softmax",          3,   "softmax is right",                           matches(softmax)),
    Row("shift",            1,   "a number added to a row's logits leaves its softmax alone",
        holds(unmoved(softmax), softmax, on=moved)),
    Row("huge",             1,   "softmax does not overflow near ±1000",       holds(unmoved(softmax), softmax, on=enormous)),

    Row("categorical",      3.5, "the loss for one-hot targets is right",      the_loss(categorical_cross_entropy)),
    Row("sparse",           2.5, "the loss for indices is right",              the_loss(sparse_cross_entropy)),
    Row("many_sparse",      0.5, "the loss for indices is right for hundreds of rows or classes",
        the_loss(sparse_cross_entropy, on=many)),
    Row("same",             0.5, "both losses are the same number",
        holds(same_loss, categorical_cross_entropy, sparse_cross_entropy, on=moved)),
    Row("huge_loss",        0.5, "the loss for one-hot targets does not overflow near ±1000",
        holds(unmoved(categorical_cross_entropy), categorical_cross_entropy, on=near_1000)),
    Row("huge_sparse",      0.5, "the loss for indices does not overflow near ±1000",
        holds(unmoved(sparse_cross_entropy), sparse_cross_entropy, on=near_1000)),
    Row("underflow",        0.5, "the loss for one-hot targets survives a probability of 0",
        holds(unbounded(categorical_cross_entropy), categorical_cross_entropy, on=hopeless)),
    Row("underflow_sparse", 0.5, "the loss for indices survives a probability of 0",
        holds(unbounded(sparse_cross_entropy), sparse_cross_entropy, on=hopeless)),

    Row("gradient",         3.5, "the gradient is right",
        either(matches(cross_entropy_gradient), own_slope, composition(cross_entropy_gradient, own_difference, softmax))),
    Row("sums",             0.5, "each row of the gradient sums to 0",
        either(holds(rows_sum_to(zero), cross_entropy_gradient),
               consistent(rows_sum_to(own_excess), cross_entropy_gradient, softmax))),
    Row("huge_gradient",    1,   "the gradient does not overflow near ±1000",
        holds(unmoved(cross_entropy_gradient), cross_entropy_gradient, on=enormous)),

    Row("pure",             1,   "the inputs are left alone",
        pure(one_hot, softmax, categorical_cross_entropy, sparse_cross_entropy, cross_entropy_gradient)),
])
