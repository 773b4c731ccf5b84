"""the bias as a column of ones, whose weight is not penalised"""

import numpy as np


class Machine:
    def __init__(self, X, y, lam):
        self.signed = np.column_stack([X, np.ones(len(X))]) * y[:, None]
        self.penalty = lam * np.append(np.ones(X.shape[1]), 0)

    def slack(self, theta):
        return np.clip(1 - self.signed @ theta, 0, None)

    def value(self, theta):
        return np.average(self.slack(theta)) + self.penalty @ theta**2

    def slope(self, theta):
        return 2 * self.penalty * theta - self.signed[self.slack(theta) > 0].sum(axis=0) / len(self.signed)


def objective(X, y, w, b, *, lam=0.1):
    return Machine(X, y, lam).value(np.append(w, b))


def subgradient(X, y, w, b, *, lam=0.1):
    slope = Machine(X, y, lam).slope(np.append(w, b))
    return slope[:-1], slope[-1]


def train(X, y, w, b, *, lam=0.1, lr=0.1, steps=2000):
    machine, theta = Machine(X, y, lam), np.append(w, b)
    for _ in range(steps):
        theta = theta - lr * machine.slope(theta)
    return theta[:-1], theta[-1]
