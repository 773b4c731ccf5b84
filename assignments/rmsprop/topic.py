"""RMSprop: a step length for every weight, the rate over the root of a running mean of its squared gradients."""

from grader import Opaque, Reals, Row, Topic, pure, sample, trajectory


def rmsprop(w: Reals["..."], dw: Reals["..."], state: Opaque, *,
            lr=0.01, beta=0.99, eps=1e-8) -> {"w": Reals["..."], "state": Opaque}:
    """One step. `state` is {} before the first; return the new w and whatever you want back next time."""


def cases(rng):
    yield "a tensor", sample(rmsprop, rng, shape=(6,), state={}, **GIVEN)


# Each row judges what it is about: elsewhere lr and beta are given, though they are the defaults, and eps is too small to be
# seen. So a wrong default, or a wrong place for eps, costs its own rows. Without memory a slip in v costs no row about shapes,
# schedules or eps.
FAINT = {"eps": 1e-30}
GIVEN = {"lr": 0.01, "beta": 0.99, **FAINT}
PLAIN = {"lr": 0.01, "beta": 0.0, **FAINT}
OTHER = {"lr": 0.3, "beta": 0.8, **FAINT}
RATES = [0.3, 1e-3, 2e-2, 100.0, 5e-2]  # at last from a w far from 0

topic = Topic("RMSprop", cases, rubric=[
    Row("plain",    2,   "without memory, a step is lr",      trajectory(rmsprop, steps=5, **PLAIN)),
    Row("first",    2,   "the first step is lr/√(1-beta)",    trajectory(rmsprop, steps=1, **GIVEN)),
    Row("thirty",   4,   "thirty steps are right",            trajectory(rmsprop, steps=30, zero_gradients=True, **GIVEN)),
    Row("hyper",    1,   "lr and beta are those of the call", trajectory(rmsprop, steps=10, **OTHER)),
    Row("eps",      2,   "eps is added after the root",       trajectory(rmsprop, steps=5, lr=0.01, beta=0.0, eps=0.1)),
    Row("default",  1,   "the defaults are right",            trajectory(rmsprop, steps=3, zero_gradients=True)),
    Row("two",      1,   "two tensors keep two states",       trajectory(rmsprop, steps=5, tensors=2, **GIVEN)),
    Row("pauses",   0.5, "without gradients v fades",         trajectory(rmsprop, steps=6, pauses=[1, 2, 5], **GIVEN)),
    Row("shape",    1,   "a tensor may have any shape",       trajectory(rmsprop, steps=3, shape=(3, 4), **PLAIN)),
    Row("schedule", 1,   "lr may change at every step",       trajectory(rmsprop, steps=5, lr=RATES, beta=0.0, **FAINT)),
    Row("pure",     0.5, "w and dw are left alone",           pure(rmsprop)),
])
