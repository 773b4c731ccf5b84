"""a loop over weights"""

from math import sqrt

import numpy as np


def adam(w, dw, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = state if state else (0, [0.0] * len(w), [0.0] * len(w))
    t, m, v, new = t + 1, list(m), list(v), np.empty(len(w))
    for i, g in enumerate(dw):
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g**2
        new[i] = w[i] - lr * (m[i] / (1 - beta1**t)) / (sqrt(v[i] / (1 - beta2**t)) + eps)
    return new, (t, m, v)
