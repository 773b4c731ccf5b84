import numpy as np


def step(w, dw, *, lr=0.1):
    return w - lr * dw


def mse_gradient(X, y, w):
    return 2 * X.T @ (X @ w - y) / len(y)


def minibatches(X, y, rng, *, size=32):
    order = rng.permutation(len(X))
    batches = []
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        batches.append((X[rows], y[rows]))
    return batches


def train(X, y, w, rates, rng, *, size=32):
    path = []
    for lr in rates:
        for X_k, y_k in minibatches(X, y, rng, size=size):
            w = step(w, mse_gradient(X_k, y_k, w), lr=lr)
        path.append(w)
    return np.array(path)


def step_decay(*, lr=0.1, epochs=30, factor=0.5, every=10):
    return lr * factor ** (np.arange(epochs) // every)


def cosine(*, lr=0.1, epochs=30, lowest=0.0):
    fall = (1 + np.cos(np.pi * np.arange(epochs) / epochs)) / 2  # from 1 towards 0
    return lowest + (lr - lowest) * fall
