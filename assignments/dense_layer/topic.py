"""A dense layer: x W + b and, backwards, what it makes of the slope behind it."""

from grader import Layer, Opaque, Reals, Row, Script, Topic, cheap, consistent, either, gradient, matches, pure, sample, vjp
from grader.checks import Truth, require_close


class dense(Layer):
    def forward(x: Reals["*lead d"], W: Reals["d h"], b: Reals["h"]) -> {"out": Reals["*lead h"], "cache": Opaque}:
        """out = x W + b for each example, which is a row along the last axis of x."""

    def backward(
        dout: Reals["*lead h"], cache: Opaque
    ) -> {"dx": Reals["*lead d"], "dW": Reals["d h"], "db": Reals["h"]}:
        """The derivatives of  Σ dout · out  with respect to x, W and b, each of its shape."""


def few(rng):
    yield "a batch",             sample(dense, rng, lead=(7,), d=4, h=3)
    yield "a single example",    sample(dense, rng, lead=(1,), d=3, h=5)


def cases(rng):
    yield from few(rng)
    yield "a single input",      sample(dense, rng, lead=(5,), d=1, h=2)
    yield "a single output",     sample(dense, rng, lead=(6,), d=2, h=1)
    yield "a square W",          sample(dense, rng, lead=(2,), d=3, h=3)
    yield "300 examples",        sample(dense, rng, lead=(300,), d=2, h=4)
    steep = sample(dense, rng, lead=(4,), d=3, h=2, scale=1000)
    yield "numbers by the thousand", {**steep, "dout": 1000 * rng.normal(size=(4, 2))}


def deep(rng):
    for name, lead in (("two sequences of three", (2, 3)), ("three leading axes", (3, 1, 2)), ("a vector", ())):
        yield name, {**sample(dense, rng, lead=lead, d=4, h=5), "dout": rng.normal(size=(*lead, 5))}


def large(rng):
    yield "10,000 weights",      sample(dense, rng, lead=(10,), d=100, h=100)


def forward_and_backward(world, case):
    out, cache = world.dense_forward(case["x"], case["W"], case["b"])
    dx, dW, db = world.dense_backward(case["dout"], cache)
    yield from [("out", out), ("dx", dx), ("dW", dW), ("db", db)]


both = Script(forward_and_backward, dense)


def as_for_rows(trial, case):
    """The claim that leading axes are so many rows in another shape, whatever the student's own layer makes of rows."""
    x, dout = case["x"], case["dout"]
    of_rows = trial.answers(both, {**case, "x": x.reshape(-1, x.shape[-1]), "dout": dout.reshape(-1, dout.shape[-1])})
    for name, got, want in zip(("out", "dx", "dW", "db"), trial.answers(both, case), of_rows):
        if got.size != want.size or (name in ("out", "dx") and got.shape[:-1] != x.shape[:-1]):
            return f"`{name}` has the shape {got.shape}, and that of as many rows {want.shape}"
        require_close(got.ravel(), Truth.of(want.ravel()), name)
    return None


def slope_of(argument):
    """The gradient is right, or right for the student's own forward, also where that has a kink."""
    return either(vjp(dense, output=f"d{argument}"), gradient(of=dense, wrt=argument, on=few, piecewise=True))


topic = Topic("A dense layer", cases, rubric=[
    Row("fwd",   3, "x W + b is right",                     matches(dense)),
    Row("dx",    2, "the gradient of x is right",           slope_of("x")),
    Row("dW",    3, "the gradient of W is right",           slope_of("W")),
    Row("db",    2, "the gradient of b is right",           slope_of("b")),
    Row("lead",  1, "x may have any leading axes",
        either(matches(both, on=deep), consistent(as_for_rows, both, both, on=deep))),
    Row("cheap", 1, "backward costs a few forwards",        cheap(dense, on=large)),
    Row("pure",  1, "the inputs are left alone",            pure(dense)),
])
