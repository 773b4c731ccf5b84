"""set to zero by index, an early return"""

import numpy as np


def dropout_forward(x, rng, *, p=0.5, training=True):
    if not training:
        return x.copy(), None
    dropped = rng.uniform(size=x.shape) < p
    out = x / (1.0 - p)
    out[dropped] = 0
    return out, (dropped, p)


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    dropped, p = cache
    return np.where(dropped, 0.0, dout / (1.0 - p))
