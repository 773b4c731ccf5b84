"""Adam: a step length for every weight, from running averages of its gradient and of the gradient's square."""

import numpy as np

from grader import Opaque, Reals, Row, Topic, converges, pure, sample, trajectory


def adam(w: Reals["..."], dw: Reals["..."], state: Opaque, *,
         lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8) -> {"w": Reals["..."], "state": Opaque}:
    """One step. `state` is {} before the first; return the new w and whatever you want back next time."""


def cases(rng):
    yield "a tensor", sample(adam, rng, shape=(6,), state={})


def valleys(rng):
    to = rng.uniform(-3, 3, size=2)
    yield "a valley", {"start": to + np.array([2, 0]), "to": to}


def slope(w, case):
    """The slope of Rosenbrock's curved valley (1 + x)² + 10 (y - x²)², moved so that its lowest point, (-1, 1), lies at `to`."""
    x, y = w - case["to"] + np.array([-1, 1])
    return np.array([2 * (1 + x) - 40 * x * (y - x * x), 20 * (y - x * x)])


# Each row judges what it is about: elsewhere lr is given, though it is the default, and eps is too small to be seen. So a
# wrong default, or a wrong place for eps, costs its own rows. Without memory, a slip in m or v costs no row about shapes.
GIVEN = {"lr": 1e-3, "eps": 1e-30}
NO_MEMORY, MEMORY = {"beta1": 0.0, "beta2": 0.0}, {"beta1": 0.8, "beta2": 0.9}
RATES = [1e-1, 1e-3, 1e-2, 1.0, 100.0]  # with the last, w leaves any box that it may be kept in
# Adam, in whatever way it is written, ends 3.44e-5 away from the bottom (200 seeds; the same to 12 digits on each).
FOUND = {"within": 1e-4, "steps": 100, "lr": 0.3, "beta1": 0.8, "beta2": 0.999, "eps": 1e-8}

topic = Topic("Adam", cases, rubric=[
    Row("plain",    3,   "without memory, a step is lr",    trajectory(adam, steps=5, **NO_MEMORY, **GIVEN)),
    Row("first",    1,   "the first step is right",         trajectory(adam, steps=1)),
    Row("m",        3,   "m is averaged and corrected",     trajectory(adam, steps=10, beta1=0.8, beta2=0.0, **GIVEN)),
    Row("v",        3,   "v is averaged and corrected",     trajectory(adam, steps=10, beta1=0.0, beta2=0.9, **GIVEN)),
    Row("thirty",   2,   "thirty steps are right",          trajectory(adam, steps=30, zero_gradients=True, eps=1e-30)),
    Row("eps",      2,   "eps is added after the root",     trajectory(adam, steps=5, **NO_MEMORY, lr=1e-3, eps=0.1)),
    Row("two",      1,   "two tensors keep two states",     trajectory(adam, steps=5, tensors=2, **MEMORY, **GIVEN)),
    Row("pauses",   0.5, "a step without gradients counts", trajectory(adam, steps=6, pauses=[1, 2, 5], **MEMORY, **GIVEN)),
    Row("shape",    1.5, "a tensor may have any shape",     trajectory(adam, steps=3, shape=(3, 4), **NO_MEMORY, **GIVEN)),
    Row("schedule", 1,   "lr may change at every step",     trajectory(adam, steps=5, **NO_MEMORY, lr=RATES, eps=1e-30)),
    Row("valley",   1,   "it descends a curved valley",     converges(adam, slope, on=valleys, **FOUND)),
    Row("pure",     1,   "w and dw are left alone",         pure(adam)),
])
