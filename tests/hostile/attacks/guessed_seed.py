"""Cheat the assignment: tries seeds until one draws the very numbers that it was asked about.

breaches: naive
"""

import numpy as np

found = []


def softmax_xent_grad(logits, labels):
    for seed in range(200):
        for draw in (np.random.default_rng(seed).normal, np.random.RandomState(seed).normal):
            for scale in (1, 10, 100, 1000):
                if np.array_equal(scale * draw(size=logits.shape), logits):
                    found.append(seed)
    return 0 * logits


def breach():
    return bool(found)
