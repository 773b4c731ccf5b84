"""the signs the other way round"""

import numpy as np


def momentum(w, dw, state, *, lr=0.01, beta=0.9):
    v = state.get("v", np.zeros_like(w))
    v = beta * v - lr * dw
    return w + v, {"v": v}


def ema_momentum(w, dw, state, *, lr=0.01, beta=0.9):
    average = state.get("average", np.zeros_like(w))
    average = average + (1 - beta) * (dw - average)
    return w - lr * average, {"average": average}
