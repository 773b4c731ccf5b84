"""Losses: how wrong is a number, a probability or a score, and which way is less wrong?"""

import numpy as np

from grader import Reals, Row, Topic, either, gradient, holds, matches, pure, sample


def mse(p: Reals["n k"], y: Reals["n k"]) -> Reals[""]:
    """The mean squared error: the mean of (p - y)² over all n·k entries."""


def mse_grad(p: Reals["n k"], y: Reals["n k"]) -> Reals["n k"]:
    """The derivative of `mse` with respect to p."""


def bce(a: Reals["n"], y: Reals["n"]) -> Reals[""]:
    """The mean binary cross-entropy of probabilities a: -log a where the label y is 1, -log(1 - a) where it is 0."""


def bce_grad(a: Reals["n"], y: Reals["n"]) -> Reals["n"]:
    """The derivative of `bce` with respect to a."""


def bce_logits(z: Reals["n"], y: Reals["n"]) -> Reals[""]:
    """The mean binary cross-entropy of a = sigmoid(z), from the logits z."""


def bce_logits_grad(z: Reals["n"], y: Reals["n"]) -> Reals["n"]:
    """The derivative of `bce_logits` with respect to z."""


def hinge(s: Reals["n"], y: Reals["n"]) -> Reals[""]:
    """The mean hinge loss max(0, 1 - y s) of scores s; here the labels y are -1 and 1."""


def hinge_grad(s: Reals["n"], y: Reals["n"]) -> Reals["n"]:
    """The derivative of `hinge` with respect to s."""


def predictions(rng):
    yield "a batch",            sample(mse, rng, n=6, k=4)
    yield "a single row",       sample(mse, rng, n=1, k=3)
    yield "a single column",    sample(mse, rng, n=5, k=1)
    yield "predictions far off", sample(mse, rng, n=4, k=2, scale=1000)


def answered(rng, y, low=0.02):
    return {"a": rng.uniform(low, 1 - low, size=len(y)), "z": 2 * rng.normal(size=len(y)), "y": y}


def both_labels(rng):
    yield "both labels",        answered(rng, rng.permutation(np.arange(7.0) % 2))
    yield "300 examples",       answered(rng, rng.permutation(np.arange(300.0) % 2))


def answers(rng):
    yield from both_labels(rng)
    yield "a single 1",         answered(rng, np.ones(1))
    yield "a single 0",         answered(rng, np.zeros(1))
    yield "labels all 1",       answered(rng, np.ones(4))
    yield "labels all 0",       answered(rng, np.zeros(5))


def doubtful(rng):
    """Probabilities near 1/2, where -log a is smooth enough for difference quotients."""
    yield "doubtful probabilities", answered(rng, rng.permutation(np.arange(7.0) % 2), low=0.35)


def certain(rng):
    """Beside an unlikely label, whose loss is large: what a clip at 1e-7 makes of 0 is not seen here."""
    for a in (1.0, 0.0):
        yield f"{a:g} for the label {a:g}", {"a": np.array([a, rng.uniform(0.05, 0.15)]), "y": np.array([a, 1.0])}


def unlikely(rng):
    """One example, so that nothing is summed or averaged."""
    a = rng.uniform(1, 9) * 1e-10
    yield "an a near 0 for the label 1", {"a": np.array([a]), "y": np.ones(1)}
    yield "an a near 1 for the label 0", {"a": np.array([1 - a]), "y": np.zeros(1)}


def huge(rng):
    """Of the right label only where its loss is exactly 0."""
    for z, label in [(1000, 0), (1000, 1), (-1000, 0), (-1000, 1), (720, 0), (-720, 1), (40, 0), (-40, 1)]:
        yield f"a logit near {z} for the label {label}", {"z": z + rng.uniform(-5, 5, size=1), "y": np.array([float(label)])}


def scored(rng, margins):
    """Scores s with margins y·s as given, in some order, for labels of both kinds where there is more than one."""
    y = rng.permutation((np.arange(len(margins)) % 2) * 2.0 - 1)
    return {"s": y * rng.permutation(margins), "y": y}


def kinds(rng, size):
    """Margins below 0, between 0 and 1, above 1: 0.1 away from both, for losses have a kink there."""
    return [rng.uniform(*ends, size=size) for ends in ((-3, -0.1), (0.1, 0.9), (1.1, 3))]


def not_all_satisfied(rng):
    wrong, near, safe = kinds(rng, 4)
    yield "margins of all kinds", scored(rng, np.concatenate([wrong, near, safe]))
    yield "a single example",   scored(rng, near[:1])
    yield "margins below 0",    scored(rng, wrong[:3])
    yield "scores of hundreds", scored(rng, 200 * np.concatenate([wrong, safe]))


def margins(rng):
    yield from not_all_satisfied(rng)
    yield "margins above 1",    scored(rng, rng.uniform(1.1, 3, size=5))


def everything(rng):
    yield next(predictions(rng))
    yield next(both_labels(rng))
    yield "margins of all kinds", scored(rng, np.concatenate(kinds(rng, 20)))


def same_loss(trial, case):
    a, z, y = 1 / (1 + np.exp(-case["z"])), case["z"], case["y"]
    of_a, of_z = trial.call(bce, a=a, y=y), trial.call(bce_logits, z=z, y=y)
    if of_a == trial.call(bce, a=1 - a, y=y):
        return "the loss does not depend on a"
    if not abs(of_a - of_z) < 1e-9 * abs(of_a):
        return f"bce of sigmoid(z) is {of_a:.11g}, bce_logits of z is {of_z:.11g}"
    return None


def slope(by, of, wrt, on, own_on=None, **how):
    """The gradient is the reference's, or that of the student's own loss, where that can be told from differences."""
    return either(matches(by, on=on), gradient(of=of, by=by, wrt=wrt, on=own_on or on, **how))


topic = Topic("Losses", everything, rubric=[
    Row("mse",             2,   "the mean squared error is right",               matches(mse, on=predictions, each="n")),
    Row("mse_grad",        2,   "its gradient is right",                         slope(mse_grad, mse, "p", predictions)),

    Row("bce",             2,   "the cross-entropy of probabilities is right",   matches(bce, on=answers, each="n")),
    Row("sure",            0.5, "a probability that is its label costs nothing", matches(bce, on=certain)),
    Row("unlikely",        0.5, "an unlikely label costs what it should",        matches(bce, on=unlikely)),
    Row("bce_grad",        2,   "its gradient is right",
        slope(bce_grad, bce, "a", answers, doubtful, piecewise=True)),
    Row("unlikely_grad",   0.5, "its gradient is steep at an unlikely label",    matches(bce_grad, on=unlikely)),

    Row("bce_logits",      2,   "the cross-entropy of logits is right",          matches(bce_logits, on=answers, each="n")),
    Row("huge",            1,   "logits may be ±1000",                           matches(bce_logits, on=huge)),
    Row("same",            0.5, "the two cross-entropies are the same number",   holds(same_loss, bce, bce_logits, on=answers)),
    Row("bce_logits_grad", 2,   "its gradient is right",
        slope(bce_logits_grad, bce_logits, "z", answers, both_labels)),
    Row("huge_grad",       0.5, "its gradient is right at ±1000",                matches(bce_logits_grad, on=huge)),

    Row("hinge",           2,   "the hinge loss is right",                       matches(hinge, on=margins, each="n")),
    Row("hinge_grad",      2,   "its gradient is right",
        slope(hinge_grad, hinge, "s", margins, not_all_satisfied, piecewise=True)),

    Row("pure",            0.5, "the inputs are left alone",
        pure(mse, mse_grad, bce, bce_grad, bce_logits, bce_logits_grad, hinge, hinge_grad)),
])
