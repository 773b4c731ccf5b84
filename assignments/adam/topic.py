"""Adam: a step length for every weight, from running averages of its gradient and of the gradient's square."""

import numpy as np

from grader import Opaque, Reals, Row, Topic, converges, pure, sample, trajectory


def adam(w: Reals["n"], dw: Reals["n"], state: Opaque, *,
         lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8) -> {"w": Reals["n"], "state": Opaque}:
    """One step. `state` is {} before the first; return the new w and whatever you want back next time."""


def cases(rng):
    yield "a tensor", sample(adam, rng, n=6, state={})


def valley(w):
    """The slope of Rosenbrock's curved valley (1 + x)² + 10 (y - x²)², whose lowest point is (-1, 1)."""
    x, y = w
    return np.array([2 * (1 + x) - 40 * x * (y - x * x), 20 * (y - x * x)])


# An eps too small to be seen: a wrong place for eps costs the rows "first" and "eps", not every row.
TINY_EPS = {"eps": 1e-30}

topic = Topic("Adam", cases, rubric=[
    Row("plain",  2, "without memory, a step is lr", trajectory(adam, steps=5, beta1=0.0, beta2=0.0, **TINY_EPS)),
    Row("first",  1, "the first step is right",      trajectory(adam, steps=1)),
    Row("m",      2, "m is averaged and corrected",  trajectory(adam, steps=10, beta2=0.0, **TINY_EPS)),
    Row("v",      2, "v is averaged and corrected",  trajectory(adam, steps=10, beta1=0.0, **TINY_EPS)),
    Row("thirty", 4, "thirty steps are right",       trajectory(adam, steps=30, zero_gradients=True, **TINY_EPS)),
    Row("hyper",  2, "lr, beta1, beta2 are obeyed",  trajectory(adam, steps=10, lr=0.1, beta1=0.5, beta2=0.9, **TINY_EPS)),
    Row("eps",    2, "eps is added after the root",  trajectory(adam, steps=5, beta1=0.0, beta2=0.0, eps=0.1)),
    Row("two",    2, "two tensors keep two states",  trajectory(adam, steps=5, tensors=2, **TINY_EPS)),
    Row("valley", 2, "it descends a curved valley",  converges(adam, start=[1, 1], slope=valley, to=[-1, 1],
                                                               within=1e-4, steps=100, lr=0.3, beta1=0.8)),
    Row("pure",   1, "w and dw are left alone",      pure(adam), needs="plain"),
])
