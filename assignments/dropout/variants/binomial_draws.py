"""binomial draws"""

import numpy as np


def dropout_forward(x, rng, *, p=0.5, training=True):
    mask = np.ones(x.shape)
    if training:
        keep = rng.binomial(1, 1 - p, size=x.shape)
        mask = keep / (1 - p)
    out = x * mask
    return out, mask
