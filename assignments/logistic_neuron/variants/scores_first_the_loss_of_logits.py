"""scores first, and the loss of scores"""

import numpy as np


def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z < 0, small, 1) / (1 + small)


def forward(X, w, b):
    z = np.full(len(X), b)
    for j in range(len(w)):
        z = z + w[j] * X[:, j]
    return sigmoid(z)


def log_loss(a, y):
    with np.errstate(divide="ignore"):
        z = np.log(a) - np.log1p(-a)
    return np.mean([np.logaddexp(0, -score if label else score) for score, label in zip(z, y)])


def gradients(X, y, a):
    residual = (1 - y) * a - y * (1 - a)
    with np.errstate(all="ignore"):
        return residual / (a - a**2), residual, residual @ X / a.size, np.average(residual)


def train(X, y, w, b, lr=0.1, steps=100):
    losses = []
    for _ in range(steps):
        z = X.dot(w) + b
        losses += [np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))]
        residual = sigmoid(z) - y
        w, b = w - lr / len(z) * residual @ X, b - lr / len(z) * residual.sum()
    return w, b, losses


def standardise(X, X_train):
    deviation = np.sqrt(np.mean(np.abs(X_train - X_train.mean(0)) ** 2, 0))
    deviation += deviation == 0
    return X / deviation - X_train.mean(0) / deviation


def polynomial(X):
    one, two = X[:, :1], X[:, 1:]
    return np.concatenate([one, two, one**2, one * two, two**2], axis=1)
