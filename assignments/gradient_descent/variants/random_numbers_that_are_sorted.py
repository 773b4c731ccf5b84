"""random numbers that are sorted"""

import math

import numpy as np


class Trainer:
    def __init__(self, X, y, rng, size):
        self.X, self.y, self.rng, self.size = X, y, rng, size

    def batches(self):
        order = np.argsort(self.rng.random(len(self.X)))
        while len(order):
            yield self.X[order[: self.size]], self.y[order[: self.size]]
            order = order[self.size :]

    def epoch(self, w, lr):
        for X, y in self.batches():
            w = w - lr * (2 / len(X)) * (X.T @ (X @ w) - X.T @ y)
        return w


def minibatches(X, y, rng, *, size=32):
    return list(Trainer(X, y, rng, size).batches())


def train(X, y, w, rates, rng, *, size=32):
    trainer, path = Trainer(X, y, rng, size), [w]
    for lr in rates:
        path.append(trainer.epoch(path[-1], lr))
    return np.stack(path[1:])


def step_decay(*, lr=0.1, epochs=30, factor=0.5, every=10):
    rates = []
    for epoch in range(epochs):
        if epoch and epoch % every == 0:
            lr *= factor
        rates.append(lr)
    return np.array(rates)


def cosine(*, lr=0.1, epochs=30, lowest=0.0):
    return [lowest + (lr - lowest) / 2 * (1 + math.cos(math.pi * epoch / epochs)) for epoch in range(epochs)]
