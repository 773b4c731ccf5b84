"""A network of two layers: forward, the loss, backward by the names of the slides, and training to the end."""

import numpy as np

from grader import Ints, Reals, Row, Topic, Wrong, composition, either, holds, matches, measured, pure, run, stage


def forward(
    X: Reals["n d"], W1: Reals["d h"], b1: Reals["h"], W2: Reals["h 1"], b2: Reals["1"]
) -> {"Z1": Reals["n h"], "A1": Reals["n h"], "Z2": Reals["n 1"], "A2": Reals["n 1"]}:
    """The hidden layer Z1, A1 = tanh(Z1), then the output layer Z2, A2 = sigmoid(Z2). Rows of X are examples."""

def loss(A2: Reals["n 1"], Y: Reals["n 1"]) -> Reals[""]:
    """The binary cross-entropy, averaged over the n examples. Each label in Y is 0 or 1."""

def backward(
    X: Reals["n d"], Y: Reals["n 1"], W2: Reals["h 1"], A1: Reals["n h"], A2: Reals["n 1"]
) -> {"dZ2": Reals["n 1"], "dW2": Reals["h 1"], "db2": Reals["1"],
      "dZ1": Reals["n h"], "dW1": Reals["d h"], "db1": Reals["h"]}:
    """dZ2 and dZ1: row i is the derivative of example i's own loss. dW2, db2, dW1, db1: derivatives of the mean loss."""

def train(
    X: Reals["n d"], Y: Reals["n 1"], W1: Reals["d h"], b1: Reals["h"], W2: Reals["h 1"], b2: Reals["1"],
    batches: Ints["s k", "n"], *, lr=1.0
) -> {"W1": Reals["d h"], "b1": Reals["h"], "W2": Reals["h 1"], "b2": Reals["1"]}:
    """s steps of gradient descent from the given parameters. Step t uses the k examples X[batches[t]], Y[batches[t]]."""


def network(rng, n, d, h):
    """Parameters, and a batch whose probabilities lie between 0.16 and 0.84: |Z2| is below 1.2 + 0.4. No gradient exceeds 1."""
    weights = rng.normal(size=(h, 1))
    case = {
        "X": rng.uniform(-1.3, 1.3, size=(n, d)), "Y": rng.integers(2, size=(n, 1)).astype(float),
        "W1": 0.7 * rng.normal(size=(d, h)), "b1": 0.5 * rng.normal(size=h),
        "W2": 1.2 * weights / np.abs(weights).sum(), "b2": rng.uniform(-0.4, 0.4, size=1),
    }
    if case["X"][0] @ case["W1"][:, 0] + case["b1"][0] < 0:  # one Z1 at least is positive: else a ReLU is 0 everywhere
        case["W1"], case["b1"] = -case["W1"], -case["b1"]
    A1 = np.tanh(case["X"] @ case["W1"] + case["b1"])
    return {**case, "A1": A1, "A2": sigmoid(A1 @ case["W2"] + case["b2"])}

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def cases(rng):
    yield "a batch",          network(rng, n=7, d=3, h=5)
    yield "a single example", network(rng, n=1, d=2, h=3)
    yield "one hidden unit",  network(rng, n=6, d=4, h=1)

def far(rng):
    """One hidden unit near ±1, and an output layer that makes ±1000 of it."""
    side = np.array([[1], [-1], [1], [-1]])
    X = np.hstack([side * rng.uniform(3, 5, size=(4, 1)), rng.normal(size=(4, 1))])
    yield "Z2 near ±1000", {**network(rng, n=4, d=2, h=1), "X": X, "W1": np.array([[2.0], [0.3]]), "W2": np.array([[1e3]])}

def sure(rng):
    """Two examples whose probability is exactly right, among others that are not sure."""
    Y = np.array([[0, 1, 1, 0, 1, 1, 0, 1]]).T
    right = np.array([[1, 1, 0, 0, 0, 0, 0, 0]]).T * 1.0 + rng.uniform(0.2, 0.5, size=(8, 1)) * [[0], [0], *[[1]] * 6]
    yield "probabilities of exactly 0 and 1", {"A2": np.where(Y == 1, right, 1 - right), "Y": Y.astype(float)}


def doubtful(rng):
    """Probabilities that are not sure, of as many examples of either label."""
    yield "a probability near 0 or 1", {"A2": rng.uniform(0.2, 0.8, size=(6, 1)), "Y": rng.permutation(6).reshape(6, 1) % 2.0}


def shuffled(rng, n, steps, k):
    """Batches of k: one order of the n examples after another, cut into pieces."""
    orders = [rng.permutation(n) for _ in range(steps * k // n + 1)]
    return np.concatenate(orders)[: steps * k].reshape(steps, k)

def training(rng, n=300, steps=200):
    yield "batches of ten", {**network(rng, n, d=3, h=4), "batches": shuffled(rng, n, steps, 10)}

def start(rng):
    yield from training(rng, n=24, steps=1)
    yield "a batch of one", {**network(rng, n=5, d=2, h=3), "batches": shuffled(rng, 5, 1, 1)}

def beginning(rng):
    """At a low rate: along a wrong gradient, too, twenty steps end in numbers."""
    [(name, case)] = training(rng, steps=20)
    yield name, {**case, "lr": 0.1}

def slowly(rng):
    yield "batches of four", {**network(rng, n=9, d=3, h=5), "batches": shuffled(rng, 9, 3, 4), "lr": 0.3}

def steep(rng):
    """Inputs near ±100, and W1 a hundredth of what it is elsewhere."""
    case = network(rng, n=8, d=3, h=4)
    yield "inputs near ±100", {**case, "X": 100 * case["X"], "W1": case["W1"] / 100, "batches": np.arange(8).reshape(1, 8)}

def settled(rng):
    """One hidden unit, and an output layer that makes -18 of it, rightly: every gradient is near 1e-8. All labels are 0, for which
    A2 - Y is A2 to the last digit, and a sum of them loses none (of either label: 2 of 200 seeds were off by 2e-6)."""
    X = np.hstack([rng.uniform(-1.1, -0.9, size=(12, 1)), rng.uniform(-1, 1, size=(12, 1))])
    case = {**network(rng, n=12, d=2, h=1), "X": X, "Y": np.zeros((12, 1)), "b1": np.array([0.02])}
    case |= {"W1": np.array([[1.5], [0.1]]), "W2": np.array([[20.0]]), "batches": shuffled(rng, 12, 3, 4), "lr": 1e7}
    yield "a loss of 1e-8", case

def circles(rng):
    points, labels = disc_and_ring(rng, 1000)
    X, Y = disc_and_ring(rng, 300)
    yield "a disc in a ring", {
        "X": X, "Y": Y, "W1": rng.normal(size=(2, 10)), "b1": np.zeros(10), "W2": rng.normal(size=(10, 1)), "b2": np.zeros(1),
        "batches": shuffled(rng, 300, 500, 20), "points": points, "labels": labels,
    }

def disc_and_ring(rng, n):
    """Half the points within 1 of the middle (label 1), half between 1.5 and 2 (label 0): no line divides them."""
    Y = np.arange(n).reshape(n, 1) % 2
    radius, angle = np.where(Y == 1, rng.uniform(0, 1, (n, 1)), rng.uniform(1.5, 2, (n, 1))), rng.uniform(0, 2 * np.pi, (n, 1))
    return np.hstack([radius * np.cos(angle), radius * np.sin(angle)]), Y.astype(float)


def own_training(world, case):
    """Gradient descent by the student's own forward and backward."""
    W1, b1, W2, b2 = (case[name] for name in ("W1", "b1", "W2", "b2"))
    lr = case.get("lr", 1.0)
    for batch in case["batches"]:
        X, Y = case["X"][batch], case["Y"][batch]
        _, A1, _, A2 = world.forward(X, W1, b1, W2, b2)
        _, dW2, db2, _, dW1, db1 = world.backward(X, Y, W2, A1, A2)
        W1, b1, W2, b2 = W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2
    yield from [("W1", W1), ("b1", b1), ("W2", W2), ("b2", b2)]

def own(on):
    return composition(train, own_training, forward, backward, on=on)

ENOUGH = 0.95  # over 1000 seeds a right training comes to 98 % to 100 %, a linear network to 31 % to 70 %

along_own = either(run(train, at=[20], along="batches", on=beginning), own(beginning))

def not_cut(trial, case):
    """X and W2 a thousand times as large make dZ1 and db1 a thousand times as large, dW1 a million times, the others no larger."""
    here, there = (trial.call(backward, **{**case, "X": by * case["X"], "W2": by * case["W2"]}) for by in (1, 1000))
    for name, times, one, other in zip(("dZ2", "dW2", "db2", "dZ1", "dW1", "db1"), (1, 1, 1, 1e3, 1e6, 1e3), here, there):
        i = np.unravel_index(np.argmax(np.abs(one)), one.shape)
        if not one[i] or not np.abs(other - times * one).max() < 1e-9 * times * abs(one[i]):
            sentence = f"{one[i]:.7g} becomes {other[i]:.7g} where X and W2 are a thousand times as large"
            raise Wrong(f"`{name}` of backward", f"{sentence}, expected {times * one[i]:.7g}", other)

def not_capped(trial, case):
    """From a probability of 5e-6 for the true label to one of 5e-8 the loss grows as from 5e-2 to 5e-4. Of the constants that keep
    a logarithm finite, 1e-8 changes that by 4 %, and 1e-7 by 15 %."""
    def at(row, p):
        A2 = case["A2"].copy()
        A2[row] = np.where(case["Y"][row] == 1, p, 1 - p)
        return trial.call(loss, **{**case, "A2": A2})
    right, growths = np.log(100) / len(case["Y"]), []
    for row in (np.argmax(case["Y"]), np.argmin(case["Y"])):
        growths.append((at(row, 5e-4) - at(row, 5e-2), at(row, 5e-8) - at(row, 5e-6)))
    sound = [np.allclose(both, right, rtol=1e-6) for both in growths]
    for label, (usual, beyond) in zip((1, 0), growths):
        if not usual or not abs(beyond / usual - 1) < 0.1:
            grows = f"from 5e-2 to 5e-4 it grows by {usual:.4g}, from 5e-6 to 5e-8 by {beyond:.4g}"
            why = f"for an example of label {1 - label} the loss grows as it should, for one of label {label} it does not"
            sentence = f"where the probability of the true label falls {grows}"
            raise Wrong("loss", sentence, beyond, because=why if sound[label] else "")

def tells_them_apart(trial, case):
    W1, b1, W2, b2 = trial.call(train, **case)
    with np.errstate(all="ignore"):
        says_one = np.tanh(case["points"] @ W1 + b1) @ W2 + b2 > 0
    share = np.mean(says_one == (case["labels"] == 1))
    if share <= ENOUGH:
        sentence = f"your parameters are right on {share:.1%} of {len(says_one)} new points, expected more than {ENOUGH:.0%}"
        raise Wrong("train", sentence, np.vstack([W1, b1]))


topic = Topic("A network of two layers", cases, rubric=[
    Row("Z1",     1,   "Z1 is right",                                stage(forward, "Z1")),
    Row("A1",     1,   "A1 is right",                                stage(forward, "A1")),
    Row("Z2",     1,   "Z2 is right",                                stage(forward, "Z2")),
    Row("A2",     1,   "A2 is right",                                stage(forward, "A2")),
    Row("far",    0.5, "A2 does not overflow where Z2 is near ±1000", stage(forward, "A2", on=far), needs="A2"),

    Row("loss",   2.5, "the loss is right",                          matches(loss)),
    Row("sure",   0.5, "the loss survives probabilities of 0 and 1", matches(loss, on=sure)),
    Row("capped", 0.5, "the loss has no upper limit",                holds(not_capped, loss, on=doubtful)),

    Row("dZ2",    1.5, "dZ2 is right",                               stage(backward, "dZ2")),
    Row("dW2",    1.5, "dW2 is right",                               stage(backward, "dW2")),
    Row("db2",    0.5, "db2 is right",                               stage(backward, "db2")),
    Row("dZ1",    1.5, "dZ1 is right",                               stage(backward, "dZ1")),
    Row("dW1",    1,   "dW1 is right",                               stage(backward, "dW1")),
    Row("db1",    0.5, "db1 is right",                               stage(backward, "db1")),
    Row("steep",  0.5, "a gradient far from 0 is not cut off",       holds(not_cut, backward)),

    Row("step",   0.5, "training: the first step is right",
        either(run(train, at=[1], along="batches", on=start), own(start))),
    Row("run",    1.5, "training: 200 steps are right",
        either(run(train, at=(1, 10, 200), along="batches", on=training), own(beginning))),
    Row("lr",     0.5, "training: lr is obeyed",
        either(run(train, at=[3], along="batches", on=slowly), own(slowly))),
    Row("leap",   0.5, "training: a step along a large gradient is right",
        either(run(train, at=[1], along="batches", on=steep), own(steep))),
    Row("goes_on", 0.5, "training: steps are made where the loss is nearly 0",
        either(run(train, at=(1, 3), along="batches", on=settled), own(beginning))),
    Row("circles", 0.5,"training: the network tells a disc from a ring",
        measured(holds(tells_them_apart, train, on=circles), along_own)),

    Row("pure",   0.5, "forward, loss and backward leave their inputs alone", pure(forward, loss, backward)),
    Row("kept",   0.5, "train leaves its inputs alone",              pure(train, on=beginning)),
])
