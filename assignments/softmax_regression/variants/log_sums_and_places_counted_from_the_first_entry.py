"""log sums by logaddexp, and places counted from the first entry, in 32 bits"""

import numpy as np


def log_probabilities(X, W, b):
    logits = np.einsum("nd,dc->nc", X, W) + b
    return logits - np.logaddexp.reduce(logits, axis=1)[:, None]


def places(y, classes):
    return np.arange(len(y), dtype=np.int32) * classes + y.astype(np.int32)


def loss(X, y, W, b):
    return -np.take(log_probabilities(X, W, b), places(y, len(b))).sum() / len(y)


def gradients(X, y, W, b):
    slope = probabilities(X, W, b) / len(y)
    slope.flat[places(y, len(b))] -= 1 / len(y)
    return np.dot(X.T, slope), np.add.reduce(slope)
