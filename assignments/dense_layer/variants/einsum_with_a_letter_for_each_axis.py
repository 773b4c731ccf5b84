"""einsum with a letter for each axis"""

import numpy as np


def dense_forward(x, W, b):
    return np.einsum("...d,dh->...h", x, W) + b, {"x": x, "W": W}


def dense_backward(dout, cache):
    lead = "abcefg"[: dout.ndim - 1]
    dx = np.einsum(f"{lead}h,dh->{lead}d", dout, cache["W"])
    dW = np.einsum(f"{lead}d,{lead}h->dh", cache["x"], dout)
    return dx, dW, np.einsum(f"{lead}h->h", dout)
