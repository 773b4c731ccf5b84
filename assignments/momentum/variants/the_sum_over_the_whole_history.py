"""the sum over the whole history"""

import numpy as np


def momentum(w, dw, state, *, lr=0.01, beta=0.9):
    history = [*state, dw] if state else [dw]
    fade = np.power(beta, np.arange(len(history))[::-1])
    return w - lr * np.einsum("t,t...->...", fade, np.array(history)), history


def ema_momentum(w, dw, state, *, lr=0.01, beta=0.9):
    w, history = momentum(w, dw, state, lr=lr - lr * beta, beta=beta)
    return w, history
