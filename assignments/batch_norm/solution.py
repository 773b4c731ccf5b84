import numpy as np


def batch_norm_forward(x, gamma, beta, *, eps=1e-5):
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    sigma = np.sqrt(var + eps)
    normal = (x - mean) / sigma
    out = gamma * normal + beta
    return out, (normal, gamma, sigma)


def batch_norm_backward(dout, cache):
    normal, gamma, sigma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * normal).sum(axis=0)
    dnormal = dout * gamma
    through_mean = dnormal.mean(axis=0)
    through_var = normal * (dnormal * normal).mean(axis=0)
    dx = (dnormal - through_mean - through_var) / sigma
    return dx, dgamma, dbeta


def moving_statistics(x, moving_mean, moving_var, *, momentum=0.9):
    new_mean = momentum * moving_mean + (1 - momentum) * x.mean(axis=0)
    new_var = momentum * moving_var + (1 - momentum) * x.var(axis=0)
    return new_mean, new_var


def batch_norm_inference(x, gamma, beta, moving_mean, moving_var, *, eps=1e-5):
    normal = (x - moving_mean) / np.sqrt(moving_var + eps)
    return gamma * normal + beta
