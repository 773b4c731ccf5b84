import numpy as np


def rmsprop(w, dw, state, *, lr=0.01, beta=0.99, eps=1e-8):
    v = beta * state.get("v", 0) + (1 - beta) * dw**2
    w = w - lr * dw / (np.sqrt(v) + eps)
    return w, {"v": v}
