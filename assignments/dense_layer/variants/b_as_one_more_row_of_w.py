"""b as one more row of W"""

import numpy as np


def with_ones(x):
    return np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1)


def dense_forward(x, W, b):
    whole = np.vstack([W, b])
    return with_ones(x) @ whole, (x, whole)


def dense_backward(dout, cache):
    x, whole = cache
    slopes = np.swapaxes(np.atleast_2d(with_ones(x)), -1, -2) @ np.atleast_2d(dout)
    while slopes.ndim > 2:
        slopes = slopes.sum(axis=0)
    return dout @ whole[:-1].T, slopes[:-1], slopes[-1]
