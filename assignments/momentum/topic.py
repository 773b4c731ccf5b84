"""Momentum: descend with a velocity, so that a ravine is crossed in some √κ steps instead of κ."""

import numpy as np

from grader import Opaque, Reals, Row, Topic, converges, pure, sample, trajectory


def momentum(w: Reals["n"], dw: Reals["n"], state: Opaque, *,
             lr=0.01, beta=0.9) -> {"w": Reals["n"], "state": Opaque}:
    """One step of the velocity: v ← beta v + dw, then w ← w - lr v. `state` is {} before the first."""


def ema_momentum(w: Reals["n"], dw: Reals["n"], state: Opaque, *,
                 lr=0.01, beta=0.9) -> {"w": Reals["n"], "state": Opaque}:
    """One step of the average: u ← beta u + (1 - beta) lr dw, then w ← w - u. `state` is {} before the first."""


def cases(rng):
    yield "a tensor", sample(momentum, rng, n=6, state={})


BOTTOM = np.array([3.0, -2.0])


def ravine(w):
    """The slope of (x - 3)²/2 + 100 (y + 2)²/2, a ravine of condition number κ = 100."""
    return np.array([1, 100]) * (w - BOTTOM)


# The best lr and beta for curvatures 1 and κ (Polyak 1964) shrink the distance by (√κ-1)/(√κ+1) = 9/11 a step.
# Gradient descent at its best shrinks it by (κ-1)/(κ+1) = 99/101: after 80 steps a fifth of the way is left.
LR, BETA = 4 / 11**2, (9 / 11) ** 2
CROSSED = {"to": BOTTOM, "within": 1e-4, "steps": 80, "beta": BETA}

topic = Topic("Momentum", cases, rubric=[
    Row("plain",      1, "velocity: beta=0 is plain descent",  trajectory(momentum, steps=5, beta=0.0)),
    Row("thirty",     4, "velocity: thirty steps are right",   trajectory(momentum, steps=30, zero_gradients=True)),
    Row("hyper",      2, "velocity: lr and beta are obeyed",   trajectory(momentum, steps=10, lr=0.3, beta=0.7)),
    Row("two",        1, "velocity: each tensor has its own",  trajectory(momentum, steps=5, tensors=2)),
    Row("rate",       1, "velocity: 80 steps cross a ravine",  converges(momentum, [4, -1], ravine, **CROSSED, lr=LR)),
    Row("pure",       1, "velocity: w and dw are left alone",  pure(momentum), needs="plain"),
    Row("ema_plain",  1, "average: beta=0 is plain descent",   trajectory(ema_momentum, steps=5, beta=0.0)),
    Row("ema_first",  1, "average: it starts at 0",            trajectory(ema_momentum, steps=1)),
    Row("ema_thirty", 3, "average: thirty steps are right",    trajectory(ema_momentum, steps=30, zero_gradients=True)),
    Row("ema_hyper",  2, "average: lr and beta are obeyed",    trajectory(ema_momentum, steps=10, lr=0.3, beta=0.7)),
    Row("ema_two",    1, "average: each tensor has its own",   trajectory(ema_momentum, steps=5, tensors=2)),
    Row("ema_rate",   1, "average: 80 steps cross it too",     converges(ema_momentum, [4, -1], ravine, **CROSSED,
                                                                         lr=LR / (1 - BETA))),
    Row("ema_pure",   1, "average: w and dw are left alone",   pure(ema_momentum), needs="ema_plain"),
])
