"""Steal or forge: returns NaN everywhere, which is never further away than a tolerance.

breaches: naive
"""

import numpy as np


def softmax_xent_grad(logits, labels):
    return np.full_like(logits, np.nan)


def breach():
    return False
