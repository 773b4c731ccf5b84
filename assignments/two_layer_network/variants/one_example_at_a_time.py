"""one example at a time"""

import math

import numpy as np


def unit(inputs, weights, bias):
    return sum(i * w for i, w in zip(inputs, weights)) + bias


def forward(X, W1, b1, W2, b2):
    Z1 = [[unit(x, w, b) for w, b in zip(W1.T, b1)] for x in X]
    A1 = [[math.tanh(z) for z in row] for row in Z1]
    Z2 = [[unit(a, W2[:, 0], b2[0])] for a in A1]
    A2 = [[1 / (1 + math.exp(-z)) if z > -700 else 0.0] for [z] in Z2]
    return Z1, A1, Z2, A2


def loss(A2, Y):
    total = 0.0
    for a, y in zip(A2[:, 0], Y[:, 0]):
        total -= math.log(a) if y else math.log(1 - a)
    return total / len(Y)


def backward(X, Y, W2, A1, A2):
    A1, A2 = np.asarray(A1), np.asarray(A2)
    dZ2, dZ1 = [], []
    dW2, db2, dW1, db1 = np.zeros_like(W2), np.zeros(1), np.zeros((X.shape[1], A1.shape[1])), np.zeros(A1.shape[1])
    for x, y, a1, a2 in zip(X, Y, A1, A2):
        dz2 = a2 - y
        dz1 = dz2 * W2[:, 0] * (1 - a1 * a1)
        dZ2.append(dz2)
        dZ1.append(dz1)
        dW2 += np.outer(a1, dz2) / len(X)
        db2 += dz2 / len(X)
        dW1 += np.outer(x, dz1) / len(X)
        db1 += dz1 / len(X)
    return np.array(dZ2), dW2, db2, np.array(dZ1), dW1, db1


def train(X, Y, W1, b1, W2, b2, batches, *, lr=1.0):
    for batch in batches:
        W1, b1, W2, b2 = step(X[batch], Y[batch], W1, b1, W2, b2, lr)
    return W1, b1, W2, b2


def step(X, Y, W1, b1, W2, b2, lr):
    A1 = np.tanh(X @ W1 + b1)
    A2 = 1 / (1 + np.exp(-A1 @ W2 - b2))
    _, dW2, db2, _, dW1, db1 = backward(X, Y, W2, A1, A2)
    return W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2
