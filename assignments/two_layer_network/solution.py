import numpy as np


def forward(X, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    Z2 = A1 @ W2 + b2
    A2 = np.exp(-np.logaddexp(0, -Z2))  # 1 / (1 + exp(-Z2)), without overflow
    return Z1, A1, Z2, A2


def loss(A2, Y):
    right = np.where(Y == 1, A2, 1 - A2)  # the probability that was given to the true label
    return -np.log(right).mean()


def backward(X, Y, W2, A1, A2):
    n = len(X)
    dZ2 = A2 - Y
    dW2 = A1.T @ dZ2 / n
    db2 = dZ2.sum(axis=0) / n
    dZ1 = dZ2 @ W2.T * (1 - A1**2)
    dW1 = X.T @ dZ1 / n
    db1 = dZ1.sum(axis=0) / n
    return dZ2, dW2, db2, dZ1, dW1, db1


def train(X, Y, W1, b1, W2, b2, batches, *, lr=1.0):
    for batch in batches:
        x, y = X[batch], Y[batch]
        _, A1, _, A2 = forward(x, W1, b1, W2, b2)
        _, dW2, db2, _, dW1, db1 = backward(x, y, W2, A1, A2)
        W1 = W1 - lr * dW1
        b1 = b1 - lr * db1
        W2 = W2 - lr * dW2
        b2 = b2 - lr * db2
    return W1, b1, W2, b2
