"""a class for each loss, which knows the slope of one example's loss"""

import numpy as np


class Loss:
    def __init__(self, each, slope):
        self.each, self.slope = each, slope

    def mean(self, guess, truth):
        return float(np.average(self.each(guess, truth)))

    def gradient(self, guess, truth):
        return self.slope(guess, truth) * np.full(guess.shape, 1 / guess.size)


SQUARED = Loss(lambda p, y: p**2 - 2 * p * y + y**2, lambda p, y: 2 * p - 2 * y)
ENTROPY = Loss(lambda a, y: -np.log(y * a + (1 - y) * (1 - a)), lambda a, y: (1 - y) / (1 - a) - y / a)
LOGITS = Loss(lambda z, y: np.logaddexp(0, z) - y * z, lambda z, y: 0.5 + 0.5 * np.tanh(z / 2) - y)
HINGE = Loss(lambda s, y: (1 - y * s).clip(min=0), lambda s, y: -y * np.heaviside(1 - y * s, 0))

mse, mse_grad = SQUARED.mean, SQUARED.gradient
bce, bce_grad = ENTROPY.mean, ENTROPY.gradient
bce_logits, bce_logits_grad = LOGITS.mean, LOGITS.gradient
hinge, hinge_grad = HINGE.mean, HINGE.gradient
