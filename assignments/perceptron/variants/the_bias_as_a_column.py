"""the bias as a column of ones"""

import numpy as np


def predict(X, w, b):
    return np.heaviside(np.column_stack([X, np.ones(len(X))]) @ np.append(w, b), 0).astype(np.int64)


def step(x, y, w, b):
    row, weights = np.append(x, 1.0), np.append(w, b)
    if row @ weights > 0 and y == 0:
        weights = weights - row
    elif row @ weights <= 0 and y == 1:
        weights = weights + row
    return weights[:-1], weights[-1]
