"""part of the way to the new square"""


def rmsprop(w, dw, state, *, lr=0.01, beta=0.99, eps=1e-8):
    v = 0 if isinstance(state, dict) else state
    v = v + (1 - beta) * (dw * dw - v)
    return w + -lr / (v**0.5 + eps) * dw, v
