"""the inverse of the normal law, the bias as a column"""

from statistics import NormalDist

import numpy as np


def normal(rng, sigma, fan_in, fan_out):
    quantile = NormalDist(0, sigma).inv_cdf
    draws = (rng.integers(0, 2**52, size=(fan_in, fan_out)) + 0.5) / 2**52
    return np.array([[quantile(u) for u in row] for row in draws.tolist()])


def train_hidden(X, Y, W1, b1, W2, b2, *, lr=0.1, steps=50):
    n = len(X)
    one = np.ones((n, 1))
    inputs, V1, V2 = np.hstack([X, one]), np.vstack([W1, b1]), np.vstack([W2, b2])
    for _ in range(steps):
        hidden = np.tanh(inputs @ V1)
        error = np.hstack([hidden, one]) @ V2 - Y
        slope1 = inputs.T @ (np.outer(error, V2[:-1]) * (1 - hidden**2))
        slope2 = np.hstack([hidden, one]).T @ error
        V1, V2 = V1 - 2 * lr / n * slope1, V2 - 2 * lr / n * slope2
    return V1[:-1]


def deviations(X, Ws):
    found, A = np.empty(len(Ws)), X.copy()
    for k, W in enumerate(Ws):
        A = A @ W
        A[A < 0] = 0
        found[k] = A.std()
    return found
