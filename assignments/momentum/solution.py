def momentum(w, dw, state, *, lr=0.01, beta=0.9):
    v = beta * state.get("v", 0) + dw
    w = w - lr * v
    return w, {"v": v}


def ema_momentum(w, dw, state, *, lr=0.01, beta=0.9):
    u = beta * state.get("u", 0) + (1 - beta) * lr * dw
    w = w - u
    return w, {"u": u}
