"""projections, feature by feature"""

import numpy as np


def batch_norm_forward(x, gamma, beta, *, eps=1e-5):
    """Centring is a projection: subtracting the mean is multiplying by I − 11ᵀ/n."""
    n = len(x)
    centre = np.eye(n) - np.full((n, n), 1 / n) if n <= 50 else None
    centred = centre @ x if centre is not None else x - x.mean(0)
    sigma = np.sqrt((centred**2).mean(0) + eps)
    return np.multiply(centred, gamma / sigma) + beta, (centred / sigma, gamma / sigma)


def batch_norm_backward(dout, cache):
    normal, slope = cache
    n, d = dout.shape
    dx = np.empty((n, d))
    for j in range(d):
        directions = np.column_stack([np.ones(n), normal[:, j]])
        dx[:, j] = slope[j] * (dout[:, j] - directions @ (directions.T @ dout[:, j]) / n)
    return dx, (normal.T * dout.T).sum(1), dout.sum(0)
