"""an object behind both"""


class Memory:
    def __init__(self, like):
        self.sum = [0.0 for _ in like]

    def add(self, dw, beta, weight):
        for i, g in enumerate(dw):
            self.sum[i] = beta * self.sum[i] + weight * g
        return self.sum


def momentum(w, dw, state, *, lr=0.01, beta=0.9):
    memory = state or Memory(w)
    v = memory.add(dw, beta, 1)
    return w - [lr * x for x in v], memory


def ema_momentum(w, dw, state, *, lr=0.01, beta=0.9):
    memory = state or Memory(w)
    return w - memory.add(dw, beta, lr * (1 - beta)), memory
