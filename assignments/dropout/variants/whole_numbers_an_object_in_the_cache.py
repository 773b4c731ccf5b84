"""whole numbers, an object in the cache"""

import numpy as np


class Thinning:
    """Coins of 53 bits."""

    def __init__(self, rng, shape, p):
        self.through = rng.integers(0, 2**53, size=shape) >= round(p * 2**53)
        self.scale = 1 / (1 - p)

    def __call__(self, values):
        return np.multiply(values, self.scale, where=self.through, out=np.zeros(values.shape))


def dropout_forward(x, rng, *, p=0.5, training=True):
    thinning = Thinning(rng, x.shape, p) if training else np.copy
    return thinning(x), thinning


def dropout_backward(dout, cache):
    return cache(dout)
