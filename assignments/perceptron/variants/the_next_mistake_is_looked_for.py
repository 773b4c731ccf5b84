"""the next mistake is looked for in all rows that are left of the epoch"""

import numpy as np


def predict(X, w, b):
    return [1 if score > 0 else 0 for score in np.dot(X, w) + b]


def train(X, y, *, epochs=100):
    w, b = 0 * X[0], 0
    counts = []
    while len(counts) < epochs and (not counts or counts[-1]):
        at, count = 0, 0
        while True:
            wrong = np.flatnonzero(np.array(predict(X[at:], w, b), int) != y[at:])
            if not wrong.size:
                break
            at += wrong[0]
            w, b = w + (X[at] if y[at] else -X[at]), b + (1 if y[at] else -1)
            at, count = at + 1, count + 1
        counts.append(count)
    return w, b, np.array(counts + [0] * (epochs - len(counts)), float), len(counts)
