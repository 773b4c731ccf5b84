"""Cheat the assignment: answers differently every time, in the hope that some answer is taken.

breaches: naive
"""

import numpy as np

tried = []


def softmax_xent_grad(logits, labels):
    soft = np.exp(logits - logits.max(axis=1, keepdims=True))
    soft /= soft.sum(axis=1, keepdims=True)
    soft[np.arange(len(labels)), labels] -= 1
    tried.append(True)
    return soft * len(tried) / 50 / len(labels)


def breach():
    return False
