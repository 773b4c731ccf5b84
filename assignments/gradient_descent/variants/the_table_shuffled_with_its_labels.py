"""the table shuffled with its labels"""

import numpy as np


def minibatches(X, y, rng, *, size=32):
    table = rng.permutation(np.column_stack([X, y]))
    return tuple([part[:, :-1], part[:, -1]] for part in np.split(table, np.arange(size, len(table), size)))


def train(X, y, w, rates, rng, *, size=32):
    w, path = w.copy(), np.zeros((len(rates), len(w)))
    for epoch, lr in enumerate(rates):
        table = rng.permutation(np.column_stack([X, y]))
        for start in range(0, len(table), size):
            part = table[start : start + size]
            w -= lr * mse_gradient(part[:, :-1], part[:, -1], w)
        path[epoch] = w
    return path


def step_decay(*, lr=0.1, epochs=30, factor=0.5, every=10):
    return np.repeat([lr * factor**k for k in range(epochs // every + 1)], every)[:epochs]
