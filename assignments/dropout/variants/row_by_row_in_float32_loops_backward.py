"""row by row in float32, loops backward"""

import numpy as np


def dropout_forward(x, rng, *, p=0.5, training=True):
    out, masks = [], []
    for row in x:
        mask = (rng.random(len(row), dtype=np.float32) > p) * 1.0 if training else np.ones(len(row))
        masks.append(mask)
        out.append(row * mask / ((1 - p) if training else 1))
    return np.array(out), {"masks": masks, "scale": 1 - p if training else 1}


def dropout_backward(dout, cache):
    dx = np.zeros_like(dout)
    for i, mask in enumerate(cache["masks"]):
        for j in range(len(mask)):
            if mask[j]:
                dx[i, j] = dout[i, j] / cache["scale"]
    return dx
