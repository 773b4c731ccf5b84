"""an object behind the function"""

import numpy as np


class MeanSquare:
    def __init__(self, shape):
        self.v = np.zeros(shape)

    def step(self, g, lr, beta, eps):
        self.v *= beta
        self.v += (1 - beta) * g * g
        return lr * g / (eps + np.sqrt(self.v))


def rmsprop(w, dw, state, *, lr=0.01, beta=0.99, eps=1e-8):
    memory = state if isinstance(state, MeanSquare) else MeanSquare(w.shape)
    return w - memory.step(dw, lr, beta, eps), memory
