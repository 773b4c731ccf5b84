"""geometric gaps between dropped entries"""

import numpy as np


def dropout_forward(x, rng, *, p=0.5, training=True):
    """The gaps between dropped entries are geometric: only those that are dropped are drawn."""
    if not training or p == 0:
        return x + 0.0, np.full(x.shape, 1.0)
    mask, at = np.full(x.size, 1 / (1 - p)), -1
    while at < x.size:
        gaps = rng.geometric(p, size=int(p * x.size) + 10)
        places = at + np.cumsum(gaps)
        mask[places[places < x.size]] = 0
        at = places[-1]
    mask = mask.reshape(x.shape)
    return x * mask, mask
