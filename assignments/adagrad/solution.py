import numpy as np


def adagrad(w, dw, state, *, lr=0.01, eps=1e-10):
    s = state.get("s", 0) + dw**2
    w = w - lr * dw / (np.sqrt(s) + eps)
    return w, {"s": s}
