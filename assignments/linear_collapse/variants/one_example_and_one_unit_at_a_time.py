"""one example and one unit at a time"""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.columns, self.b = [[float(w) for w in column] for column in W.T], [float(each) for each in b]

    def __call__(self, x):
        return [sum(w * each for w, each in zip(column, x)) + b for column, b in zip(self.columns, self.b)]


def stack(X, Ws, bs, *, alpha=1.0, beta=0.0):
    layers, rows = [Affine(W, b) for W, b in zip(Ws, bs)], []
    for x in X:
        for layer in layers:
            x = [alpha * z + beta for z in layer(x)]
        rows.append(x)
    return np.array(rows)


def relu_stack(X, Ws, bs):
    rows = []
    for x in X:
        for k, (W, b) in enumerate(zip(Ws, bs), start=1):
            x = Affine(W, b)(x)
            if k < len(Ws):
                x = [max(z, 0.0) for z in x]
        rows.append(x)
    return rows


def collapse(Ws, bs, *, alpha=1.0, beta=0.0):
    A = np.linalg.multi_dot(Ws) if len(Ws) > 1 else Ws[0]
    c = 0
    for k, b in enumerate(bs):
        through = alpha * b + beta
        for W in Ws[k + 1 :]:
            through = alpha * through @ W
        c = c + through
    return A * alpha ** len(Ws), c


def count_parameters(sizes):
    total, inputs = 0, None
    for units in sizes:
        if inputs is not None:
            for _ in range(units):
                total += inputs + 1
        inputs = int(units)
    return float(total)


def xor_network():
    return [[1, 1], [1, 1]], [0, -1], [[1], [-2]], [0]
