"""Softmax regression: the smallest classifier, trained on handwritten digits from a start of its own."""

import numpy as np

from grader import (
    Count, Ints, Random, Reals, Row, Script, Topic, Wrong, band, composition, consistent, dataset, either, gradient, holds, matches,
    measured, pure, sample, stage, statistical,
)
from grader.checks import Descent, Truth, measured_as, require_close


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

def heights(rng):
    """The first row of W is added to the logits of every example."""
    X = rng.normal(size=(6, 4))
    X[:, 0] = 1
    yield "logits near ±1000", sample(loss, rng, n=6, d=4, c=3, X=X)

def steep(rng):
    X, W = 1000 * rng.normal(size=(6, 4)), rng.normal(size=(4, 3)) / 1000
    yield "inputs by the thousand", sample(loss, rng, n=6, d=4, c=3, X=X, W=W)

def hopeless(rng):
    """All of one class."""
    for name, height in [("a true class 1000 below the others", 0), ("the same, and the others at 1000", 1000)]:
        [(_, case)] = heights(rng)
        case["W"][0] += height
        yield name, case | {"y": np.full(6, rng.integers(1, 3))}

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

def weights_of_run(world, case):
    """W and b after each epoch. What stands beside them, `losses`, has a row of its own."""
    hyper = {name: case[name] for name in ("lr", "epochs", "batch", "classes") if name in case}
    run = world.train(case["X"], case["y"], case["rng"], **hyper)
    yield "`W` of train", run.W
    yield "`b` of train", run.b

weights = Script(weights_of_run, train)

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

def the_start_is_drawn(trial, case):
    """Another generator gives another run, also in its first epoch."""
    one, other = (trial.call(weights, **run)[0][0] for run in (case, case | {"rng": another(case["rng"])}))
    if not np.isfinite(one).all():
        return "the first W is not finite"
    if np.array_equal(one, other):
        return "another generator `rng` gives the very same W: draw the start and the orders from it"
    return None

def another(seeded):
    return type(seeded)(seeded.seed ^ 1)

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

def epochs_along(*slopes):
    """The claim that an epoch is its batches, along the gradient that one of `slopes(trial)` gives. Which that is may change from
    case to case: a wrong gradient has a row of its own, and steps along it are as good here.

    One example more than a batch: an epoch is a step on all but one of them, then one on the last. Which of three that is repeats
    itself in 25 epochs, after one, two or three, with a probability of (3 + 9 + 27) / 3²⁵ = 5e-11 at most."""
    def claim(trial, case):
        Ws, bs = trial.call(weights, **case)
        epochs = list(zip(zip(Ws, bs), zip(Ws[1:], bs[1:])))
        moves = all(np.abs(after[0] - before[0]).max() > 1e-6 for before, after in epochs)
        for each in slopes:
            away = [distances(before, after, case, each(trial)) for before, after in epochs]
            if moves and max(map(min, away)) < 1e-9:
                break
        for epoch, each in enumerate(away, start=2):
            if not min(each) < 1e-9:
                n, batch = len(case["y"]), case.get("batch", 48)
                its = f"a step on {n - 1} of {n} examples and one on the last lead, whichever is that"
                its = its if n > batch else "a step on all leads"
                sentence = f"in epoch {epoch}, W and b are {min(each):.3g} away from where {its} (lr={case['lr']}, batch={batch})"
                raise Wrong("train", sentence, np.append(Ws[epoch - 1], bs[epoch - 1]), because=explain(epochs, case))
        return what_repeats([int(np.argmin(each)) for each in away])
    return claim

def explain(epochs, case):
    """What the epochs are, along the right gradients, where that explains all of them."""
    X, y = case["X"], case["y"]
    slopes = lambda rows, at: gradients_of(X[list(rows)], y[list(rows)], *at)
    return Descent(("W", "b"), len(y), case.get("batch", 48), case["lr"], slopes).explain(epochs)

right_slopes = lambda trial: gradients_of
own_slopes = lambda trial: lambda X, y, W, b: trial.call(gradients, X=X, y=y, W=W, b=b)

def what_repeats(last):
    if len(last) >= 25 and last == [last[0]] * len(last):
        return "the same example comes last in all epochs: draw a new order for each"
    if len(last) >= 25 and any(last[every:] == last[:-every] for every in (2, 3)):
        return "which example comes last repeats itself: draw a new order for each epoch, not the old one moved on"
    return None

def distances(before, after, case, slopes):
    """How far an epoch leads away from where a step on all examples but one, and one on that, lead; for each that may be it. Where
    all fit into a batch, from where one step on all leads."""
    n = len(case["y"])
    def away(*batches):
        at = before
        for rows in batches:
            at = [w - case["lr"] * dw for w, dw in zip(at, slopes(case["X"][rows], case["y"][rows], *at))]
        return max(np.abs(a - b).max() for a, b in zip(after, at))
    with np.errstate(all="ignore"):  # where the submission diverges
        if n <= case.get("batch", 48):
            return [away(range(n))]
        return [away(np.delete(range(n), last), [last]) for last in range(n)]

def gradients_of(X, y, W, b):
    delta = np.exp(log_softmax(X @ W + b))
    delta[np.arange(len(y)), y] -= 1
    return X.T @ delta / len(y), delta.sum(axis=0) / len(y)

def unbounded(trial, case):
    """A true class 1100 below the others costs as much more than one 1000 below as less than one 1200 below. A loss that is too
    large or too small all along has a row of its own."""
    costs = []
    for gap in (1000, 1100, 1200):
        W = case["W"].copy()
        W[0, case["y"]] -= gap
        costs.append(trial.call(loss, **{**case, "W": W}))
    costs = np.array(costs)
    if not np.isfinite(costs).all():
        raise Wrong("loss", f"the loss is {costs[~np.isfinite(costs)][0]}", costs)
    here, beyond = np.diff(costs)
    if not abs(here) > 0 or not abs(beyond - here) < 1e-9 * abs(here):
        grows = "{:.7g}, one 1100 below {:.7g}, one 1200 below {:.7g}: each 100 more are to cost as much".format(*costs)
        raise Wrong("loss", f"a true class 1000 below costs {grows}", costs)
    return

def unmoved_gradients(trial, case):
    """Adding ±1000 to all logits changes no gradient."""
    def at(W):
        return np.concatenate([slope.ravel() for slope in trial.call(gradients, **{**case, "W": W})])
    W, first = case["W"], np.eye(4)[:, :1]
    here, up, down = at(W), at(W + 1000 * first), at(W - 1000 * first)
    if np.array_equal(here, at(-(W**2))):
        return "the gradients do not depend on W"
    for height, there in ((1000, up), (-1000, down)):
        i = np.argmax(np.abs(there - here))  # a NaN counts as the largest
        if not abs(there - here)[i] < 1e-9 * np.abs(here).max():
            sentence = f"{here[i]:.7g} becomes {there[i]:.7g} when all logits move by {height}"
            raise Wrong("gradients", sentence if np.isfinite(here[i]) else f"the answer is {here[i]}", there)
    return None

def from_own_probabilities(trial, case):
    p = trial.call(probabilities, **case)[np.arange(len(case["y"])), case["y"]]
    with np.errstate(all="ignore"):
        require_close(trial.call(loss, **case), Truth.of(-np.log(p).mean()), "loss")

def the(name):
    """A script that yields one of the gradients."""
    def output(world, case):
        yield f"`{name}` of gradients", getattr(world.gradients(case["X"], case["y"], case["W"], case["b"]), name)
    return Script(output, gradients)

def own_delta(world, case):
    return (world.probabilities(case["X"], case["W"], case["b"]) - np.eye(len(case["b"]))[case["y"]]) / len(case["y"])

def own_dW(world, case):
    yield "Xᵀ (p - t) / n", case["X"].T @ own_delta(world, case)

def own_db(world, case):
    yield "Σ (p - t) / n", np.ones(len(case["y"])) @ own_delta(world, case)

def slope(name, wrt, of_own_probabilities):
    """One of the gradients is right, or right for the student's own loss, or for their own probabilities."""
    return either(stage(gradients, name, on=labelled), gradient(of=loss, by=the(name), wrt=wrt, on=labelled),
                  composition(the(name), of_own_probabilities, probabilities, on=labelled))

def loss_and_gradients(world, case):
    yield "the loss", world.loss(case["X"], case["y"], case["W"], case["b"])
    dW, db = world.gradients(case["X"], case["y"], case["W"], case["b"])
    yield "dW", dW
    yield "db", db

steps = either(holds(epochs_along(right_slopes), train, on=all_but_one),
               consistent(epochs_along(own_slopes), train, gradients, on=all_but_one, alive=labelled))

topic = Topic("Softmax regression", cases, rubric=[
    Row("prob",      2.5, "the probabilities are right",            matches(probabilities)),
    Row("loss",      3,   "the loss is right",
        either(matches(loss, on=labelled), consistent(from_own_probabilities, loss, probabilities, on=labelled))),
    Row("dW",        2,   "the gradient by W is right",             slope("dW", "W", own_dW)),
    Row("db",        1,   "the gradient by b is right",             slope("db", "b", own_db)),
    Row("huge",      0.5, "large logits do not overflow",           matches(probabilities, on=enormous)),
    Row("tiny",      0.5, "a tiny probability has a finite loss",   holds(unbounded, loss, on=hopeless)),
    Row("huge_grad", 0.5, "large logits do not overflow in the gradients", holds(unmoved_gradients, gradients, on=heights)),
    Row("steep",     0.5, "a gradient far from 0 is not cut off",
        either(stage(gradients, "dW", on=steep), composition(the("dW"), own_dW, probabilities, on=steep))),
    Row("many",      0.5, "hundreds of examples or classes are no others",
        matches(Script(loss_and_gradients, loss, gradients), on=many)),
    Row("epoch",     2.5, "an epoch is a step for each batch, in a new order",
        holds(epochs_along(right_slopes, own_slopes), train, on=all_but_one)),
    Row("start",     1,   "the start is small and random",          statistical(the_start_is_small, train, on=standing)),
    Row("curve",     2,   "losses tells how the training went",     holds(losses_are_of_the_model, train, loss, on=a_few)),
    Row("drawn",     0.5, "the start is drawn from rng",            holds(the_start_is_drawn, train, on=a_few)),
    Row("final",     2,   "a training comes to what such trainings come to",
        measured(band(weights, measure, of=["the final loss", "the share of new digits read right"],
                      steps={"the share of new digits read right": 1 / HELD}, ensemble="trainings", on=digits), steps)),
    Row("pure",      1,   "the inputs are left alone",              pure(loss, gradients, on=labelled)),
    Row("kept",      1,   "the digits are left alone",              pure(train, on=a_few)),
])
