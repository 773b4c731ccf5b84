import numpy as np


def objective(X, y, w, b, *, lam=0.1):
    margins = y * (X @ w + b)
    return np.maximum(0, 1 - margins).mean() + lam * (w**2).sum()


def subgradient(X, y, w, b, *, lam=0.1):
    margins = y * (X @ w + b)
    pull = np.where(margins < 1, -y, 0) / len(y)  # the derivative of the mean with respect to each score
    return pull @ X + 2 * lam * w, pull.sum()


def train(X, y, w, b, *, lam=0.1, lr=0.1, steps=2000):
    for _ in range(steps):
        dw, db = subgradient(X, y, w, b, lam=lam)
        w = w - lr * dw
        b = b - lr * db
    return w, b
