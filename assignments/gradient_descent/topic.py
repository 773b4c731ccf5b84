"""Gradient descent: a step, a gradient, shuffled batches, a training made of them, and schedules for its rate."""

import numpy as np

from grader import (
    TRAINING, Count, Opaque, Random, Reals, Row, Script, Topic, Wrong, composition, either, epochs, follows, holds, matches,
    measured, perform, pure, sample, seeded, statistical,
)


def step(w: Reals["..."], dw: Reals["..."], *, lr=0.1) -> Reals["..."]:
    """One step against the gradient dw: w - lr dw."""

def mse_gradient(X: Reals["n d"], y: Reals["n"], w: Reals["d"]) -> Reals["d"]:
    """The derivative with respect to w of the mean of (X w - y)² over the n examples."""

def minibatches(X: Reals["n d"], y: Reals["n"], rng: Random, *, size=32) -> Opaque:
    """A list of pairs (X_k, y_k): all rows once, in a random order drawn from rng, `size` at a time; the last may be shorter."""

def train(X: Reals["n d"], y: Reals["n"], w: Reals["d"], rates: Reals["epochs"], rng: Random, *, size=32) -> Reals["epochs d"]:
    """w after each epoch. In an epoch each of its mini-batches makes a step; `rates` holds the learning rate of each epoch."""

def step_decay(*, lr=0.1, epochs=30, factor=0.5, every=10) -> Reals["epochs"]:
    """The rate of each epoch: lr at first, times `factor` after every `every` epochs."""

def cosine(*, lr=0.1, epochs=30, lowest=0.0) -> Reals["epochs"]:
    """The rate of each epoch: half a cosine from lr, in the first, to `lowest`, which the epoch behind the last would have."""


# A step, and what becomes of many

def weights(rng):
    for lr in (0.3, 0.001, 2.0):
        yield f"lr={lr}",     sample(step, rng, shape=(6,), lr=lr)
    yield "lr left out",      sample(step, rng, shape=(5,))

def tensors(rng):
    for shape in ((3, 4), (1,), (2, 3, 2)):
        yield f"shape {shape}", sample(step, rng, shape=shape, lr=0.2)

def bowls(*shares):
    """Bowls of a largest curvature L, and rates that are these shares of 2/L."""
    def generator(rng):
        for share in shares:
            curvatures = rng.uniform(0.5, 1.5) * np.array([1.0, 0.7, 0.5])
            to = rng.uniform(-3, 3, size=3)
            start = to + rng.choice([-1, 1], size=3) * rng.uniform(0.5, 1, size=3)
            yield f"lr at {share:g} of 2/L", {"to": to, "start": start, "curvatures": curvatures, "lr": share * 2 / curvatures[0]}
    return generator

def into_the_bowl(world, case):
    """Along a curvature λ each step multiplies the distance from the bottom by 1 - lr λ."""
    w = case["start"]
    for k in range(30):
        w = world.step(w, (w - case["to"]) * case["curvatures"], lr=case["lr"])
        yield f"w after {k + 1} steps", w

def slopes_with_a_hole(rng):
    """A wide valley at `to`, of curvature 1, and a narrow hole on its slope, 4 away; the start is beyond the hole."""
    to, side = rng.uniform(-3, 3, size=1), rng.choice([-1, 1])
    yield "a hole on the slope of a valley", {"to": to, "hole": to + 4 * side, "start": to + 5 * side}

def stuck_there_or_off(world, case):
    for words, lr in (("falls into the hole", 0.02), ("comes to the valley", 0.5), ("gets farther away", 2.5)):
        w = case["start"]
        for _ in range(30):
            z = (w - case["hole"]) / 0.3
            w = world.step(w, (w - case["to"]) + 20 * z / (1 + z**2) ** 2, lr=lr)
        yield f"w after 30 steps at lr={lr}, which {words}", w


# The gradient, and batches

def tables(rng):
    for name, n, d in (("six examples", 6, 3), ("a single example", 1, 4), ("a single feature", 5, 1), ("300 examples", 300, 2)):
        yield name, sample(mse_gradient, rng, n=n, d=d)

def far(rng):
    for times in (1e3, 1e9, 1e-9):
        case = sample(mse_gradient, rng, n=6, d=3)
        yield f"y and w near {times:g}", case | {"y": times * case["y"], "w": times * case["w"]}

def to_cut(rng):
    for name, n, size in (
        ("10 rows, size=4", 10, 4), ("12 rows, size=3", 12, 3), ("5 rows, size=1", 5, 1), ("5 rows, size=8", 5, 8),
        ("a single row", 1, 4), ("300 rows, size=128", 300, 128),
    ):
        yield name, sample(minibatches, rng, n=n, d=3, size=size)
    yield "70 rows, size left out", sample(minibatches, rng, n=70, d=2)

def batches_of(trial, case):
    """The batches that the student's function makes, as (X, y)."""
    def length(world, case):
        yield "the number of batches", world.length(world.minibatches(**case))
    def each(world, case):
        batches = world.minibatches(**case)
        for k in range(number):
            yield from [(f"X of batches[{k}]", batches[k][0]), (f"y of batches[{k}]", batches[k][1])]
    number = min(int(perform(trial, length, case, minibatches)[0]), 2 * len(case["X"]) + 2)
    if not number:
        raise Wrong("minibatches", "there are no batches")
    arrays = perform(trial, each, case, minibatches)
    for k, (X, y) in enumerate(zip(arrays[::2], arrays[1::2])):
        if X.ndim != 2 or X.shape[1:] != case["X"].shape[1:]:
            raise Wrong("minibatches", f"X of batches[{k}] has the shape {X.shape}, expected rows of X", X, id="shape")
        yield X, y

def rows_of(X, batch):
    """Which row of X each row of a batch is; -1 is none."""
    places = {row.tobytes(): i for i, row in enumerate(X)}
    return np.array([places.get(row.tobytes(), -1) for row in batch], int)

def every_row_once(trial, case):
    rows, n = np.concatenate([rows_of(case["X"], X) for X, _ in batches_of(trial, case)]), len(case["X"])
    if (rows < 0).any():
        return "a batch has a row that is none of X"
    times = np.bincount(rows, minlength=n)
    if (times != 1).any():
        return f"of the {n} rows of X, {(times == 0).sum()} are in no batch, and {(times > 1).sum()} are there several times"
    return None

def pairs_of(trial, case):
    """The batches, each with a y for every row of X."""
    for k, (X, y) in enumerate(batches_of(trial, case)):
        if y.shape != X.shape[:1]:
            raise Wrong("minibatches", f"y of batches[{k}] has the shape {y.shape}, and X {X.shape}", y, id="shape")
        yield X, y

def rows_with_their_labels(trial, case):
    for X, y in pairs_of(trial, case):
        if not np.array_equal(y, case["y"][rows_of(case["X"], X)]):
            return "rows of X are together with the y of other rows"
    return None

def cut(n, size):
    return [size] * (n // size) + [n % size] * (n % size > 0)

def sizes_of_batches(trial, case):
    n, found = len(case["X"]), [len(X) for X, _ in batches_of(trial, case)]
    wanted = cut(n, case["size"])
    if found != wanted:
        why = f"the sizes are those of size={found[0]}" if found[0] and found == cut(n, found[0]) else ""
        if found == wanted[: len(found)]:
            why = "the sizes are right as far as they go, and batches are missing at the end"
        raise Wrong("minibatches", f"the batches have {found} rows, expected {wanted}", because=why)

def twelve(rng):
    yield "12 rows, size=4", sample(minibatches, rng, X=np.arange(12.0)[:, None], n=12, size=4) | {"row": rng.integers(12)}

def in_a_new_order(trial, case):
    """Which rows the first of three batches has, in 400 epochs. The order within a batch does not matter."""
    batches = trial.repeat(first_batch, 400, **case)
    first = np.array([np.isin(np.arange(12), X) for X, _ in batches])
    which = "all" if first.all() else "the same" if first.any() else "no"
    why = f"in every epoch the first batch has {which} rows of X" if (first == first[0]).all() else ""
    a, b = first[:, case["row"]], first[:, (case["row"] + 1) % 12]
    return [Count(int(a.sum()), 400, 1 / 3, "first batches have a certain row", why),
            Count(int((a & b).sum()), 400, 1 / 11, "first batches have it and its neighbour", why),
            Count(int((a[::2] & a[1::2]).sum()), 200, 1 / 9, "pairs of epochs have it in both first batches", why)]

def a_batch(world, case):
    batch = world.minibatches(case["X"], case["y"], case["rng"], size=case["size"])[0]
    yield from [("X of batches[0]", batch[0]), ("y of batches[0]", batch[1])]

first_batch = Script(a_batch, minibatches)

def in_pairs(rng):
    yield "30 rows, size=2", sample(minibatches, rng, n=30, d=1, size=2)

def ragged(rng):
    X, y, w = (rng.uniform(-1, 1, size=shape) for shape in ((10, 3), 10, 3))
    yield "10 rows, size=4", sample(minibatches, rng, X=X, y=y, size=4) | {"w": w}

def mean_of_batches(trial, case):
    def slope(X, y, w=case["w"]):
        return trial.call(mse_gradient, X=X, y=y, w=w)
    full, n = slope(case["X"], case["y"]), len(case["X"])
    mean = sum(len(X) / n * slope(X, y) for X, y in pairs_of(trial, case) if len(X))
    if np.array_equal(full, slope(case["X"], case["y"], -case["w"])):
        return "the gradient does not depend on w"
    if not np.abs(mean - full).max() < 1e-9 * np.abs(full).max():
        return "the gradients of the batches, weighted by their sizes, do not average to the gradient of all rows"
    return None


# Training

def table(rng, n, d, rates, **size):
    """Rows short enough that no rate up to 0.3 makes a training diverge."""
    X = rng.uniform(-1, 1, size=(n, d)) / np.sqrt(d)
    return sample(train, rng, X=X, n=n, d=d, rates=np.array(rates, float), **size)

def whole(rng):
    yield "size=n, 100 epochs",     table(rng, 12, 3, [0.2] * 100, size=12)
    yield "a single example",       table(rng, 1, 2, [0.1] * 5, size=1)

def rated(rng):
    yield "another rate each epoch", table(rng, 8, 2, rng.permutation([0.3, 0.02, 0.11, 0.25, 0.07]), size=8)

def of_any_size(rng):
    for size in (1e-9, 1e6):
        case = table(rng, 6, 2, [0.2] * 5, size=6)
        yield f"y and w near {size:g}", case | {"y": size * case["y"], "w": size * case["w"]}

def few(rng):
    yield "three rows, size=2",     table(rng, 3, 2, [0.3] * 4, size=2)
    yield "five rows, size=2",      table(rng, 5, 2, [0.2] * 2, size=2)
    yield "three rows, size=1",     table(rng, 3, 2, [0.2] * 3, size=1)
    yield "five rows, size=8",      table(rng, 5, 3, [0.2] * 2, size=8)
    yield "33 rows, size left out", table(rng, 33, 2, [0.3])

def six(rng):
    yield "six rows, size=2",       table(rng, 6, 2, [0.3] * 3, size=2)

def long(rng):
    yield "three rows, size=2",     table(rng, 3, 2, [0.3] * 30, size=2)

def forty(rng):
    """More rows than the default of `size`; and no batch of 2 × 2, where a gradient of another shape doubles with each step."""
    yield "40 rows, size=20",       table(rng, 40, 2, [0.3] * 2, size=20)

def slope_of(X, y, w):
    return [2 * X.T @ (X @ w - y) / len(y)]

def own_epochs(world, case):
    """What the student's own functions make of a training that draws from rng in the same way."""
    rng, w, path = world.let(case["rng"]), case["w"], []
    for lr in case["rates"]:
        batches = world.minibatches(case["X"], case["y"], rng, size=case["size"])
        for k in range(len(cut(len(case["X"]), case["size"]))):
            w = world.step(w, world.mse_gradient(batches[k][0], batches[k][1], w), lr=lr)
        path.append(w)
    yield "w after each epoch", path

def by_own(on):
    return composition(train, own_epochs, step, mse_gradient, minibatches, on=on)

def right_epochs(on):
    return epochs(train, "w", mse_gradient, truth=slope_of, follow=False, rate="rates", batch="size", on=on)

along_some_order = either(right_epochs(few), by_own(six))

def everything(rng):
    case = sample(step, rng, shape=(3,), lr=0.3) | sample(minibatches, rng, n=10, d=3, size=4)
    yield "ten rows", case | {"rates": np.array([0.2, 0.3])}


# Schedules

def decays(rng):
    for count, factor, every in ((12, 0.5, 4), (7, 0.1, 3), (5, 0.8, 1), (4, 0.3, 9), (1, 0.5, 2)):
        yield f"epochs={count}, every={every}", {"lr": rng.uniform(0.1, 1), "epochs": count, "factor": factor, "every": every}
    yield "all left out", {}

def cosines(rng):
    for count, share in ((10, 0.23), (7, 0), (2, 0.1), (1, 0.3)):
        lr = rng.uniform(0.1, 1)
        yield f"epochs={count}, lowest={share} lr", {"lr": lr, "epochs": count, "lowest": share * lr}
    yield "all left out", {}


topic = Topic("Gradient descent", everything, rubric=[
    Row("step",      2,   "w moves against the gradient, by lr times as much", matches(step, on=weights)),
    Row("shape",     0.5, "a tensor of any shape",                  matches(step, on=tensors)),
    Row("theory",    1,   "below 2/L it converges, as fast as theory says",
        follows(into_the_bowl, step, on=bowls(0.25, 0.5, 0.9)), needs="step"),
    Row("over",      0.5, "above 2/L it diverges, as fast as theory says",
        follows(into_the_bowl, step, on=bowls(1.3, 1.5)), needs="step"),
    Row("landscape", 0.5, "a small rate gets stuck, a large one overshoots",
        follows(stuck_there_or_off, step, on=slopes_with_a_hole), needs="step"),

    Row("grad",      2,   "the gradient of the mean squared error is right", matches(mse_gradient, on=tables)),
    Row("far",       0.5, "a large gradient is not cut off, nor a small one left out", matches(mse_gradient, on=far)),

    Row("all",       1.5, "every row is in one batch",              holds(every_row_once, minibatches, on=to_cut)),
    Row("pairs",     1.5, "X and y stay together",                  holds(rows_with_their_labels, minibatches, on=to_cut)),
    Row("sizes",     1,   "batches have `size` rows, the last may have fewer", holds(sizes_of_batches, minibatches, on=to_cut)),
    Row("order",     1,   "a new random order each time",           statistical(in_a_new_order, minibatches, on=twelve)),
    Row("drawn",     0.5, "the order is drawn from rng",            seeded(first_batch, on=in_pairs)),
    Row("mean",      0.5, "batch gradients average to the full gradient",
        holds(mean_of_batches, minibatches, mse_gradient, on=ragged)),

    Row("batch",     1,   "all rows in one batch: 100 epochs are right",
        either(right_epochs(whole), by_own(whole))),
    Row("scale",     0.5, "and so they are with tiny or huge numbers",
        either(matches(train, on=of_any_size, tolerance=TRAINING), by_own(of_any_size))),
    Row("epoch",     2,   "smaller batches: an epoch is a step on each", along_some_order),
    Row("new",       0.5, "each epoch has an order of its own",
        measured(right_epochs(long), along_some_order)),
    Row("seed",      0.5, "the orders are drawn from rng",          seeded(train, on=forty)),
    Row("rates",     0.5, "each epoch has a rate of its own",
        either(matches(train, on=rated, tolerance=TRAINING), by_own(rated))),

    Row("decay",     1,   "step decay is right",                    matches(step_decay, on=decays)),
    Row("cosine",    1,   "the cosine schedule is right",           matches(cosine, on=cosines)),

    Row("pure",      0.5, "step and mse_gradient leave their inputs alone", pure(step, mse_gradient)),
    Row("kept",      0.5, "minibatches and train leave theirs alone", pure(first_batch, train)),
])
