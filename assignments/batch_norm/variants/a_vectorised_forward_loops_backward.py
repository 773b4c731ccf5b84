"""a vectorised forward, loops backward"""

import numpy as np


def batch_norm_backward(dout, cache):
    normal, gamma, sigma = cache
    n, d = dout.shape
    dx, dgamma, dbeta = np.zeros((n, d)), np.zeros(d), np.zeros(d)
    for i in range(n):
        for j in range(d):
            dbeta[j] += dout[i, j]
            dgamma[j] += dout[i, j] * normal[i, j]
    for i in range(n):
        for j in range(d):
            dx[i, j] = gamma[j] / sigma[j] * (dout[i, j] - dbeta[j] / n - normal[i, j] * dgamma[j] / n)
    return dx, dgamma, dbeta
