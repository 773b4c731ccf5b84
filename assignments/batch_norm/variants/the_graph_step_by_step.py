"""the graph step by step"""

import numpy as np


def batch_norm_forward(x, gamma, beta, *, eps=1e-5):
    n = x.shape[0]
    mean = np.sum(x, axis=0) / n
    centred = x - mean
    var = np.sum(centred * centred, axis=0) / n
    root = np.sqrt(var + eps)
    inverse = 1.0 / root
    return gamma * (centred * inverse) + beta, {"centred": centred, "root": root, "inverse": inverse, "gamma": gamma}


def batch_norm_backward(dout, cache):
    """One node of the graph at a time, last to first."""
    n = dout.shape[0]
    centred, root, inverse, gamma = cache["centred"], cache["root"], cache["inverse"], cache["gamma"]
    d_shifted = np.sum(dout, axis=0)
    d_scale = np.sum(dout * (centred * inverse), axis=0)
    d_product = dout * gamma
    d_inverse = np.sum(d_product * centred, axis=0)
    d_root = d_inverse * -1.0 / root**2
    d_var = d_root * 0.5 / root
    d_square = np.ones(dout.shape) * d_var / n
    d_centred = d_product * inverse + 2.0 * centred * d_square
    d_mean = -1.0 * np.sum(d_centred, axis=0)
    return d_centred + np.ones(dout.shape) * d_mean / n, d_scale, d_shifted
