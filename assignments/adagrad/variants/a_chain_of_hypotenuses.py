"""a chain of hypotenuses"""

import numpy as np


def adagrad(w, dw, state, *, lr=0.01, eps=1e-10):
    root = np.hypot(state.get("root", 0.0), dw)
    return w - lr * (dw / (root + eps)), {"root": root}
