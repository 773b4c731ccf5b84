"""the paper's shortened form with eps rescaled"""


def adam(w, dw, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = state.get("all", (0, 0, 0))
    t, m, v = t + 1, m + (1 - beta1) * (dw - m), v + (1 - beta2) * (dw**2 - v)
    root = (1 - beta2**t) ** 0.5
    return w - lr * root / (1 - beta1**t) * m / (v**0.5 + eps * root), {"all": (t, m, v)}
