"""an object behind the function"""

import numpy as np


class Moments:
    def __init__(self, shape):
        self.t, self.m, self.v = 0, np.zeros(shape), np.zeros(shape)

    def step(self, g, lr, beta1, beta2, eps):
        self.t += 1
        self.m *= beta1
        self.m += (1 - beta1) * g
        self.v *= beta2
        self.v += (1 - beta2) * g * g
        return lr * (self.m / (1 - beta1**self.t)) / (np.sqrt(self.v / (1 - beta2**self.t)) + eps)


def adam(w, dw, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    moments = state or Moments(w.shape)
    return w - moments.step(dw, lr, beta1, beta2, eps), moments
