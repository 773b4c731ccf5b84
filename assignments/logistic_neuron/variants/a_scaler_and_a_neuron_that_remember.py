"""a scaler and a neuron that remember, with fit and transform"""

import numpy as np


class Scaler:
    def fit(self, X):
        self.mean, self.deviation = np.average(X, axis=0), np.sqrt(np.var(X, axis=0))
        self.deviation[self.deviation == 0] = 1
        return self

    def transform(self, X):
        return np.divide(np.subtract(X, self.mean), self.deviation)


class Neuron:
    def __init__(self, w, b):
        self.w, self.b, self.losses = np.array(w), b, []

    def __call__(self, X):
        self.X, self.a = X, 0.5 + 0.5 * np.tanh((X @ self.w + self.b) / 2)
        return self.a

    def backward(self, y):
        self.dw, self.db = np.einsum("n,nd->d", self.a - y, self.X) / y.size, np.mean(self.a - y)

    def descend(self, lr):
        self.w -= lr * self.dw
        self.b = self.b - lr * self.db

    def fit(self, X, y, lr, steps):
        for _ in range(steps):
            self.losses.append(log_loss(self(X), y))
            self.backward(y)
            self.descend(lr)
        return self


def sigmoid(z):
    return Neuron(np.ones(1), 0.0)(np.reshape(z, (-1, 1)))


def forward(X, w, b):
    return Neuron(w, b)(X)


def train(X, y, w, b, *, lr=0.1, steps=100):
    neuron = Neuron(w, b).fit(X, y, lr, steps)
    return neuron.w, neuron.b, np.asarray(neuron.losses)


def standardise(X, X_train):
    return Scaler().fit(X_train).transform(X)


def polynomial(X):
    products = X[:, :, None] * X[:, None, :]
    return np.hstack([X, products[:, [0, 0, 1], [0, 1, 1]]])
