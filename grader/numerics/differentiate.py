"""Numerical differentiation with an honest tolerance.

Central differences at h and h/2 are extrapolated (Richardson 1911):

    D(h)  = (f(+h) − f(−h)) / 2h
    slope = (4·D(h/2) − D(h)) / 3

The difference between `slope` and D(h/2) estimates the error, from above if f is smooth. A claimed slope is accepted within
`10·estimate + 20·ε·(1 + |f|)/h`, where |f| is the size of the terms that f sums. If the estimate exceeds 1e-5 of the largest
slope, f has a kink there or is too rough, and that probe judges nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEP_SIZE = 1e-3
OFFSETS = (STEP_SIZE, -STEP_SIZE, STEP_SIZE / 2, -STEP_SIZE / 2)  # where f is asked along a probe, in this order
# A claim may be off by ESTIMATES error estimates and ROUNDINGS roundings of f, divided by h. The bare estimate calls 1 % of right
# slopes wrong at h = 1e-3, and 60 % at 1e-4, this rule none of 60,000.
ESTIMATES = 10
ROUNDINGS = 20
CAP = 1e-5  # of the largest slope: a looser judgement would accept real mistakes


@dataclass(frozen=True)
class Slopes:
    """Numerical slopes along some probes, the tolerance for a claim about each, and which of them judge. All of shape (probes,)."""

    value: np.ndarray
    tolerance: np.ndarray
    judged: np.ndarray

    @property
    def trustworthy(self) -> bool:
        """True if at least half of the probes judge: otherwise a ripple of 1e-6 in f would hide any fault."""
        return bool(2 * self.judged.sum() >= self.judged.size)

    def disagree(self, claimed: np.ndarray) -> np.ndarray:
        """Return a mask of the probes along which a claimed slope is not the measured one."""
        with np.errstate(invalid="ignore"):
            return self.judged & ~(np.abs(claimed - self.value) <= self.tolerance)


def slopes(values: np.ndarray, sizes: np.ndarray | None = None) -> Slopes:
    """Return the slopes of f along each probe, from its `values` at the four `OFFSETS`, of shape (probes, 4).

    If f is a sum that may cancel, `sizes`, of the same shape, are the sums of its absolute terms.
    """
    f = np.asarray(values, float)
    with np.errstate(all="ignore"):
        coarse = (f[:, 0] - f[:, 1]) / (2 * STEP_SIZE)
        fine = (f[:, 2] - f[:, 3]) / STEP_SIZE
        slope = (4 * fine - coarse) / 3
        estimate = ESTIMATES * np.abs(slope - fine)
        rounding = ROUNDINGS * np.finfo(float).eps * (1 + np.abs(f if sizes is None else sizes).max(axis=1)) / STEP_SIZE
        cap = CAP * np.abs(slope[np.isfinite(slope)]).max(initial=0)
        judged = np.isfinite(slope) & (estimate <= cap + rounding)
    return Slopes(slope, np.minimum(estimate, cap) + rounding, judged)
