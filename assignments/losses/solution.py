import numpy as np


def mse(p, y):
    return np.mean((p - y) ** 2)


def mse_grad(p, y):
    return 2 * (p - y) / p.size


def bce(a, y):
    right = np.where(y == 1, a, 1 - a)  # the probability of the true label
    return -np.mean(np.log(right))


def bce_grad(a, y):
    return (a - y) / (a * (1 - a)) / len(a)


def bce_logits(z, y):
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))


def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def bce_logits_grad(z, y):
    return (sigmoid(z) - y) / len(z)


def hinge(s, y):
    return np.mean(np.maximum(0, 1 - y * s))


def hinge_grad(s, y):
    return np.where(y * s < 1, -y, 0) / len(s)
