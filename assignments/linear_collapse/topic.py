"""Why layers need a bend between them: without one a deep network is a single layer."""

import numpy as np

from grader import (
    Ints, Reals, Row, Script, Several, Topic, Wrong, composition, consistent, either, equal, holds, matches, outputs, perform,
    pure, sample,
)


def stack(
    X: Reals["n d"], Ws: Several[Reals["i o"], "L"], bs: Several[Reals["o"], "L"], *, alpha=1.0, beta=0.0
) -> Reals["n k"]:
    """The output of a stack of layers  f(A W + b),  each of which is given the output A of the one before; the first is given X.

    The activation is  f(z) = alpha z + beta  behind every layer, the last one, too."""

def relu_stack(X: Reals["n d"], Ws: Several[Reals["i o"], "L"], bs: Several[Reals["o"], "L"]) -> Reals["n k"]:
    """The output of a stack of layers  max(A W + b, 0),  of which the last has no ReLU: it is  A W + b."""

def collapse(
    Ws: Several[Reals["i o"], "L"], bs: Several[Reals["o"], "L"], *, alpha=1.0, beta=0.0
) -> {"A": Reals["d k"], "c": Reals["k"]}:
    """The single layer that does what `stack` does:  X A + c  is  stack(X, Ws, bs, alpha, beta),  whatever X is."""

def count_parameters(sizes: Ints["m", "1000"]) -> Reals[""]:
    """The number of weights and biases of a network with these layer sizes, from the inputs to the outputs."""

def xor_network() -> {"W1": Reals["2 2"], "b1": Reals["2"], "W2": Reals["2 1"], "b2": Reals["1"]}:
    """Weights with which  max(X W1 + b1, 0) W2 + b2  is 0 at (0, 0), 1 at (0, 1), 1 at (1, 0) and 0 at (1, 1)."""


def network(rng, *sizes, n=5, **hyper):
    return sample(stack, rng, n=n, d=sizes[0], L=len(sizes) - 1, i=sizes[:-1], o=sizes[1:], **hyper)

def networks(rng):
    yield "three layers",        network(rng, 3, 6, 5, 7, n=11)
    yield "two layers",          network(rng, 3, 5, 2, n=7)
    yield "the network 4-3-2-1", network(rng, 4, 3, 2, 1)
    yield "five layers",         network(rng, 2, 4, 3, 5, 4, 3)
    yield "a single example",    network(rng, 5, 2, 3, 4, n=1)
    yield "a layer of one unit", network(rng, 4, 1, 3)

def activations(rng):
    for alpha, beta in ((0.5, 0.25), (-2.0, 1.5)):
        yield f"alpha={alpha:g}, beta={beta:g}", network(rng, 4, 2, 5, 3, n=6, alpha=alpha, beta=beta)
    yield "alpha=3, beta left out", network(rng, 2, 4, 3, alpha=3.0)
    yield "beta=-1, alpha left out", network(rng, 3, 2, 4, 3, beta=-1.0)

def constant_too(rng):
    """A is 0 there, and what a student's stack makes of it nothing but rounding: not for the row of A."""
    yield from activations(rng)
    yield "alpha=0, beta=1.5",   network(rng, 2, 3, 4, alpha=0.0, beta=1.5)

def single(rng):
    yield "a single layer",      network(rng, 4, 3)
    yield "one weight",          network(rng, 1, 1)

def deep(rng):
    for layers in (2, 7, 12):
        case = network(rng, *[6] * layers, 4, n=3, alpha=0.75, beta=0.5)
        yield f"{layers} layers", case | {"Ws": [W / 2 for W in case["Ws"]]}

def far(rng):
    case = network(rng, 3, 6, 5, 2, n=8)
    yield "inputs near ±1000",   case | {"X": 1000 * case["X"]}

def known_sizes(rng):
    for sizes in ((4, 3, 2, 1), (3, 2), (1, 1, 1), (5, 1, 7), (784, 100, 100, 10)):
        yield "-".join(map(str, sizes)), {"sizes": np.array(sizes)}
    yield "six sizes",           sample(count_parameters, rng, sizes=rng.integers(1, 40, size=6))

CORNERS, XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), (0, 1, 1, 0)

def corners(rng):
    yield "the four corners",    {}

def two_ends(rng):
    yield "100 pairs of points", network(rng, 3, 8, 6, 2, n=100) | {"others": rng.normal(size=(100, 3))}

def everything(rng):
    yield "the network 4-6-3-5", network(rng, 4, 6, 3, 5, alpha=0.5, beta=0.25) | {"sizes": np.array([4, 6, 3, 5])}


def collapsed(names, on):
    """The outputs of `collapse` are right, or those of the student's own stack: what it is at 0, and one step from there along
    each axis."""
    def of_own_stack(world, case):
        d = len(case["Ws"][0])
        [at_zero] = world.ask(stack, case | {"X": np.zeros((1, d))})
        [at_units] = world.ask(stack, case | {"X": np.eye(d)})
        own = {"A": at_units - at_zero[0], "c": at_zero[0]}
        yield from ((name, own[name]) for name in names.split())
    asked = outputs(collapse, names)
    return either(matches(asked, on=on), composition(asked, of_own_stack, stack, on=on))

def layer_by_layer(world, case):
    [out] = world.ask(stack, case)
    for i in range(len(case["X"])):
        yield "stack", out[i]

def through_one_layer(world, case):
    A, c = world.ask(collapse, case)
    for x in case["X"].tolist():
        yield "x A + c", world.sum([A[j] * x[j] for j in range(len(x))], c)

layers, one_layer = Script(layer_by_layer, stack), Script(through_one_layer, collapse)

def asked_once(world, case):
    for function in (stack, relu_stack, collapse):
        for answer in world.ask(function, case):
            yield function.__name__, answer

def asked_again(world, case):
    """Of the same lists: who takes layers out of them finds none the second time."""
    for function in (stack, relu_stack, collapse):
        lists = case | {"Ws": world.let(case["Ws"]), "bs": world.let(case["bs"])}
        world.ask(function, lists)
        for answer in world.ask(function, lists):
            yield f"{function.__name__}, asked again", answer

once, again = (Script(story, stack, relu_stack, collapse) for story in (asked_once, asked_again))

TABLES = {
    (0, 0, 0, 1): "AND", (0, 1, 1, 1): "OR", (1, 1, 1, 0): "NAND", (1, 0, 0, 0): "NOR", (1, 0, 0, 1): "XNOR, the opposite",
    (0, 2, 2, 0): "twice XOR", (-1, 1, 1, -1): "XOR in labels of -1 and 1", (0.5, 0.5, 0.5, 0.5): "the best that a line can do",
}

def it_is_xor(trial, case):
    W1, b1, W2, b2 = trial.call(xor_network)
    with np.errstate(all="ignore"):
        hidden = np.maximum(CORNERS @ W1 + b1, 0)
        said = (hidden @ W2 + b2)[:, 0]
    if np.abs(said - XOR).max() < 1e-9:
        return
    table = next((f", which is {name}" for table, name in TABLES.items() if np.abs(said - table).max() < 1e-9), "")
    sentence = "at (0, 0), (0, 1), (1, 0), (1, 1) your network is {:.6g}, {:.6g}, {:.6g}, {:.6g}".format(*said) + table
    raise Wrong("xor_network", sentence, W2, because=where_to_look(hidden))

def where_to_look(hidden):
    """Whether an output layer could make XOR of what the hidden units are at the corners."""
    if not np.isfinite(hidden).all():
        return ""
    rows = np.column_stack([hidden, np.ones(4)])
    best = rows @ np.linalg.lstsq(rows, np.array(XOR), rcond=None)[0]
    if np.abs(best - XOR).max() < 1e-9:
        return "of your hidden units another W2 and b2 make XOR"
    return "whatever W2 and b2 are, your hidden units make no XOR: look at W1 and b1"

def on_a_line(function):
    def of_ends_and_middle(world, case):
        for X in (case["X"], case["others"], (case["X"] + case["others"]) / 2):
            yield function.__name__, world.ask(function, case | {"X": X})[0]
    return of_ends_and_middle

def only_relu_bends(trial, case):
    """Of what does not bend, the value in the middle of two points is the mean of those at the points."""
    for function, may_bend in ((relu_stack, True), (stack, False)):
        one, other, between = answers = perform(trial, on_a_line(function), case, function)
        if any(each.shape != (100, 2) or not np.isfinite(each).all() for each in answers):
            return f"{function.__name__} does not answer with finite numbers, two for each of the points"
        off, size = np.abs(between - (one + other) / 2).max(), np.abs(one - other).max()
        if size == 0:
            return f"{function.__name__} answers the same to different points"
        if (off > 1e-9 * size) != may_bend:
            return f"{function.__name__} {'does not bend' if may_bend else 'bends'} between two points"
    return None


topic = Topic("Linear collapse", everything, rubric=[
    Row("stack", 2,   "the stack is right without an activation",   matches(stack, on=networks)),
    Row("act",   1,   "the stack is right with f(z) = αz + β",      matches(stack, on=constant_too)),

    Row("A",     2,   "collapse: A is right without an activation", collapsed("A", networks)),
    Row("c",     2,   "collapse: c is right without an activation", collapsed("c", networks)),
    Row("alpha", 1,   "collapse: A is right with f(z) = αz + β",    collapsed("A", activations)),
    Row("beta",  1,   "collapse: c is right with f(z) = αz + β",    collapsed("c", constant_too)),
    Row("one",   0.5, "collapse: a single layer is itself",         collapsed("A c", single)),
    Row("same",  1,   "x A + c is the output of the stack, at any depth",
        either(matches(one_layer, on=deep), consistent(equal(layers, one_layer).claim, one_layer, layers, on=deep))),

    Row("count", 2,   "the parameters are counted",                 matches(count_parameters, on=known_sizes)),

    Row("relu",  2,   "the stack with ReLU is right",               matches(relu_stack, on=networks)),
    Row("far",   0.5, "a ReLU has no upper end",                    matches(relu_stack, on=far)),
    Row("bend",  0.5, "with a ReLU between it does not collapse",   holds(only_relu_bends, relu_stack, stack, on=two_ends)),
    Row("xor",   2,   "two layers with a ReLU between say XOR",     holds(it_is_xor, xor_network, on=corners)),

    Row("pure",  0.5, "the inputs are left alone",
        pure(stack, relu_stack, collapse, count_parameters)),
    Row("again", 0.5, "so are the lists, asked again",              equal(once, again, on=everything)),
])
