import numpy as np


def log_probabilities(X, W, b):
    logits = X @ W + b
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def probabilities(X, W, b):
    return np.exp(log_probabilities(X, W, b))


def loss(X, y, W, b):
    n = len(X)
    return -log_probabilities(X, W, b)[np.arange(n), y].mean()


def gradients(X, y, W, b):
    n = len(X)
    delta = probabilities(X, W, b)
    delta[np.arange(n), y] -= 1
    return X.T @ delta / n, delta.sum(axis=0) / n


def train(X, y, rng, *, lr=0.2, epochs=10, batch=48, classes=10):
    n, d = X.shape
    W = rng.normal(0, 0.01, size=(d, classes))
    b = np.zeros(classes)
    Ws, bs, losses = [], [], []
    for _ in range(epochs):
        order = rng.permutation(n)
        for start in range(0, n, batch):
            rows = order[start : start + batch]
            dW, db = gradients(X[rows], y[rows], W, b)
            W = W - lr * dW
            b = b - lr * db
        Ws.append(W)
        bs.append(b)
        losses.append(loss(X, y, W, b))
    return np.array(Ws), np.array(bs), np.array(losses)
