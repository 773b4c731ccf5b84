"""every layer is an object that remembers its slope"""

import numpy as np


class Activation:
    def __init__(self, f, slope):
        self.f, self.slope = f, slope

    def forward(self, x):
        self.slope_here = self.slope(x)
        return self.f(x)

    def backward(self, dout):
        return np.einsum("ij,ij->ij", dout, self.slope_here)


def run(f, slope, x):
    layer = Activation(f, slope)
    return layer.forward(x), layer


def logistic(x):
    return np.exp(-np.logaddexp(0, -x))


def linear_forward(x, *, alpha=1.0):
    return run(lambda z: z * alpha, lambda z: np.full_like(z, alpha), x)


def sigmoid_forward(x):
    return run(logistic, lambda z: logistic(z) * logistic(-z), x)


def tanh_forward(x):
    return run(lambda z: 2 * logistic(2 * z) - 1, lambda z: 4 * logistic(2 * z) * logistic(-2 * z), x)


def relu_forward(x):
    return run(lambda z: z * (z > 0), lambda z: np.heaviside(z, 0), x)


def leaky_relu_forward(x, *, alpha=0.01):
    return run(lambda z: np.maximum(z, 0) + alpha * np.minimum(z, 0), lambda z: alpha ** (z <= 0), x)


def linear_backward(dout, cache):
    return cache.backward(dout)


sigmoid_backward = tanh_backward = relu_backward = leaky_relu_backward = linear_backward
