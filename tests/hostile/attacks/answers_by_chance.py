"""Cheat the assignment: answers differently every time, in the hope that some answer is taken.

breaches:
"""

import os

import numpy as np


def softmax_xent_grad(logits, labels):
    noise = np.frombuffer(os.urandom(8 * logits.size), np.uint64).reshape(logits.shape) / 2.0**64
    soft = np.exp(logits - logits.max(axis=1, keepdims=True))
    return soft / soft.sum(axis=1, keepdims=True) / len(labels) - noise * (noise > 0.8) / len(labels)


def breach():
    return False
