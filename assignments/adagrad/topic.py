"""Adagrad: a step length for every weight, that only shrinks: the rate over the root of the sum of its squared gradients."""

import numpy as np

from grader import Opaque, Reals, Row, Topic, follows, pure, sample, trajectory


def adagrad(w: Reals["..."], dw: Reals["..."], state: Opaque, *,
            lr=0.01, eps=1e-10) -> {"w": Reals["..."], "state": Opaque}:
    """One step. `state` is {} before the first; return the new w and whatever you want back next time."""


def cases(rng):
    yield "a tensor", sample(adagrad, rng, shape=(6,), state={})


def constant(rng):
    yield "ten equal gradients", {"gradients": np.tile(rng.normal(size=4), (10, 1))}


def once_large(rng):
    signs = rng.choice([-1.0, 1.0], size=4)
    yield "a gradient of ±1000, then nine of ±1", {"gradients": np.array([1000 * signs, *[signs] * 9])}


def descent(world, case):
    """Where w is after each of the gradients."""
    w, state = np.zeros(4), {}
    for step, dw in enumerate(case["gradients"], start=1):
        w, state = world.adagrad(w, dw, state, **GIVEN)
        yield f"w after step {step}", w


# Each row judges what it is about: elsewhere lr is given, though it is the default, and eps is too small to be seen. So a
# wrong default, or a wrong place for eps, costs its own rows. The first step has no memory yet: there the sum is just dw².
GIVEN = {"lr": 0.01, "eps": 1e-30}
RATES = [0.3, 1e-3, 2e-2, 100.0, 5e-2]  # at last from a w far from 0

topic = Topic("Adagrad", cases, rubric=[
    Row("first",     2,   "the first step is lr",                     trajectory(adagrad, steps=1, **GIVEN)),
    Row("shrinks",   1,   "a constant gradient: step t is lr/√t",     follows(descent, adagrad, on=constant)),
    Row("remembers", 1,   "a large gradient is never forgotten",      follows(descent, adagrad, on=once_large)),
    Row("thirty",    4,   "thirty steps are right",                   trajectory(adagrad, steps=30, zero_gradients=True, **GIVEN)),
    Row("eps",       2,   "eps is added after the root",              trajectory(adagrad, steps=5, lr=0.01, eps=0.1)),
    Row("default",   1,   "the defaults are right",                   trajectory(adagrad, steps=3, zero_gradients=True)),
    Row("two",       1,   "two tensors keep two states",              trajectory(adagrad, steps=5, tensors=2, **GIVEN)),
    Row("pauses",    0.5, "a step without gradients changes nothing", trajectory(adagrad, steps=6, pauses=[1, 2, 5], **GIVEN)),
    Row("shape",     1,   "a tensor may have any shape",              trajectory(adagrad, steps=2, shape=(3, 4), **GIVEN)),
    Row("schedule",  1,   "lr may change at every step",              trajectory(adagrad, steps=5, lr=RATES, eps=1e-30)),
    Row("pure",      0.5, "w and dw are left alone",                  pure(adagrad)),
])
