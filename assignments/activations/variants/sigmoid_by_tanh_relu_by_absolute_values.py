"""sigmoid by tanh, ReLU by absolute values"""

import numpy as np


def sigmoid_forward(x):
    return (1 + np.tanh(x / 2)) / 2, x


def sigmoid_backward(dout, x):
    s = sigmoid_forward(x)[0]
    return (s - s**2) * dout


def relu_forward(x):
    return (np.abs(x) + x) / 2, np.sign(x)


def relu_backward(dout, sign):
    return dout * np.maximum(sign, 0)


def leaky_relu_forward(x, *, alpha=0.01):
    return np.maximum(x, alpha * x), (x, alpha)


def leaky_relu_backward(dout, cache):
    x, alpha = cache
    return alpha * dout + (1 - alpha) * dout * (x > 0)
