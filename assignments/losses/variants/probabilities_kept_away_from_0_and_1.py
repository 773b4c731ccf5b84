"""probabilities kept away from 0 and 1, by less than can be seen"""

import numpy as np

EPS = 1e-15


def bce(a, y):
    a = np.clip(a, EPS, 1 - EPS)
    return -(y * np.log(a) + (1 - y) * np.log(1 - a)).mean()


def bce_grad(a, y):
    a = np.clip(a, EPS, 1 - EPS)
    return -(y / a - (1 - y) / (1 - a)) / y.shape[0]


def bce_logits(z, y):
    """-log of the sigmoid is log(1 + exp(-z)), which is -z where exp(-z) would overflow."""
    with np.errstate(over="ignore"):
        miss = np.where(z > -30, np.log(1 + np.exp(-z)), -z)
    return np.mean(miss + (1 - y) * z)


def bce_logits_grad(z, y):
    with np.errstate(over="ignore"):
        return np.divide(1 / (1 + np.exp(-z)) - y, y.size)


def hinge(s, y):
    return np.mean((1 - y * s + np.abs(1 - y * s)) / 2)


def hinge_grad(s, y):
    return -y * (y * s < 1) / len(y)
