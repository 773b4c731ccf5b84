"""the whole loop on the mean loss"""

import numpy as np


def loss(A2, Y):
    p = np.clip(A2, 1e-12, 1 - 1e-12)
    return -(Y * np.log(p) + (1 - Y) * np.log1p(-p)).mean()


def train(X, Y, W1, b1, W2, b2, batches, *, lr=1.0):
    parameters = [W1.copy(), b1.copy(), W2.copy(), b2.copy()]
    for batch in batches:
        x, y = X.take(batch, axis=0), Y.take(batch, axis=0)
        _, A1, _, A2 = forward(x, *parameters)
        delta2 = (A2 - y) / batch.size
        delta1 = (delta2 @ parameters[2].T) * (1 + A1) * (1 - A1)
        gradients = x.T @ delta1, delta1.sum(0), A1.T @ delta2, delta2.sum(0)
        for parameter, gradient in zip(parameters, gradients):
            parameter -= lr * gradient
    return tuple(parameters)
