"""a class of layers that change their own copies"""

import numpy as np


class Dense:
    def __init__(self, W, b):
        self.W, self.b = np.array(W), np.array(b)

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.W + self.b

    def backward(self, dZ):
        self.dW, self.db = self.inputs.T @ dZ / len(dZ), np.average(dZ, axis=0)
        return dZ @ self.W.T

    def descend(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db


def train(X, Y, W1, b1, W2, b2, batches, *, lr=1.0):
    hidden, output = Dense(W1, b1), Dense(W2, b2)
    for t in range(batches.shape[0]):
        A1 = np.tanh(hidden.forward(X[batches[t]]))
        A2 = 1 / (1 + np.exp(-output.forward(A1)))
        hidden.backward(output.backward(A2 - Y[batches[t]]) * (1 - A1**2))
        for layer in (output, hidden):
            layer.descend(lr)
    return hidden.W, hidden.b, output.W, output.b
