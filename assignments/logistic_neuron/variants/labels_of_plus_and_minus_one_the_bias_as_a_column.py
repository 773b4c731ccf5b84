"""labels of plus and minus one, and the bias as a column"""

import numpy as np


def log_loss(a, y):
    return -(np.log(a[y > 0.5]).sum() + np.log1p(-a[y < 0.5]).sum()) / a.size


def gradients(X, y, a):
    sign = 2 * y - 1
    given = np.where(sign > 0, a, 1 - a)
    dz = -sign * (1 - given)
    rows = np.insert(X, X.shape[1], 1.0, axis=1)
    both = np.mean(rows * dz[:, np.newaxis], axis=0)
    return -sign / given, dz, both[:-1], both[-1]


def train(X, y, w, b, *, lr=0.1, steps=100):
    signed = np.column_stack([X, np.ones(len(X))]) * np.where(y == 1, 1, -1)[:, None]
    both, losses = np.append(w, b), np.empty(steps)
    for k in range(steps):
        margins = signed @ both
        losses[k] = np.logaddexp(0, -margins).mean()
        both = both + lr * np.exp(-np.logaddexp(0, margins)) @ signed / len(y)
    return both[:-1], both[-1], losses


def standardise(X, X_train):
    mean = X_train.sum(axis=0) / X_train.shape[0]
    spread = np.linalg.norm(X_train - mean, axis=0)
    return (X - mean) * np.where(spread > 0, np.sqrt(len(X_train)) / np.maximum(spread, 1e-300), 1)


def polynomial(X):
    return np.c_[X, X[:, 0] * X[:, 0], X.prod(axis=1), np.square(X[:, 1])]
