"""logaddexp and an identity matrix"""

import numpy as np


def one_hot(labels, *, classes):
    return np.eye(classes)[labels]


def log_softmax(z):
    return z - np.logaddexp.reduce(z, axis=1, keepdims=True)


def sparse_cross_entropy(logits, labels):
    return categorical_cross_entropy(logits, one_hot(labels, classes=logits.shape[1])).item()
