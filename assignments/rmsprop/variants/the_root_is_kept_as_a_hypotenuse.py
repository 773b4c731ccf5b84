"""the root is kept, as a hypotenuse, and divides nothing where a gradient is 0"""

import numpy as np


def rmsprop(w, dw, state, *, lr=0.01, beta=0.99, eps=1e-8):
    root = np.hypot(np.sqrt(beta) * state.get("root", 0.0), np.sqrt(1 - beta) * dw)
    step = np.zeros_like(w)
    moved = dw != 0
    step[moved] = dw[moved] / (root[moved] + eps)
    return w - lr * step, {"root": root}
