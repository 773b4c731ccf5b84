"""recursion, and XOR as a tent over the sum"""

import numpy as np


def stack(X, Ws, bs, *, alpha=1.0, beta=0.0):
    if len(Ws) == 0:
        return X
    return alpha * (stack(X, Ws[:-1], bs[:-1], alpha=alpha, beta=beta).dot(Ws[-1]) + bs[-1]) + beta


def relu_stack(X, Ws, bs):
    z = X.dot(Ws[0]) + bs[0]
    return relu_stack(z * (z > 0), Ws[1:], bs[1:]) if len(Ws) > 1 else z


def collapse(Ws, bs, *, alpha=1.0, beta=0.0):
    """From the last layer to the first."""
    A, c = alpha * Ws[0], alpha * bs[0] + beta
    if len(Ws) == 1:
        return A, c
    behind, more = collapse(Ws[1:], bs[1:], alpha=alpha, beta=beta)
    return A @ behind, c @ behind + more


def count_parameters(sizes):
    return 0 if len(sizes) < 2 else (sizes[0] + 1) * sizes[1] + count_parameters(sizes[1:])


def xor_network():
    return np.array([[2.0, -0.5], [2.0, -0.5]]), np.array([-2.0, 0.5]), np.array([[-0.5], [-2.0]]), np.array([1.0])
