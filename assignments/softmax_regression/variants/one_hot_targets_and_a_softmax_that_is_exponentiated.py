"""one-hot targets, and a softmax that is exponentiated"""

import numpy as np


def probabilities(X, W, b):
    z = X @ W + b
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def loss(X, y, W, b):
    z = X @ W + b
    top = z.max(axis=1)
    return float(np.mean(top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - z[np.arange(len(y)), y]))


def gradients(X, y, W, b):
    error = (probabilities(X, W, b) - np.eye(len(b))[y]) / len(X)
    return X.T @ error, error.sum(0)
