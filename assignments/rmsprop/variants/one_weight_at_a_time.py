"""one weight at a time"""

from math import sqrt

import numpy as np


def rmsprop(w, dw, state, *, lr=0.01, beta=0.99, eps=1e-8):
    means, new = list(state) or [0.0] * w.size, []
    for i, (x, g) in enumerate(zip(w.flat, dw.flat)):
        means[i] = beta * means[i] + (1 - beta) * g**2
        new.append(x - lr * g / (sqrt(means[i]) + eps))
    return np.array(new).reshape(w.shape), means
