"""what the stack says to unit vectors"""

import numpy as np


def stack(X, Ws, bs, *, alpha=1.0, beta=0.0):
    for k in range(len(Ws)):
        X = np.einsum("ni,io->no", X, alpha * Ws[k]) + (alpha * bs[k] + beta)
    return X


def relu_stack(X, Ws, bs):
    *hidden, last = zip(Ws, bs)
    for W, b in hidden:
        X = np.where(-b < X @ W, X @ W + b, 0)
    return X @ last[0] + last[1]


def collapse(Ws, bs, *, alpha=1.0, beta=0.0):
    d = Ws[0].shape[0]
    said = stack(np.vstack([np.zeros(d), np.identity(d)]), Ws, bs, alpha=alpha, beta=beta)
    return said[1:] - said[0], said[0]


def count_parameters(sizes):
    layers = [(np.empty((i, o)), np.empty(o)) for i, o in np.column_stack([sizes[:-1], sizes[1:]])]
    return sum(W.size + b.size for W, b in layers)


def xor_network():
    return np.array([[3.0, 1.0], [3.0, 1.0]]), np.array([-3.0, 0.0]), np.array([[-2 / 3], [1.0]]), np.array([0.0])
