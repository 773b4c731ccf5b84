"""an order that is split"""

import numpy as np


def step(w, dw, *, lr=0.1):
    return np.subtract(w, np.multiply(dw, lr))


def mse_gradient(X, y, w):
    error = np.einsum("nd,d->n", X, w) - y
    return np.mean(2 * error[:, None] * X, axis=0)


def minibatches(X, y, rng, *, size=32):
    order = np.arange(len(X))
    rng.shuffle(order)
    return [(X[rows], y[rows]) for rows in np.split(order, range(size, len(X), size))]


def step_decay(*, lr=0.1, epochs=30, factor=0.5, every=10):
    return [lr * factor ** (epoch // every) for epoch in range(epochs)]
