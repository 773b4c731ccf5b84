"""Gradient checking: is a gradient right? The function itself knows: ask it for differences."""

import numpy as np

from grader import (
    Choice, Given, Reals, Row, Topic, consistent, defaults, either, given, holds, matches, pure,
)


def numeric_gradient(f: Given["... -> "], x: Reals["..."], *, h=1e-5) -> Reals["..."]:
    """The central difference quotients: entry i is  (f(x + h eᵢ) - f(x - h eᵢ)) / 2h,  where eᵢ is 1 at i and 0 elsewhere."""

def one_sided(f: Given["... -> "], x: Reals["..."], *, h=1e-5) -> Reals["..."]:
    """The difference quotients on one side: entry i is  (f(x + h eᵢ) - f(x)) / h,  to the left of x where h is negative."""

def relative_error(a: Reals["..."], b: Reals["..."]) -> Reals[""]:
    """‖a - b‖ / (‖a‖ + ‖b‖),  where ‖a‖ is the root of the sum of the squares of all entries; 0 where a and b are both 0."""

def check_gradient(f: Given["... -> "], x: Reals["..."], claim: Reals["..."]) -> Choice["right wrong kink"]:
    """'kink' where f has no gradient at x, for its slopes to the left and to the right of x differ; else whether `claim` is
    the gradient of f at x, 'right' or 'wrong'."""


# What is given: the losses of a neuron, of a ReLU and of a lasso, and a mean. Each is a function of its weights alone.

def neuron(w, *, X, y):
    return np.mean((np.tanh(X @ w) - y) ** 2)

def relus(w, *, X, y):
    return np.mean((np.maximum(X @ w, 0) - y) ** 2)

def linear(w, *, X):
    return np.mean(X @ w)

def lasso(w, *, X, y, lam):
    return np.mean((X @ w - y) ** 2) + lam * np.sum(np.abs(w))

def a_neuron(rng, n, *shape):
    """X w is of order 1, where tanh is curved, and y so far above that the gradient is not small."""
    X, w = rng.normal(size=(n, shape[-2] if shape[1:] else shape[0])), rng.uniform(0.3, 0.7, size=shape)
    X, w = 2 * X / np.sqrt(X.shape[1]), w * rng.choice([-1, 1], size=shape)
    return {"f": given(neuron, X=X, y=np.tanh(X @ w) + rng.uniform(0.4, 1, size=(X @ w).shape)), "x": w}

def slope_of(case, derivative=lambda z, t: 1 - t**2):
    """The gradient of `neuron`, where tanh has this derivative."""
    X, y = case["f"].bound["X"], case["f"].bound["y"]
    z = X @ case["x"]
    return X.T @ (2 * (np.tanh(z) - y) * derivative(z, np.tanh(z))) / len(y)

def some_relus(rng, z, size=1.0):
    """For each entry of z an example on which the ReLU's input is just that. Across w all examples are 1.5 long."""
    w = rng.choice([-1, 1], size=3) * rng.uniform(0.5, 1, size=3)
    across = np.cross(rng.normal(size=(len(z), 3)), w)
    X = 1.5 * across / np.sqrt((across**2).sum(axis=1, keepdims=True)) + np.outer(z, w) / (w @ w)
    return {"f": given(relus, X=size * X, y=-size * rng.uniform(1, 2, size=len(z))), "x": w}

def slope_of_relus(case, first=None):
    """The gradient of `relus`, where the slope of the first ReLU is taken to be this number."""
    X, y = case["f"].bound["X"], case["f"].bound["y"]
    z = X @ case["x"]
    on = np.array([z[0] > 0 if first is None else first, *(z[1:] > 0)], float)
    return 2 * X.T @ (on * (np.maximum(z, 0) - y)) / len(y)


# Quotients and their error

def smooth(rng):
    yield "six examples, four weights", a_neuron(rng, 6, 4)
    yield "a single example",    a_neuron(rng, 1, 3)
    yield "a single weight",     a_neuron(rng, 5, 1)
    yield "a ReLU off its kink", some_relus(rng, [0.5, -0.7, 0.9, 1.2])

def wide(rng):
    for h in (0.5, 0.2, 0.05):
        yield f"h={h}", a_neuron(rng, 6, 4) | {"h": h}

def either_side(rng):
    for h in (0.5, -0.5, 0.1, -0.1):
        yield f"h={h}", a_neuron(rng, 6, 4) | {"h": h}
    yield "h left out", a_neuron(rng, 5, 3)

def arrays(**hyper):
    def generator(rng):
        for shape in ((3, 2), (1, 1), (2, 4, 3)):
            yield f"weights of shape {shape}", a_neuron(rng, 5, *shape) | hyper
    return generator

def pairs(rng):
    a, b = rng.normal(size=5), rng.normal(size=5)
    yield "two vectors",         {"a": a, "b": b}
    yield "nearly the same",     {"a": a, "b": a + 1e-3 * b}
    yield "one twice the other", {"a": a, "b": 2 * a}
    yield "opposite ones",       {"a": a, "b": -a}
    yield "the same",            {"a": a, "b": a.copy()}
    yield "the first is 0",      {"a": 0 * a, "b": b}
    yield "the second is 0",     {"a": a, "b": 0 * b}
    yield "of one entry",        {"a": a[:1], "b": b[:1]}
    yield "of 300 entries",      {"a": rng.normal(size=300), "b": rng.normal(size=300)}

def pairs_of_arrays(rng):
    for shape in ((3, 2), (1, 1), (2, 4, 3)):
        yield f"shape {shape}", {"a": rng.normal(size=shape), "b": rng.normal(size=shape)}

def both_zero(rng):
    yield "both are 0", {"a": np.zeros(3), "b": np.zeros(3), "other": rng.normal(size=3)}

def nothing_of_nothing(trial, case):
    """The claim that nothing is off by nothing, whatever the student's function makes of something: that is not nothing."""
    error = trial.call(relative_error, **case)
    if error != 0:
        return f"it is {error:.6g}, expected 0"
    if trial.call(relative_error, a=case["other"], b=-case["other"]) == 0:
        return "it is 0 for opposite vectors, too: this row is earned beside errors that are not 0"
    return None

def far_from_one(rng):
    for size in (1e-9, 1e-30, 1e30):
        yield f"entries near {size:g}", {"a": size * rng.normal(size=4), "b": size * rng.normal(size=4)}


# Claims. In each row some are right and some are wrong, in a random order

def shuffled(generator):
    def cases(rng):
        found = list(generator(rng))
        return [found[i] for i in rng.permutation(len(found))]
    return cases

def with_bugs(rng):
    def claim(of):
        case = a_neuron(rng, 6, 4)
        return case | {"claim": of(case)}
    for k in range(4):
        yield f"a right claim, {k + 1}", claim(slope_of)
    X, w = rng.normal(size=(6, 3)), rng.normal(size=3)
    yield "a linear function",   {"f": given(linear, X=X), "x": w, "claim": X.mean(axis=0)}
    yield "tanh' left out",      claim(lambda case: slope_of(case, lambda z, t: 1))
    yield "1 - tanh for tanh'",  claim(lambda case: slope_of(case, lambda z, t: 1 - t))
    yield "1 - z² for tanh'",    claim(lambda case: slope_of(case, lambda z, t: 1 - z**2))
    yield "the sign turned",     claim(lambda case: -slope_of(case))
    yield "a factor of 2",       claim(lambda case: 2 * slope_of(case))
    yield "half of it",          claim(lambda case: slope_of(case) / 2)
    yield "not averaged",        claim(lambda case: 6 * slope_of(case))
    yield "the first entry off", claim(lambda case: slope_of(case) + np.eye(4)[0] * np.abs(slope_of(case)).max())
    yield "the last entry off",  claim(lambda case: slope_of(case) + np.eye(4)[3] * np.abs(slope_of(case)).max())
    yield "entries moved on",    claim(lambda case: np.roll(slope_of(case), 1))

def largest(slope):
    return np.abs(slope) == np.abs(slope).max()

def with_small_bugs(rng):
    for d, share in ((4, 0.001), (60, 0.01)):
        case = a_neuron(rng, 6, d)
        right = slope_of(case)
        yield f"a right claim of {d} entries", case | {"claim": right}
        yield f"{d} entries, the largest off by {share}", case | {"claim": right * (1 + share * largest(right))}
        yield f"{d} entries, all off by 0.001", case | {"claim": right * (1 - 1e-3)}

def of_any_size(rng):
    for size in (1e-5, 1e6):
        case = some_relus(rng, [0.5, -0.7, 0.9, 1.2], size)
        right = slope_of_relus(case)
        yield f"X and y near {size:g}, a right claim", case | {"claim": right}
        yield f"X and y near {size:g}, a half too much", case | {"claim": 1.5 * right}

def dead(rng):
    case = some_relus(rng, [-0.5, -0.7, -1.1])
    yield "no ReLU is on, and the claim is 0", case | {"claim": np.zeros(3)}
    yield "no ReLU is on, and the claim is not 0", case | {"claim": rng.normal(size=3)}

def kinks(rng):
    case = some_relus(rng, [0, 0.8, -0.6])
    for slope in (0, 1):
        yield f"a ReLU at its kink, where its slope is said to be {slope}", case | {"claim": slope_of_relus(case, slope)}
    for z in (1e-3, -1e-3):
        case = some_relus(rng, [z, 0.8, -0.6])
        yield f"a ReLU at {z:g}, a right claim", case | {"claim": slope_of_relus(case)}
        yield f"a ReLU at {z:g}, the slope of the other side", case | {"claim": slope_of_relus(case, float(z < 0))}
    for name, least in (("a weight of 0", 0), ("a weight of 0.001", 1e-3)):
        X, y, lam = rng.normal(size=(6, 3)), rng.normal(size=6), rng.uniform(0.5, 1)
        w = np.array([least, *rng.uniform(0.5, 1, size=2)])
        right = 2 * X.T @ (X @ w - y) / 6 + lam * np.sign(w)
        yield f"an L1 penalty, {name}", {"f": given(lasso, X=X, y=y, lam=lam), "x": w, "claim": right}

def everything(rng):
    case = a_neuron(rng, 5, 3)
    yield "a right claim", case | {"claim": slope_of(case), "a": rng.normal(size=40), "b": rng.normal(size=40)}

def forty(rng):
    """So many weights that with another h some quotient is rounded otherwise, on every seed."""
    yield "40 weights", a_neuron(rng, 5, 40)

def by_own_numbers(trial, case):
    """The claim that a verdict follows from the student's own quotients and error, where these leave no doubt."""
    f, x, verdict = case["f"], case["x"], trial.call(check_gradient, **case)
    own = trial.call(numeric_gradient, f=f, x=x)
    if trial.call(check_gradient, f=f, x=x, claim=own) == "wrong":
        return "your own numeric gradient is called wrong"
    left, right = (trial.call(one_sided, f=f, x=x, h=h) for h in (-1e-5, 1e-5))
    jump = trial.call(relative_error, a=left, b=right)
    error = trial.call(relative_error, a=case["claim"], b=own)
    if (verdict == "kink" and jump < 1e-3) or (verdict != "kink" and jump > 0.03):
        return f"it is '{verdict}', where the relative error of your quotients on both sides is {jump:.3g}"
    if (verdict == "wrong" and error < 1e-9) or (verdict == "right" and error > 1e-3):
        return f"it is '{verdict}', where the relative error of the claim and your numeric gradient is {error:.3g}"
    return None

def verdicts(cases):
    own = consistent(by_own_numbers, check_gradient, numeric_gradient, one_sided, relative_error,
                     on=shuffled(cases), alive=everything)
    return either(matches(check_gradient, on=shuffled(cases)), own)


topic = Topic("Gradient checking", everything, rubric=[
    Row("numeric",   3,   "the numeric gradient is the gradient",   matches(numeric_gradient, on=smooth)),
    Row("h",         0.5, "the step of a numeric gradient is h",     matches(numeric_gradient, on=wide)),
    Row("any",       0.5, "an array of any shape has a numeric gradient", matches(numeric_gradient, on=arrays())),
    Row("one_sided", 1.5, "the one-sided quotients are right",      matches(one_sided, on=either_side)),
    Row("sides",     0.5, "an array of any shape has one-sided quotients", matches(one_sided, on=arrays(h=0.1))),

    Row("error",     2,   "the relative error is right",            matches(relative_error, on=pairs)),
    Row("arrays",    0.5, "arrays of any shape have an error",      matches(relative_error, on=pairs_of_arrays)),
    Row("zero",      0.5, "the error is 0 where both are 0",        holds(nothing_of_nothing, relative_error, on=both_zero)),
    Row("far",       0.5, "tiny and huge numbers have an error, too", matches(relative_error, on=far_from_one)),

    Row("bugs",      2.5, "every planted bug is found, and no false alarm", verdicts(with_bugs)),
    Row("fine",      1,   "a bug of a thousandth is one, too",      verdicts(with_small_bugs)),
    Row("size",      1,   "tiny and huge gradients are checked as well", verdicts(of_any_size)),
    Row("dead",      0.5, "a gradient of 0 is right where f is flat", verdicts(dead)),
    Row("kink",      2,   "a kink has no gradient",                 verdicts(kinks)),

    Row("default",   0.5, "h is 1e-5 where it is left out",         defaults(numeric_gradient, one_sided, on=forty)),
    Row("pure",      0.5, "the arguments are left alone",
        pure(numeric_gradient, one_sided, relative_error, check_gradient)),
])
