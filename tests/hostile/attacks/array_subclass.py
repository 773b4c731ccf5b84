"""Steal or forge: returns an array of its own class, for which every comparison with numpy comes out as equal.

breaches: naive
"""

import numpy as np


class Agreeable(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.zeros(self.shape)

    def __eq__(self, other):
        return np.ones(self.shape, bool)


def softmax_xent_grad(logits, labels):
    return np.zeros_like(logits).view(Agreeable)


def breach():
    return False
