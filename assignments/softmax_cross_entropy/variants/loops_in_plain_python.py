"""loops in plain Python"""

import math

import numpy as np


def one_hot(labels, *, classes):
    return [[1 if k == label else 0 for k in range(classes)] for label in labels]


def log_total(row):
    top = max(row)
    return top + math.log(sum(math.exp(z - top) for z in row))


def softmax(logits):
    return [[math.exp(z - log_total(row)) for z in row] for row in logits.tolist()]


def sparse_cross_entropy(logits, labels):
    losses = [log_total(row) - row[k] for row, k in zip(logits.tolist(), labels)]
    return sum(losses) / len(losses)


def categorical_cross_entropy(logits, targets):
    return sparse_cross_entropy(logits, [row.index(1) for row in targets.tolist()])


def cross_entropy_gradient(logits, targets):
    out = np.array(softmax(logits))
    for i in range(out.shape[0]):
        for k in range(out.shape[1]):
            out[i, k] = (out[i, k] - targets[i, k]) / out.shape[0]
    return out
