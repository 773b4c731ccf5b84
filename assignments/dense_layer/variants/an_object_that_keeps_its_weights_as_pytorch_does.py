"""an object that keeps its weights as PyTorch does"""

import numpy as np


class Linear:
    """The weight has a row for each output."""

    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def __call__(self, x):
        self.lead, self.columns = x.shape[:-1], x.reshape(-1, x.shape[-1]).T
        return (self.weight @ self.columns + self.bias[:, None]).T.reshape(*self.lead, len(self.bias))

    def backward(self, dout):
        slopes = dout.reshape(-1, len(self.bias)).T
        dx = (self.weight.T @ slopes).T.reshape(*self.lead, -1)
        return dx, (slopes @ self.columns.T).T, slopes @ np.ones(slopes.shape[1])


def dense_forward(x, W, b):
    linear = Linear(W.T, b)
    return linear(x), linear


def dense_backward(dout, cache):
    return cache.backward(dout)
