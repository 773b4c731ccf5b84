"""the loss as a gap, the gradient through the whole Jacobian"""

import numpy as np


def one_hot(labels, *, classes):
    return (labels[:, None] == np.arange(classes)).astype(float)


def softmax(z):
    e = np.exp(z.T - z.max(axis=1)).T
    return np.einsum("nc,n->nc", e, 1 / e.sum(axis=1))


def categorical_cross_entropy(z, y):
    top = z.max(axis=1)
    gap = top - np.einsum("nc,nc->n", z, y)
    return np.average(gap + np.log(np.exp(z - top[:, None]).sum(axis=1)))


def sparse_cross_entropy(z, labels):
    top = z.max(axis=1)
    gap = top - np.take_along_axis(z, labels[:, None], axis=1)[:, 0]
    return np.average(gap + np.log(np.exp(z - top[:, None]).sum(axis=1)))


def cross_entropy_gradient(z, y):
    p = softmax(z)
    jacobian = np.einsum("nk,kj->nkj", p, np.eye(p.shape[1])) - np.einsum("nk,nj->nkj", p, p)
    chosen = y.argmax(axis=1)
    rows = np.arange(len(p))
    with np.errstate(all="ignore"):
        slope = -jacobian[rows, chosen] / p[rows, chosen][:, None]
    return slope / len(p)
