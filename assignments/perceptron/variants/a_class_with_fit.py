"""a class with fit"""

import numpy as np


class Perceptron:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def fires(self, x):
        return bool(np.sum(x * self.w) + self.b > 0)

    def learn(self, x, y):
        """Say whether it was wrong; if so, it is moved."""
        fired = self.fires(x)
        if fired and y == 0:
            self.w, self.b = self.w - x, self.b - 1
        if not fired and y == 1:
            self.w, self.b = self.w + x, self.b + 1
        return fired != (y == 1)

    def fit(self, X, y, epochs):
        history = []
        for _ in range(epochs):
            history.append(sum(self.learn(x, label) for x, label in zip(X, y)))
            if history[-1] == 0:
                break
        return history


def predict(X, w, b):
    neuron = Perceptron(w, b)
    return np.array([neuron.fires(x) for x in X])


def step(x, y, w, b):
    neuron = Perceptron(w, b)
    neuron.learn(x, y)
    return neuron.w, neuron.b


def train(X, y, *, epochs=100):
    neuron = Perceptron(np.zeros(len(X[0])), 0.0)
    history = neuron.fit(X, y, epochs)
    mistakes = np.zeros(epochs)
    mistakes[: len(history)] = history
    return neuron.w, neuron.b, mistakes, float(len(history))
