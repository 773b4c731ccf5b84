"""Weight initialisation: where training begins decides whether it gets anywhere."""

import numpy as np

from grader import (
    DECADES, Count, Mean, Random, Reals, Row, Script, Topic, Variance, Wrong, holds, independent, matches, pure, run, sample,
    seeded, statistical,
)
from grader.checks import measured_as


def zeros(*, fan_in, fan_out) -> Reals["fan_in fan_out"]:
    """Nothing but zeros: a row for each input of the layer, a column for each of its units."""

def small_normal(rng: Random, *, fan_in, fan_out, scale=0.01) -> Reals["fan_in fan_out"]:
    """Independent normal draws of mean 0 and standard deviation `scale`."""

def xavier(rng: Random, *, fan_in, fan_out) -> Reals["fan_in fan_out"]:
    """Independent normal draws of mean 0 and variance  2 / (fan_in + fan_out)."""

def he(rng: Random, *, fan_in, fan_out) -> Reals["fan_in fan_out"]:
    """Independent normal draws of mean 0 and variance  2 / fan_in."""

def train_hidden(
    X: Reals["n d"], Y: Reals["n 1"], W1: Reals["d h"], b1: Reals["h"], W2: Reals["h 1"], b2: Reals["1"], *, lr=0.1, steps=50
) -> Reals["d h"]:
    """W1 after `steps` steps of gradient descent, each of which moves W1, b1, W2 and b2.

    The network is  tanh(X W1 + b1) W2 + b2,  the loss the mean of its squared distances from Y."""

def deviations(X: Reals["n w"], Ws: Reals["layers w w"]) -> Reals["layers"]:
    """The standard deviation of each layer's output, over all its entries. A layer makes  max(A W, 0)  of the output A
    before it; the first is given X."""


INITS = (small_normal, xavier, he)

def shapes(rng):
    for fan_in, fan_out in ((3, 4), (1, 6), (5, 1), (1, 1)):
        yield f"{fan_in} inputs, {fan_out} units", sample(he, rng, fan_in=fan_in, fan_out=fan_out)

LARGE = (300, 200), (20_000, 1), (1, 20_000)

def layers(*fans, **hyper):
    def generator(rng):
        for fan_in, fan_out in fans:
            yield f"{fan_in} inputs, {fan_out} units", sample(he, rng, fan_in=fan_in, fan_out=fan_out) | hyper
    return generator

def network(rng, n, d, h, **given):
    """A network, and labels not far from what it says: no gradient exceeds 1 where n is 6 at least."""
    uniform = {name: rng.uniform(-1, 1, size=size) for name, size in (("W2", (h, 1)), ("b1", h), ("b2", 1), ("Y", (n, 1)))}
    case = sample(train_hidden, rng, n=n, d=d, h=h, **uniform) | given
    return case | {"W1": case["W1"] / np.sqrt(d), "W2": case["W2"] / np.sqrt(h)}

def first_step(rng):
    yield "five hidden units",    network(rng, 7, 3, 5, lr=0.3, steps=1)
    yield "one of everything",    network(rng, 1, 1, 1, lr=0.2, steps=1)
    yield "labels far away",      network(rng, 6, 2, 4, lr=0.01, steps=1, Y=300 * rng.normal(size=(6, 1)))

def many_steps(rng):
    yield "five hidden units",    network(rng, 8, 3, 5, lr=0.05, steps=50)
    case = network(rng, 9, 2, 4, lr=0.05, steps=50)
    said = np.tanh(case["X"] @ case["W1"] + case["b1"]) @ case["W2"] + case["b2"]
    yield "labels nearly reached", case | {"Y": said + 0.01 * rng.normal(size=(9, 1))}

def by_default(rng):
    yield "lr and steps left out", network(rng, 8, 4, 3)

def alike(rng, kinds, spread):
    """`kinds` says which units begin alike; where `spread` is 0, all weights of a layer are one number."""
    few = network(rng, 8, 3, 1 + max(kinds))
    begin = {name: rng.uniform(0.3, 0.9) + spread * few[name] for name in ("W1", "b1", "W2")}
    begin = {"W1": begin["W1"][:, kinds], "b1": begin["b1"][kinds], "W2": begin["W2"][kinds]}
    return network(rng, 8, 3, len(kinds), **begin) | {"kinds": np.array(kinds), "lr": 0.02}

def equal_units(rng):
    yield "all weights equal",    alike(rng, [0, 0, 0, 0], spread=0)
    yield "units of two kinds",   alike(rng, [0, 1, 0, 0, 1], spread=1)

def different_units(rng):
    yield "units of two kinds",   alike(rng, [0, 1, 0, 0, 1], spread=1)
    yield "four different units", alike(rng, [0, 1, 2, 3], spread=1)

def stacks(rng):
    yield "six layers",          sample(deviations, rng, n=7, w=5, layers=6)
    yield "one layer",           sample(deviations, rng, n=4, w=3, layers=1)
    yield "a single example",    sample(deviations, rng, n=1, w=6, layers=3)
    yield "one unit a layer",    {"X": rng.uniform(0.5, 2, (5, 1)), "Ws": rng.uniform(0.5, 2, (4, 1, 1))}
    yield "it fades",            sample(deviations, rng, n=6, w=8, Ws=0.02 * rng.normal(size=(9, 8, 8)))
    signs = np.array([1, -1, 1])[:, None, None]
    yield "no unit is above 0",  {"X": rng.uniform(0.5, 2, (5, 4)), "Ws": signs * rng.uniform(1, 2, (3, 4, 4))}

def fifty(rng):
    yield "50 layers of 60 units", sample(he, rng, fan_in=60, fan_out=60) | {"X": rng.normal(size=(40, 60))}

def everything(rng):
    yield "a network", network(rng, 7, 3, 5)
    yield next(stacks(rng))


# Single draws

def draws(trial, case):
    """Whether `small_normal` answers anything but zeros. A wrong shape is no zero, and costs its own row."""
    try:
        return trial.call(small_normal, **case | {"fan_in": 3, "fan_out": 3}).any()
    except Wrong:
        return True

def nothing_but_zeros(trial, case):
    """A program that answers zeros to everything earns no row: `small_normal` must draw something."""
    W = trial.exact(zeros, **case)
    if W.any():
        raise Wrong("zeros", f"an entry is {W[W != 0][0]:.6g}, expected 0", W)
    if not draws(trial, case):
        raise Wrong("zeros", "`small_normal` answers zeros, too: this row is earned beside one that draws")

def its_shape(trial, case):
    for init in INITS:
        W = trial.exact(init, **case)
        if not np.isfinite(W).all() or (W == 0).all() or (W.size > 1 and (W.flat[0] == W).all()):
            raise Wrong(init.__name__, f"every entry is {W.flat[0]:.6g}, expected draws", W)

# What chance must do

NEAR, BEYOND = 0.6744897501960817, 0.012419330651552265  # half of a normal law is nearer, so much is 2.5 deviations away

LAWS = {
    small_normal: lambda fan_in, fan_out, scale=0.01: scale**2,
    xavier: lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    he: lambda fan_in, fan_out: 2 / fan_in,
}

def variance(init, case):
    return LAWS[init](**{name: case[name] for name in ("fan_in", "fan_out", "scale") if name in case})

def normal(init):
    """The entries are normal: the shares in the middle and far out, where other laws differ, their mean and their variance."""
    def measure(trial, case):
        W, name, sigma = trial.call(init, **case), f"entries of {init.__name__}", np.sqrt(variance(init, case))
        far, why = np.abs(W) / sigma, measured_as(f"`{init.__name__}`", W, 0, sigma)
        return [Count(int((far < NEAR).sum()), W.size, 0.5, f"{name} are nearer to 0 than {NEAR * sigma:.4g}", why),
                Count(int((far > 2.5).sum()), W.size, BEYOND, f"{name} are farther from 0 than {2.5 * sigma:.4g}", why),
                Mean(W, 0, name, deviation=sigma), Variance(W, sigma**2, name)]
    return measure

def drawn_from_its_law(init, *fans, **hyper):
    return statistical(normal(init), init, on=layers(*fans, **hyper))

def every_one(world, case):
    for init in INITS:
        yield init.__name__, world.ask(init, case)[0]

all_of_them = Script(every_one, *INITS)

def positive(case, answers):
    return np.vstack(answers) > 0

def two_at_a_time(trial, case):
    """Many calls for two entries: what is true of large layers is true of these, and none knows of another, or of the next call."""
    found = []
    for init in INITS:
        name, W = f"entries of {init.__name__}", np.array(trial.repeat(init, 1200, **case))[:, 0]
        one, other = W[:, 0] > 0, W[:, 1] > 0
        sigma = np.sqrt(variance(init, case))
        near = NEAR * np.sqrt(2) * sigma
        found += [Variance(W, sigma**2, name),
                  Count(int((np.abs(W[:, 0] - W[:, 1]) < near).sum()), 1200, 0.5, f"pairs of {name} are nearer than {near:.4g}"),
                  Count(int((one == other).sum()), 1200, 0.5, f"pairs of {name} have the same sign"),
                  Count(int((one[::2] == one[1::2]).sum()), 600, 0.5, f"pairs of {name} in two calls have the same sign")]
    return found

# What becomes of a start

def trained(trial, case):
    """W1 in the end, if it comes of the training: it is another one where the labels are turned round."""
    W, other = (trial.call(train_hidden, **{**case, "Y": sign * case["Y"]}) for sign in (1, -1))
    if not np.abs(W - other).max() > 1e-6:
        raise Wrong("train_hidden", "W1 does not depend on Y" if np.isfinite(W).all() else "not all of W1 is finite", W)
    return W

def equal_units_stay_equal(trial, case):
    W = trained(trial, case)
    for kind in np.unique(case["kinds"]):
        same = W[:, case["kinds"] == kind]
        if not np.ptp(same, axis=1).max() < 1e-9 * np.abs(W).max():
            raise Wrong("train_hidden", f"units that begin with equal weights are {np.ptp(same, axis=1).max():.3g} apart", W)

def others_do_not_meet(trial, case):
    W = trained(trial, case)
    for one, other in np.argwhere(case["kinds"][:, None] < case["kinds"]):
        if not np.abs(W[:, one] - W[:, other]).max() > 1e-6 * np.abs(W).max():
            raise Wrong("train_hidden", "units that begin with different weights have equal ones in the end", W)

def signal(trial, case, *inits):
    """The deviations of networks of the student's own starts, by the student's own measure; and shows them."""
    starts = [np.array(trial.repeat(init, 50, **{name: case[name] for name in ("rng", "fan_in", "fan_out")})) for init in inits]
    found = [trial.call(deviations, X=case["X"], Ws=Ws) for Ws in starts]
    with np.errstate(all="ignore"):
        series = [{"name": init.__name__, "values": np.log10(each).tolist()} for init, each in zip(inits, found)]
    title = "the deviation of each layer's output, as a power of 10"
    trial.show(curve={"title": title, "x": "layer", "y": "power of 10", "start": 1, "series": series})
    return found

def it_is_kept(trial, case):
    [found] = signal(trial, case, he)
    if len(np.unique(found)) < len(found) or not 1e-5 < found[-1] < 1e5:
        sentence = f"the deviation after 50 layers is {found[-1]:.3g}, expected 0.00001 to 100000, and no two alike"
        raise Wrong("he, deviations", sentence, found)

def it_fades(trial, case):
    for name, found in zip(("xavier", "small_normal"), signal(trial, case, xavier, small_normal)):
        if not 0 <= found[-1] < 1e-4 * found[0]:
            sentence = f"the deviation goes from {found[0]:.3g} to {found[-1]:.3g} in 50 layers, expected a ten-thousandth at most"
            raise Wrong(f"{name}, deviations", sentence, found)


topic = Topic("Weight initialisation", everything, rubric=[
    Row("zeros",   1,   "zeros: nothing but zeros",                     holds(nothing_but_zeros, zeros, small_normal, on=shapes)),
    Row("shape",   1,   "the others: a row for each input, a column for each unit", holds(its_shape, *INITS, on=shapes)),

    Row("step",    1,   "training: the first step is right",            matches(train_hidden, on=first_step)),
    Row("run",     1,   "training: 50 steps are right",
        run(train_hidden, at=(1, 10, 50), along="steps", on=many_steps)),
    Row("default", 0.5, "training: lr and steps have their defaults",   matches(train_hidden, on=by_default)),
    Row("same",    1,   "equal hidden units stay equal",               holds(equal_units_stay_equal, train_hidden, on=equal_units)),
    Row("differ",  0.5, "different ones stay different",               holds(others_do_not_meet, train_hidden, on=different_units)),

    Row("dev",     2,   "the deviation of each layer is right",         matches(deviations, on=stacks, tolerance=DECADES)),
    Row("pure",    0.5, "the inputs are left alone",                    pure(train_hidden, deviations)),

    Row("rng",     1,   "all chance comes from rng",                    seeded(*INITS, on=layers((60, 50)))),
    Row("small",   2,   "small_normal draws from N(0, 0.01²)",          drawn_from_its_law(small_normal, *LARGE)),
    Row("scale",   0.5, "its scale is obeyed",                          drawn_from_its_law(small_normal, *LARGE[1:], scale=0.3)),
    Row("xavier",  2.5, "xavier draws from N(0, 2 / (fan_in + fan_out))", drawn_from_its_law(xavier, *LARGE)),
    Row("he",      2.5, "he draws from N(0, 2 / fan_in)",               drawn_from_its_law(he, *LARGE)),
    Row("single",  0.5, "each entry has a draw of its own",             independent(positive, all_of_them, on=layers((200, 200)))),
    Row("calls",   1,   "each call draws anew",
        independent(positive, all_of_them, among="calls", on=layers((1, 40_000)))),
    Row("few",     0.5, "the smallest layers are no others",            statistical(two_at_a_time, *INITS, on=layers((1, 2)))),

    Row("fifty",   0.5, "he keeps the signal through 50 layers",        holds(it_is_kept, he, deviations, on=fifty)),
    Row("fades",   0.5, "xavier and 0.01 do not",
        holds(it_fades, xavier, small_normal, deviations, on=fifty)),
])
