"""examples are columns, as on the slides"""

import numpy as np


def forward(X, W1, b1, W2, b2):
    A0, b1, b2 = X.T, b1.reshape(-1, 1), b2.reshape(-1, 1)
    Z1 = np.dot(W1.T, A0) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2.T, A1) + b2
    A2 = np.where(Z2 < 0, np.exp(np.minimum(Z2, 0)), 1) / (1 + np.exp(-np.abs(Z2)))
    return Z1.T, A1.T, Z2.T, A2.T


def loss(A2, Y):
    """1e-8 keeps the logarithms finite and changes no digit that counts."""
    m = Y.T.shape[1]
    return float(-np.sum(Y * np.log(A2 + 1e-8) + (1 - Y) * np.log(1 - A2 + 1e-8)) / m)


def backward(X, Y, W2, A1, A2):
    X, Y, W2, A1, A2 = X.T, Y.T, W2.T, A1.T, A2.T
    m = X.shape[1]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return dZ2.T, dW2.T, db2[:, 0], dZ1.T, dW1.T, db1[:, 0]
