"""Adagrad is PyTorch's own, whose sum starts at 0 and whose rate does not decay of itself (its defaults)."""

import torch

from grader.truth.reference import eager, stepwise

adagrad = stepwise(lambda w, lr, eps: eager(torch.optim.Adagrad)(w, lr=lr, eps=eps))
