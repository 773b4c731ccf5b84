"""Softmax regression is one line of PyTorch; an ensemble of trainings is the same line for all members at once."""

import torch
from torch.nn import functional

from grader.truth.reference import Ensemble, Stages, derivative

START = 0.01  # the standard deviation of the first weights


def probabilities(X, W, b):
    return torch.softmax(X @ W + b, dim=1)


def loss(X, y, W, b):
    return functional.cross_entropy(X @ W + b, y)


gradients = Stages(
    dW=lambda X, y, W, b: derivative(loss, wrt="W")(X=X, y=y, W=W, b=b),
    db=lambda X, y, W, b: derivative(loss, wrt="b")(X=X, y=y, W=W, b=b),
)


@Ensemble
def trainings(members, X, y, X_held, y_held, lr, epochs, batch, classes):
    """`members` runs by mini-batch descent, each with a start and orders of its own. W: (m, d, c), b: (m, 1, c).

    The gradient of every step is autograd's: the members' losses are added, so each gets the gradient of its own.
    """
    chance = torch.Generator().manual_seed(0)  # on the processor: the same members on every device
    n, d = X.shape
    W = (START * torch.randn(members, d, classes, generator=chance, dtype=X.dtype)).to(X.device).requires_grad_(True)
    b = torch.zeros(members, 1, classes, dtype=X.dtype, device=X.device, requires_grad=True)
    curve = []
    for _ in range(epochs):
        order = torch.rand(members, n, generator=chance).argsort(dim=1).to(X.device)
        for rows in order.split(batch, dim=1):
            total = losses(X[rows] @ W + b, y[rows]).sum()
            with torch.no_grad():
                for parameter, slope in zip((W, b), torch.autograd.grad(total, (W, b)), strict=True):
                    parameter -= lr * slope
        with torch.no_grad():
            curve.append(losses(X @ W + b, y.expand(members, n)))
    with torch.no_grad():
        right = ((X_held @ W + b).argmax(dim=2) == y_held).to(X.dtype).mean(dim=1)
    return {
        "the final loss": curve[-1],
        "the share of new digits read right": right,
        "curve": torch.stack(curve, dim=1),
    }


def losses(logits, labels):
    """The loss of each member. logits: (m, n, c), labels: (m, n)."""
    return functional.cross_entropy(logits.transpose(1, 2), labels, reduction="none").mean(dim=1)
