"""PyTorch's own dropout. It draws from a generator of its own: it is the truth only where nothing depends on the draw."""

import torch

from grader.truth.reference import layer


def forward(x, rng, p, training):
    return torch.nn.functional.dropout(x, p=p, training=training)


dropout_forward, dropout_backward = layer(forward)
