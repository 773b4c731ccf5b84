"""Momentum: descend with a velocity, so that a ravine is crossed in some √κ steps instead of κ."""

import numpy as np

from grader import Opaque, Reals, Row, Topic, converges, pure, sample, trajectory


def momentum(w: Reals["..."], dw: Reals["..."], state: Opaque, *,
             lr=0.01, beta=0.9) -> {"w": Reals["..."], "state": Opaque}:
    """One step of the velocity: v ← beta v + dw, then w ← w - lr v. `state` is {} before the first."""


def ema_momentum(w: Reals["..."], dw: Reals["..."], state: Opaque, *,
                 lr=0.01, beta=0.9) -> {"w": Reals["..."], "state": Opaque}:
    """One step of the average: u ← beta u + (1 - beta) lr dw, then w ← w - u. `state` is {} before the first."""


def cases(rng):
    yield "a tensor", sample(momentum, rng, shape=(6,), state={})


def ravines(rng):
    to = rng.uniform(-3, 3, size=2)
    yield "a ravine", {"start": to + rng.choice([-1, 1], size=2), "to": to}


def slope(w, case):
    """The slope of (x - a)²/2 + 100 (y - b)²/2, a ravine of condition number κ = 100, whose bottom (a, b) is `to`."""
    return np.array([1, 100]) * (w - case["to"])


# The best lr and beta for curvatures 1 and κ (Polyak 1964) shrink the distance by (√κ-1)/(√κ+1) = 9/11 a step.
# Gradient descent at its best shrinks it by (κ-1)/(κ+1) = 99/101: after 80 steps a fifth of the way is left. Momentum, in whatever
# way it is written, is then 1.56e-5 away (200 seeds; the same to 11 digits on each).
LR, BETA = 4 / 11**2, (9 / 11) ** 2
CROSSED = {"on": ravines, "within": 1e-4, "steps": 80, "beta": BETA}

# Each row judges what it is about: lr and beta are given where they are the defaults, so that a wrong default costs the row that
# leaves them out. Shapes and schedules are judged without memory: a slip there costs neither row, and where lr changes, who
# keeps it inside the velocity and who does not part with any other beta.
GIVEN, NO_MEMORY = {"lr": 0.01, "beta": 0.9}, {"beta": 0.0}
PLAIN = {"lr": 0.01, **NO_MEMORY}
RATES = [0.3, 1e-3, 2e-2, 1.0, 5e-2]  # of none a product or power is another, or the default
PAUSES = [1, 2, 5]

topic = Topic("Momentum", cases, rubric=[
    Row("plain",        3,   "velocity: beta=0 is plain descent",  trajectory(momentum, steps=5, **PLAIN)),
    Row("thirty",       2,   "velocity: thirty steps are right",   trajectory(momentum, steps=30, zero_gradients=True)),
    Row("two",          1,   "velocity: each tensor has its own",  trajectory(momentum, steps=5, tensors=2, **GIVEN)),
    Row("pauses",       0.5, "velocity: it rolls on at slope 0",   trajectory(momentum, steps=6, pauses=PAUSES, **GIVEN)),
    Row("shape",        1,   "velocity: a tensor of any shape",    trajectory(momentum, steps=3, shape=(3, 4), **PLAIN)),
    Row("schedule",     1,   "velocity: lr may change each step",  trajectory(momentum, steps=5, lr=RATES, **NO_MEMORY)),
    Row("rate",         1,   "velocity: 80 steps cross a ravine",  converges(momentum, slope, **CROSSED, lr=LR)),
    Row("pure",         0.5, "velocity: w and dw are left alone",  pure(momentum)),
    Row("ema_plain",    2,   "average: beta=0 is plain descent",   trajectory(ema_momentum, steps=5, **PLAIN)),
    Row("ema_first",    1,   "average: it starts at 0",            trajectory(ema_momentum, steps=1, **GIVEN)),
    Row("ema_thirty",   2,   "average: thirty steps are right",    trajectory(ema_momentum, steps=30, zero_gradients=True)),
    Row("ema_two",      1,   "average: each tensor has its own",   trajectory(ema_momentum, steps=5, tensors=2, **GIVEN)),
    Row("ema_pauses",   0.5, "average: it rolls on at slope 0",    trajectory(ema_momentum, steps=6, pauses=PAUSES, **GIVEN)),
    Row("ema_shape",    1,   "average: a tensor of any shape",     trajectory(ema_momentum, steps=3, shape=(3, 4), **PLAIN)),
    Row("ema_schedule", 1,   "average: lr may change each step",   trajectory(ema_momentum, steps=5, lr=RATES, **NO_MEMORY)),
    Row("ema_rate",     1,   "average: 80 steps cross it too",     converges(ema_momentum, slope, **CROSSED,
                                                                             lr=LR / (1 - BETA))),
    Row("ema_pure",     0.5, "average: w and dw are left alone",   pure(ema_momentum)),
])
