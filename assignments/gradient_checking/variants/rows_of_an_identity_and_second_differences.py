"""rows of an identity, and second differences"""

import numpy as np


def numeric_gradient(f, x, *, h=1e-5):
    steps = h * np.eye(x.size).reshape((x.size, *x.shape))
    return np.reshape([f(x + step) / (2 * h) - f(x - step) / (2 * h) for step in steps], x.shape)


def one_sided(f, x, *, h=1e-5):
    steps = h * np.eye(x.size).reshape((x.size, *x.shape))
    return np.reshape([f(x + step) - f(x) for step in steps], x.shape) / h


def relative_error(a, b):
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
    if scale == 0:
        return 0.0
    a, b = a / scale, b / scale
    return np.sqrt(np.sum(np.square(a - b))) / (np.sqrt(np.sum(np.square(a))) + np.sqrt(np.sum(np.square(b))))


def check_gradient(f, x, claim):
    """A second difference is h² times the curvature, and h times the jump of the slope at a kink."""
    h, here = 1e-6, f(x)
    slope, bend = np.zeros(x.size), np.zeros(x.size)
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = h
        up, down = f(x + step.reshape(x.shape)), f(x - step.reshape(x.shape))
        slope[i], bend[i] = (up - down) / (2 * h), (up - 2 * here + down) / h
    if np.abs(bend).max() > 0.02 * np.abs(slope).max():
        return "kink"
    off = np.abs(claim.ravel() - slope).max()
    return "right" if off <= 1e-5 * np.abs(slope).max() else "wrong"
