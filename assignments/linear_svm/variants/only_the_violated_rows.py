"""only the violated rows, selected by index"""

import numpy as np


def violated(X, y, w, b):
    return np.flatnonzero(1 - y * (np.dot(X, w) + b) > 0)


def objective(X, y, w, b, *, lam=0.1):
    rows = violated(X, y, w, b)
    return (len(rows) - y[rows] @ X[rows] @ w - b * y[rows].sum()) / len(y) + lam * np.dot(w, w)


def subgradient(X, y, w, b, *, lam=0.1):
    rows = violated(X, y, w, b)
    return 2 * lam * w - X[rows].T @ y[rows] / len(X), -np.sum(y[rows]) / len(X)


def train(X, y, w, b, *, lam=0.1, lr=0.1, steps=2000):
    while steps > 0:
        rows = violated(X, y, w, b)
        w, b = (1 - 2 * lr * lam) * w + lr / len(X) * (y[rows] @ X[rows]), b + lr / len(X) * y[rows].sum()
        steps -= 1
    return w, b
