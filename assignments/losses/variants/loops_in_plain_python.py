"""loops in plain Python"""

import math

import numpy as np


def mse(p, y):
    rows, columns = p.shape
    total = 0.0
    for i in range(rows):
        for j in range(columns):
            total += (p[i, j] - y[i, j]) ** 2
    return total / (rows * columns)


def mse_grad(p, y):
    return [[2 * (a - b) / p.size for a, b in zip(*pair)] for pair in zip(p.tolist(), y.tolist())]


def bce(a, y):
    return sum(-math.log(p if label else 1 - p) for p, label in zip(a, y)) / len(y)


def bce_grad(a, y):
    return [(-1 / p if label else 1 / (1 - p)) / len(y) for p, label in zip(a, y)]


def bce_logits(z, y):
    losses = []
    for logit, label in zip(z, y):
        against = -logit if label == 1 else logit  # the logit of the label that is not true
        losses.append(math.log1p(math.exp(against)) if against < 0 else against + math.log1p(math.exp(-against)))
    return math.fsum(losses) / len(losses)


def bce_logits_grad(z, y):
    out = np.empty(len(z))
    for i, logit in enumerate(z):
        out[i] = 1 / (1 + math.exp(-logit)) if logit >= 0 else 1 - 1 / (1 + math.exp(logit))
        out[i] -= y[i]
        out[i] /= len(z)
    return out


def hinge(s, y):
    return sum(max(0.0, 1 - score * label) for score, label in zip(s, y)) / len(s)


def hinge_grad(s, y):
    return [-label / len(s) if score * label < 1 else 0.0 for score, label in zip(s, y)]
