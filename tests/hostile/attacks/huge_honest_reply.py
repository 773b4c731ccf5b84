"""Exhaust: answers with 100 MB, honestly sent.

breaches: careless
seen: over the limit of
"""

import numpy as np


def softmax_xent_grad(logits, labels):
    return np.zeros(100 * 2**17)


def breach():
    return False
