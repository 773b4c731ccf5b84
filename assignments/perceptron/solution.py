import numpy as np


def predict(X, w, b):
    return (X @ w + b > 0).astype(int)


def step(x, y, w, b):
    error = y - predict(x[None], w, b)[0]
    return w + error * x, b + error


def train(X, y, *, epochs=100):
    w, b = np.zeros(X.shape[1]), 0.0
    mistakes, stopped = np.zeros(epochs), 0
    for epoch in range(epochs):
        for x, label in zip(X, y):
            mistakes[epoch] += predict(x[None], w, b)[0] != label
            w, b = step(x, label, w, b)
        stopped = epoch + 1
        if mistakes[epoch] == 0:
            break
    return w, b, mistakes, stopped
