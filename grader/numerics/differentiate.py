"""Numerical differentiation with an honest tolerance.

Central differences at h and h/2, extrapolated (Richardson 1911):

    D(h)  = (f(+h) − f(−h)) / 2h
    slope = (4·D(h/2) − D(h)) / 3

The difference between `slope` and D(h/2) estimates the error, from above for smooth f. A claimed slope is accepted within
`10·estimate + 20·ε·(1 + |f|)/h`, where |f| is the size of the terms that f sums. Where the estimate exceeds 1e-5 of the
slope's size, f has a kink or is too rough to judge, and nothing is said about that probe.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEP = 1e-3
OFFSETS = (STEP, -STEP, STEP / 2, -STEP / 2)  # where f is asked along a probe, in this order
CAP = 1e-5  # of the largest slope: a looser judgement would accept real mistakes
ESTIMATES = 10  # how many error estimates a claim may be off
ROUNDINGS = 20  # how many roundings of f, divided by h


@dataclass(frozen=True)
class Slopes:
    """Numerical slopes along some probes, how far a claim may be off each, and which of them can be judged."""

    value: np.ndarray
    tolerance: np.ndarray
    judged: np.ndarray

    @property
    def trustworthy(self) -> bool:
        """At least half of the probes can be judged: otherwise a ripple would hide everything."""
        return bool(2 * self.judged.sum() >= self.judged.size)

    def disagree(self, claimed: np.ndarray) -> np.ndarray:
        """Where a claimed slope is not the measured one."""
        with np.errstate(invalid="ignore"):
            return self.judged & ~(np.abs(claimed - self.value) <= self.tolerance)


def slopes(values: np.ndarray, sizes: np.ndarray | None = None) -> Slopes:
    """Slopes from f at the four `OFFSETS` along each probe; `values` is of shape (probes, 4).

    `sizes`, of the same shape, are the sums of the absolute terms of f, where f is a sum that may cancel.
    """
    f = np.asarray(values, float)
    with np.errstate(all="ignore"):
        coarse = (f[:, 0] - f[:, 1]) / (2 * STEP)
        fine = (f[:, 2] - f[:, 3]) / STEP
        slope = (4 * fine - coarse) / 3
        estimate = ESTIMATES * np.abs(slope - fine)
        rounding = ROUNDINGS * np.finfo(float).eps * (1 + np.abs(f if sizes is None else sizes).max(axis=1)) / STEP
        cap = CAP * np.abs(slope[np.isfinite(slope)]).max(initial=0)
        judged = np.isfinite(slope) & (estimate <= cap + rounding)
    return Slopes(slope, np.minimum(estimate, cap) + rounding, judged)
