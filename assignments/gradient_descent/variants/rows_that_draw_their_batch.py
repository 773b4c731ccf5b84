"""rows that draw their batch"""

import numpy as np


def mse_gradient(X, y, w):
    total = np.zeros(len(w))
    for x, label in zip(X, y):
        total += 2 * (x @ w - label) * x
    return total / len(X)


def minibatches(X, y, rng, *, size=32):
    of = rng.permutation(np.arange(len(X)) // size)
    return [(X[of == k], y[of == k]) for k in range(of.max() + 1)]


def cosine(*, lr=0.1, epochs=30, lowest=0.0):
    """The same by half the angle: 1 + cos a is 2 cos² (a / 2)."""
    half = np.arange(epochs) * np.pi / (2 * epochs)
    return lr * np.cos(half) ** 2 + lowest * np.sin(half) ** 2
