"""one example at a time"""

import math

import numpy as np


def sigmoid(z):
    return [1 / (1 + math.exp(-each)) if each > 0 else math.exp(each) / (1 + math.exp(each)) for each in z]


def forward(X, w, b):
    return sigmoid([sum(x * weight for x, weight in zip(row, w)) + b for row in X])


def log_loss(a, y):
    total = 0.0
    for p, label in zip(a, y):
        total -= math.log(p if label else 1 - p)
    return total / len(y)


def gradients(X, y, a):
    da, dz, dw, db = [], [], [0.0] * len(X[0]), 0.0
    for row, label, p in zip(X, y, a):
        da.append(-1 / p if label else 1 / (1 - p))
        dz.append(p - 1 if label else p)
        dw = [total + x * dz[-1] / len(X) for total, x in zip(dw, row)]
        db += dz[-1] / len(X)
    return da, dz, dw, db


def train(X, y, w, b, *, lr=0.1, steps=100):
    w, losses = list(w), []
    while len(losses) < steps:
        a = forward(X, w, b)
        losses.append(log_loss(a, y))
        _, _, dw, db = gradients(X, y, a)
        w = [weight - lr * slope for weight, slope in zip(w, dw)]
        b -= lr * db
    return np.array(w), b, losses


def standardise(X, X_train):
    columns = []
    for new, known in zip(X.T, X_train.T):
        mean = math.fsum(known) / len(known)
        deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in known) / len(known))
        columns.append([(x - mean) / (deviation or 1) for x in new])
    return np.array(columns).T


def polynomial(X):
    return np.array([[p, q, p * p, p * q, q * q] for p, q in X])
