"""the state is the bare array"""


def momentum(w, dw, state, *, lr=0.01, beta=0.9):
    state = dw * 1.0 if isinstance(state, dict) else beta * state + dw
    return w - lr * state, state


def ema_momentum(w, dw, state, *, lr=0.01, beta=0.9):
    share = lr * (1 - beta)
    state = share * dw if isinstance(state, dict) else beta * state + share * dw
    return w - state, state
