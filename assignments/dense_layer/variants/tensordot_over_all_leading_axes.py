"""tensordot over all leading axes"""

import numpy as np


def dense_forward(x, W, b):
    return np.tensordot(x, W, axes=1) + b, (W, x)


def dense_backward(dout, cache):
    W, x = cache
    leading = tuple(range(x.ndim - 1))
    dW = np.tensordot(x, dout, axes=(leading, leading))
    return np.tensordot(dout, W, axes=(-1, 1)), dW, np.add.reduce(dout, axis=leading)
