"""an object, with the paper's dvar and dmean"""

import numpy as np


class Normaliser:
    def __init__(self, x, eps):
        self.n = len(x)
        self.mean = np.average(x, axis=0)
        self.centred = x - self.mean
        self.precision = 1 / (np.average(self.centred**2, axis=0) + eps)

    def __call__(self):
        return self.centred * np.sqrt(self.precision)

    def pull_back(self, slope):
        """dL/dvar and dL/dmean by name, as the paper of 2015 lists them."""
        dvar = (slope * self.centred).sum(0) * -0.5 * self.precision**1.5
        dmean = -(slope * np.sqrt(self.precision)).sum(0) + dvar * (-2 * self.centred).mean(0)
        return slope * np.sqrt(self.precision) + dvar * 2 * self.centred / self.n + dmean / self.n


def batch_norm_forward(x, gamma, beta, *, eps=1e-5):
    normaliser = Normaliser(np.array(x), eps)
    return gamma * normaliser() + beta, (normaliser, gamma.copy())


def batch_norm_backward(dout, cache):
    normaliser, gamma = cache
    return normaliser.pull_back(dout * gamma), (dout * normaliser()).sum(0), dout.sum(0)
