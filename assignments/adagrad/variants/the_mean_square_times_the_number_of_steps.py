"""the mean square times the number of steps, where a gradient is 0 no division"""

import numpy as np


def adagrad(w, dw, state, *, lr=0.01, eps=1e-10):
    t, mean = state or (0, np.zeros(w.shape))
    t, mean = t + 1, mean + (dw**2 - mean) / (t + 1)
    root = np.sqrt(t * mean)
    step = np.divide(lr * dw, root + eps, out=np.zeros(w.shape), where=dw != 0)
    return w - step, (t, mean)
