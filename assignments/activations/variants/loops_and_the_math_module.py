"""loops and the math module"""

import math

import numpy as np


def each(f, *arrays):
    out = np.empty(arrays[0].shape)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = f(*(float(a[i, j]) for a in arrays))
    return out


def logistic(z):
    if z < 0:
        return math.exp(z) / (1 + math.exp(z))
    return 1 / (1 + math.exp(-z))


def sigmoid_forward(x):
    return each(logistic, x), {"x": x}


def sigmoid_backward(dout, cache):
    return each(lambda d, z: d * logistic(z) * logistic(-z), dout, cache["x"])


def tanh_forward(x):
    return each(math.tanh, x), {"x": x}


def tanh_backward(dout, cache):
    return each(lambda d, z: d * (1 - math.tanh(z)) * (1 + math.tanh(z)), dout, cache["x"])


def relu_forward(x):
    return each(lambda z: z if z > 0 else 0, x), {"x": x}


def relu_backward(dout, cache):
    return each(lambda d, z: d if z > 0 else 0, dout, cache["x"])
