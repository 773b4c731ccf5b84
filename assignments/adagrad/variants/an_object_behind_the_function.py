"""an object behind the function"""

import numpy as np


class Sum:
    def __init__(self, like):
        self.squares = np.zeros_like(like)

    def step(self, g, lr, eps):
        self.squares += np.square(g)
        return -lr * g / (eps + self.squares**0.5)


def adagrad(w, dw, state, *, lr=0.01, eps=1e-10):
    memory = state if isinstance(state, Sum) else Sum(w)
    return w + memory.step(dw, lr, eps), memory
