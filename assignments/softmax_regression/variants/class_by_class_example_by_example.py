"""class by class, example by example"""

import numpy as np


def gradients(X, y, W, b):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, label, p in zip(X, y, probabilities(X, W, b)):
        for k in range(len(b)):
            error = p[k] - (k == label)
            dW[:, k] += error * x
            db[k] += error
    return dW / len(X), db / len(X)


def train(X, y, rng, *, lr=0.2, epochs=10, batch=48, classes=10):
    W, b = 0.01 * rng.normal(size=(X.shape[1], classes)), np.zeros(classes)
    history = []
    for _ in range(epochs):
        order = np.argsort(rng.random(len(X)))
        while len(order):
            rows, order = order[:batch], order[batch:]
            delta = probabilities(X[rows], W, b) - (y[rows, None] == np.arange(classes))
            W, b = W - lr * X[rows].T @ delta / len(rows), b - lr * delta.mean(axis=0)
        history.append((W, b, loss(X, y, W, b)))
    return tuple(np.array(part) for part in zip(*history))
