"""loops in plain Python"""

import numpy as np


def l2(w, *, lam=0.1):
    total = 0.0
    for weight in w.flat:
        total += weight * weight
    return lam * total


def l1(w, *, lam=0.1):
    return lam * sum(weight if weight > 0 else -weight for weight in w.flat)


def l1_grad(w, *, lam=0.1):
    slopes = [lam if weight > 0 else -lam if weight < 0 else 0.0 for weight in w.flat]
    return np.array(slopes, dtype=float).reshape(w.shape)


def ridge_gradients(X, y, w, b, *, lam=0.1):
    dw, db = [2 * lam * float(weight) for weight in w], 0.0
    for row, label in zip(X.tolist(), y.tolist()):
        error = b - label
        for x, weight in zip(row, w):
            error += x * weight
        for j, x in enumerate(row):
            dw[j] += 2 * error * x / len(y)
        db += 2 * error / len(y)
    return np.array(dw), db
