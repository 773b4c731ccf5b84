"""Rosenblatt's rule, a row at a time."""

import torch


def predict(X, w, b):
    return (X @ w + b > 0).long()


def step(x, y, w, b):
    error = (y - predict(x[None], w, b)[0]).to(x.dtype)
    return w + error * x, b + error


def train(X, y, epochs):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    mistakes, stopped = X.new_zeros(epochs), 0
    for epoch in range(epochs):
        for x, label in zip(X, y, strict=True):
            mistakes[epoch] += predict(x[None], w, b)[0] != label
            w, b = step(x, label, w, b)
        stopped += 1
        if not mistakes[epoch]:
            break
    return w, b, mistakes, torch.tensor(float(stopped))
