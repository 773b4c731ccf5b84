"""Adam is PyTorch's own."""

import torch

from grader.truth.reference import eager, stepwise

adam = stepwise(lambda w, lr, beta1, beta2, eps: eager(torch.optim.Adam)(w, lr=lr, betas=(beta1, beta2), eps=eps))
