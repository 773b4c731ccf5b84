"""index sums, and each derivative in turn"""

import numpy as np


def forward(X, W1, b1, W2, b2):
    Z1 = np.einsum("nd,dh->nh", X, W1) + b1
    A1 = (np.exp(2 * Z1) - 1) / (np.exp(2 * Z1) + 1)
    Z2 = np.einsum("nh,hk->nk", A1, W2) + b2
    with np.errstate(over="ignore"):
        return [Z1, A1, Z2, 1 / (1 + np.exp(-Z2))]


def loss(A2, Y):
    p = np.clip(A2, 1e-15, 1 - 1e-15)
    return -np.einsum("nk,nk->", Y, np.log(p)) / len(Y) - np.einsum("nk,nk->", 1 - Y, np.log(1 - p)) / len(Y)


def backward(X, Y, W2, A1, A2):
    dA2 = -Y / A2 + (1 - Y) / (1 - A2)
    dZ2 = dA2 * A2 * (1 - A2)
    dA1 = np.einsum("nk,hk->nh", dZ2, W2)
    dZ1 = dA1 - dA1 * A1**2
    share = np.full(len(X), 1 / len(X))
    return [
        dZ2,
        np.einsum("n,nh,nk->hk", share, A1, dZ2),
        np.einsum("n,nk->k", share, dZ2),
        dZ1,
        np.einsum("n,nd,nh->dh", share, X, dZ1),
        np.einsum("n,nh->h", share, dZ1),
    ]
