"""a weighted sum over the whole history"""

import numpy as np


def rmsprop(w, dw, state, *, lr=0.01, beta=0.99, eps=1e-8):
    history = [*state, dw] if state else [dw]
    weights = (1 - beta) * np.power(float(beta), np.arange(len(history))[::-1])
    v = np.tensordot(weights, np.square(history), axes=1)
    return w - np.divide(lr * dw, np.sqrt(v) + eps), history
