"""one weight at a time"""

from math import sqrt

import numpy as np


def adam(w, dw, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = state if state else (0, [0.0] * w.size, [0.0] * w.size)
    t, m, v, new = t + 1, list(m), list(v), np.empty(w.size)
    for i, g in enumerate(dw.flat):
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g**2
        new[i] = w.flat[i] - lr * (m[i] / (1 - beta1**t)) / (sqrt(v[i] / (1 - beta2**t)) + eps)
    return new.reshape(w.shape), (t, m, v)
