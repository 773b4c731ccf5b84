"""loops over features and examples"""

import numpy as np


def batch_norm_forward(x, gamma, beta, *, eps=1e-5):
    n, d = x.shape
    out, kept = np.empty((n, d)), []
    for j in range(d):
        column = [float(v) for v in x[:, j]]
        mean = sum(column) / n
        var = sum((v - mean) ** 2 for v in column) / n
        sigma = (var + eps) ** 0.5
        normal = [(v - mean) / sigma for v in column]
        for i in range(n):
            out[i, j] = gamma[j] * normal[i] + beta[j]
        kept.append((normal, float(gamma[j]), sigma))
    return out, kept


def batch_norm_backward(dout, cache):
    n, d = dout.shape
    dx, dgamma, dbeta = np.zeros((n, d)), np.zeros(d), np.zeros(d)
    for j, (normal, gamma, sigma) in enumerate(cache):
        for i in range(n):
            dbeta[j] += dout[i, j]
            dgamma[j] += dout[i, j] * normal[i]
        for i in range(n):
            dx[i, j] = gamma / sigma * (dout[i, j] - dbeta[j] / n - normal[i] * dgamma[j] / n)
    return dx, dgamma, dbeta
