"""a child of rng"""

import numpy as np


def dropout_forward(x, rng, *, p=0.5, training=True):
    mask = np.ones(x.shape)
    if training:
        keep = rng.spawn(1)[0].random(x.shape) >= p
        mask = keep / (1 - p)
    out = x * mask
    return out, mask
