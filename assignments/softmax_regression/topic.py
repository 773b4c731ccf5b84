"""Softmax regression: the smallest classifier, trained on handwritten digits from a start of its own."""

import numpy as np

from grader import (
    Count, Ints, Random, Reals, Row, Topic, Wrong, band, dataset, either, gradient, holds, matches, pure, sample, statistical,
)


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
    yield "a batch",           sample(loss, rng, n=7, d=4, c=3)
    yield "a single example",  sample(loss, rng, n=1, d=3, c=5)
    yield "a confident model", sample(loss, rng, n=5, d=6, c=4, scale=1.5)

def enormous(rng):
    yield "logits by the thousand", sample(loss, rng, n=12, d=5, b=np.zeros(3), c=3, scale=40)

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
    yield "three points", sample(train, rng, n=3, d=2, y=np.array([0, 1, 1]), lr=0.5, epochs=26, batch=2, classes=2)
    yield "49 points, batch left out", sample(train, rng, n=49, d=2, lr=0.5, epochs=3, classes=3)

def standing(rng):
    yield "a rate of 0", sample(train, rng, n=5, d=200, lr=0.0, epochs=1, batch=5, classes=10)

def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))

def loss_of(X, y, W, b):
    with np.errstate(all="ignore"):  # a model that was returned, right or wrong
        return -log_softmax(X @ W + b)[np.arange(len(y)), y].mean()

def measure(case, answer):
    """The model that was returned, measured here: its loss after each epoch, and what it makes of digits it never saw."""
    Ws, bs, _ = answer
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
            return f"after epoch {epoch} of {len(losses)}, losses says {said:.7g}, but the loss of W and b is {found:.7g}"
    if len(np.unique(losses)) < len(losses):
        return "two epochs have the same loss to the last digit: are W and b copied when they are kept?"
    return None

def agree(a, b):
    return np.isfinite(a) and np.isfinite(b) and abs(a - b) < 1e-7 * abs(b)

def the_start_is_drawn(trial, case):
    """Another generator gives another run, also in its first epoch."""
    one, other = (trial.call(train, **run)[0][0] for run in (case, case | {"rng": another(case["rng"])}))
    if np.array_equal(one, other):
        return "another generator `rng` gives the very same W: draw the start and the orders from it"
    return None

def another(seeded):
    return type(seeded)(seeded.seed ^ 1)

NEAR = 0.01 * 0.6744897501960817  # half of a normal distribution of deviation 0.01 lies nearer to 0

def the_start_is_small(trial, case):
    """At a rate of 0 nothing moves, and what comes back is the start."""
    W, b, _ = (answer[0] for answer in trial.call(train, **case))
    if b.any():
        return f"b starts at {b.flat[np.argmax(np.abs(b))]:.6g}, expected 0"
    return [Count(int((W > 0).sum()), W.size, 0.5, "entries of the first W are positive"),
            Count(int((np.abs(W) < NEAR).sum()), W.size, 0.5, f"entries of the first W are nearer to 0 than {NEAR:.6f}")]

def an_epoch_is_its_batches(trial, case):
    """One example more than a batch: an epoch is a step on all but one of them, then one on the last. Which of three that is
    repeats itself in 25 epochs, after one, two or three, with a probability of (3 + 9 + 27) / 3²⁵ = 5e-11 at most. A wrong
    gradient has a row of its own: steps along it are as good here."""
    Ws, bs, _ = trial.call(train, **case)
    epochs = list(zip(zip(Ws, bs), zip(Ws[1:], bs[1:])))
    away = [distances(before, after, case, gradients_of) for before, after in epochs]
    moves = all(np.abs(after[0] - before[0]).max() > 1e-6 for before, after in epochs)
    if moves and not max(map(min, away)) < 1e-9:
        own = lambda X, y, W, b: trial.call(gradients, X=X, y=y, W=W, b=b)
        away = [distances(before, after, case, own) for before, after in epochs]
    for epoch, each in enumerate(away, start=2):
        if not min(each) < 1e-9:
            n = len(case["y"])
            sentence = (f"in epoch {epoch}, W and b are {min(each):.3g} away from where a step on {n - 1} of {n} examples and one "
                        f"on the last lead, whichever is that (lr={case['lr']}, batch={case.get('batch', 48)})")
            raise Wrong("train", sentence, np.append(Ws[epoch - 1], bs[epoch - 1]))
    last = [int(np.argmin(each)) for each in away]
    if len(last) >= 25 and last == [last[0]] * len(last):
        return "the same example comes last in all epochs: draw a new order for each"
    if len(last) >= 25 and any(last[every:] == last[:-every] for every in (2, 3)):
        return "which example comes last repeats itself: draw a new order for each epoch, not the old one moved on"
    return None

def distances(before, after, case, slopes):
    """How far an epoch leads away from where a step on all examples but one, and one on that, lead; for each that may be it."""
    n = len(case["y"])
    def away(last):
        at = before
        for rows in (np.delete(range(n), last), [last]):
            at = [w - case["lr"] * dw for w, dw in zip(at, slopes(case["X"][rows], case["y"][rows], *at))]
        return max(np.abs(a - b).max() for a, b in zip(after, at))
    with np.errstate(all="ignore"):  # where the submission diverges
        return [away(last) for last in range(n)]

def gradients_of(X, y, W, b):
    delta = np.exp(log_softmax(X @ W + b))
    delta[np.arange(len(y)), y] -= 1
    return X.T @ delta / len(y), delta.sum(axis=0) / len(y)


topic = Topic("Softmax regression", cases, rubric=[
    Row("prob",    2, "the probabilities are right",            matches(probabilities)),
    Row("loss",    2, "the loss is right",                      matches(loss, on=labelled)),
    Row("grad",    3, "the gradients are right",
                      either(matches(gradients, on=labelled), gradient(of=loss, by=gradients, wrt="W b", on=labelled))),
    Row("huge",    1, "large logits do not overflow",           matches(probabilities, on=enormous)),
    Row("tiny",    1, "a tiny probability has a finite loss",   matches(loss, on=enormous), needs="huge"),
    Row("epoch",   3, "an epoch is a step for each batch, in a new order",
                      holds(an_epoch_is_its_batches, train, on=all_but_one)),
    Row("start",   1, "the start is small and random",          statistical(the_start_is_small, train, on=standing)),
    Row("curve",   2, "losses tells how the training went",     holds(losses_are_of_the_model, train, loss, on=a_few)),
    Row("drawn",   1, "the start is drawn from rng",            holds(the_start_is_drawn, train, on=a_few), needs="curve"),
    Row("final",   3, "a training comes to what such trainings come to",
                      band(train, measure, of=["the final loss", "the share of new digits read right"],
                           steps={"the share of new digits read right": 1 / HELD}, ensemble="trainings", on=digits)),
    Row("pure",    1, "the inputs are left alone",              pure(loss, gradients, on=labelled), needs="loss grad"),
    Row("kept",    1, "the digits are left alone",              pure(train, on=a_few), needs="curve"),
])
