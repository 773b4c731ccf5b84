"""beta's powers carried along"""

import numpy as np


def adam(w, dw, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    s = dict(state) or {"p1": 1.0, "p2": 1.0, "moments": np.zeros((2, w.size))}
    betas, g = np.array([[beta1], [beta2]]), dw.ravel()
    s["moments"] = betas * s["moments"] + (1 - betas) * np.stack([g, g * g])
    s["p1"], s["p2"] = s["p1"] * beta1, s["p2"] * beta2
    first, second = s["moments"]
    step = np.divide(lr * first / (1 - s["p1"]), eps + np.sqrt(second / (1 - s["p2"])))
    return w - step.reshape(w.shape), s
