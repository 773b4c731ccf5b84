"""a step as one affine map"""

import numpy as np


def train(X, y, w, b, *, lam=0.1, lr=0.1, steps=200):
    n, d = X.shape
    whole = np.hstack([X, np.ones((n, 1))])
    penalty = np.diag([2 * lr * lam] * d + [0])
    shrink = np.eye(d + 1) - penalty - 2 * lr / n * whole.T @ whole
    push = 2 * lr / n * whole.T @ y
    both = np.append(w, b)
    while steps > 0:
        both, steps = shrink @ both + push, steps - 1
    return both[:d], both[d]
