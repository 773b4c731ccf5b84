"""standard draws, and loops over examples"""

import numpy as np


def small_normal(rng, *, fan_in, fan_out, scale=0.01):
    return scale * rng.standard_normal((fan_in, fan_out))


def xavier(rng, *, fan_in, fan_out):
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt((fan_in + fan_out) / 2)


def he(rng, *, fan_in, fan_out):
    return 2**0.5 * rng.standard_normal((fan_in, fan_out)) * fan_in**-0.5


def train_hidden(X, Y, W1, b1, W2, b2, *, lr=0.1, steps=50):
    parameters = [W1, b1, W2[:, 0], b2[0]]
    for _ in range(steps):
        slopes = [np.zeros(np.shape(p)) for p in parameters]
        W1, b1, w2, b2 = parameters
        for x, y in zip(X, Y[:, 0]):
            a = np.tanh(x @ W1 + b1)
            error = 2 * (a @ w2 + b2 - y)
            back = error * w2 / np.cosh(x @ W1 + b1) ** 2
            for slope, part in zip(slopes, (np.outer(x, back), back, error * a, error)):
                slope += part / len(X)
        parameters = [p - lr * slope for p, slope in zip(parameters, slopes)]
    return parameters[0]


def deviations(X, Ws):
    outputs = [X]
    for W in Ws:
        Z = outputs[-1] @ W
        outputs.append(np.where(Z > 0, Z, 0.0))
    return np.array([np.sqrt(np.mean((A - np.mean(A)) ** 2)) for A in outputs[1:]])
