"""Activations: what a neuron does with the number that it has added up, and how fast its answer changes."""

import numpy as np

from grader import Layer, Opaque, Reals, Row, Topic, either, gradient, matches, pure, sample, vjp

OUT = {"out": Reals["n d"], "cache": Opaque}


class linear(Layer):
    def forward(x: Reals["n d"], *, alpha=1.0) -> OUT:
        """The straight line: alpha times x, entry by entry."""

    def backward(dout: Reals["n d"], cache: Opaque) -> Reals["n d"]:
        """The derivative of the loss with respect to x, given dout, the one with respect to out."""


class sigmoid(Layer):
    def forward(x: Reals["n d"]) -> OUT:
        """The logistic function 1 / (1 + exp(-x)), entry by entry."""

    def backward(dout: Reals["n d"], cache: Opaque) -> Reals["n d"]:
        """The derivative of the loss with respect to x, given dout, the one with respect to out."""


class tanh(Layer):
    def forward(x: Reals["n d"]) -> OUT:
        """The hyperbolic tangent, entry by entry."""

    def backward(dout: Reals["n d"], cache: Opaque) -> Reals["n d"]:
        """The derivative of the loss with respect to x, given dout, the one with respect to out."""


class relu(Layer):
    def forward(x: Reals["n d"]) -> OUT:
        """The rectifier: x where x > 0, and 0 elsewhere."""

    def backward(dout: Reals["n d"], cache: Opaque) -> Reals["n d"]:
        """The derivative of the loss with respect to x, given dout. At exactly 0 the slope is taken to be 0."""


class leaky_relu(Layer):
    def forward(x: Reals["n d"], *, alpha=0.01) -> OUT:
        """The leaky rectifier: x where x > 0, and alpha times x elsewhere (0 < alpha < 1)."""

    def backward(dout: Reals["n d"], cache: Opaque) -> Reals["n d"]:
        """The derivative of the loss with respect to x, given dout. At exactly 0 the slope is taken to be alpha."""


def cases(rng):
    yield "a batch",         sample(sigmoid, rng, n=7, d=4)
    yield "a single row",    sample(sigmoid, rng, n=1, d=5)
    yield "a single column", sample(sigmoid, rng, n=6, d=1)


def batches(rng):
    yield from cases(rng)
    yield "many rows",       sample(sigmoid, rng, n=200, d=3)


def huge(rng):
    x = [[-100_000, -1000, -745, -710, -30, 0], [100_000, 1000, 745, 710, 30, 1]]
    yield "inputs of up to ±100,000", {"x": np.array(x) + rng.normal(size=(2, 6))}


def beside_the_kink(rng):
    for name, case in cases(rng):
        yield f"{name} away from 0", {"x": case["x"] + 0.1 * np.sign(case["x"])}  # no difference quotient straddles 0


def slopes(rng):
    yield from beside_the_kink(rng)
    for alpha in (0.2, 0.7):
        for name, case in beside_the_kink(rng):
            yield f"{name}, alpha={alpha}", {**case, "alpha": alpha}


def near_and_far(rng):
    yield from beside_the_kink(rng)
    yield from batches(rng)
    yield from huge(rng)


def slopes_near_and_far(rng):
    yield from slopes(rng)
    for name, case in (*batches(rng), *huge(rng)):
        yield f"{name}, alpha=0.4", {**case, "alpha": 0.4}
    yield "alpha left out again", sample(sigmoid, rng, n=4, d=3, scale=1000)


def at_zero(rng):
    yield "inputs of exactly 0", {"x": np.zeros((3, 5)), "alpha": 0.01}


def at_zero_and_one(rng):
    """Beside the zeros, ones: with slope 0 everywhere no program earns the row."""
    yield "inputs of exactly 0, -1 and 1", {"x": rng.permuted(np.repeat([[0.0, 0, 0, -1, 1]], 3, axis=0), axis=1)}


def not_the_identity(rng):
    yield "a batch", sample(linear, rng, n=7, d=4, alpha=0.7)


def is_bent(own, case):
    """Nothing follows from a straight line: three points of it lie on one."""
    left, middle, right = (own(**{**case, "x": k * case["x"]}) for k in (-3, -1, 1))
    return not np.allclose(left + right, 2 * middle)


def slope_of(activation, **how):
    """`backward` is the slope of the student's own `forward`, if that is bent."""
    return gradient(activation, behind=is_bent, **how)


topic = Topic("Activations", cases, rubric=[
    Row("linear",       1, "linear is a straight line of slope alpha",  matches(linear, on=slopes_near_and_far)),
    Row("linear_back",  1, "linear sends alpha times dout back",        vjp(linear, on=slopes_near_and_far)),

    Row("sigmoid",      2, "sigmoid is right",                          matches(sigmoid, on=batches)),
    Row("sigmoid_back", 2, "the slope of sigmoid is right",             either(vjp(sigmoid, on=batches), slope_of(sigmoid))),
    Row("sigmoid_huge", 1, "sigmoid is right at ±1000",                 matches(sigmoid, on=huge)),
    Row("sigmoid_flat", 1, "the slope of sigmoid is right at ±1000",
        either(vjp(sigmoid, on=huge), slope_of(sigmoid, on=huge))),

    Row("tanh",         2, "tanh is right",                             matches(tanh, on=batches)),
    Row("tanh_back",    2, "the slope of tanh is right",                either(vjp(tanh, on=batches), slope_of(tanh))),
    Row("tanh_huge",    1, "tanh is right at ±1000",                    matches(tanh, on=huge)),
    Row("tanh_flat",    1, "the slope of tanh is right at ±1000",
        either(vjp(tanh, on=huge), slope_of(tanh, on=huge))),

    Row("relu",         1, "ReLU is right",                             matches(relu, on=near_and_far)),
    Row("relu_back",    2, "the slope of ReLU is right",
        either(vjp(relu, on=near_and_far), slope_of(relu, on=beside_the_kink, piecewise=True))),
    Row("relu_zero",    1, "the slope of ReLU at exactly 0 is 0",       vjp(relu, on=at_zero_and_one)),

    Row("leaky",        1, "leaky ReLU is right",                       matches(leaky_relu, on=slopes_near_and_far)),
    Row("leaky_back",   2, "the slope of leaky ReLU is right",
        either(vjp(leaky_relu, on=slopes_near_and_far), slope_of(leaky_relu, on=slopes, piecewise=True))),
    Row("leaky_zero",   1, "the slope of leaky ReLU at exactly 0 is alpha",
        vjp(leaky_relu, on=at_zero)),

    Row("pure",         1, "the inputs are left alone",
        pure(linear, sigmoid, tanh, relu, leaky_relu, on=not_the_identity)),
])
