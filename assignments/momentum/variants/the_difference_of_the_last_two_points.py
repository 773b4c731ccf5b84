"""the difference of the last two points"""


def momentum(w, dw, state, *, lr=0.01, beta=0.9):
    """Polyak's heavy ball: w + beta (w - where it was before) - lr dw."""
    before = state.get("before", w)
    return w + beta * (w - before) - lr * dw, {"before": w.copy()}


def ema_momentum(w, dw, state, *, lr=0.01, beta=0.9):
    return momentum(w, dw, state, lr=(1 - beta) * lr, beta=beta)
