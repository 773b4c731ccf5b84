"""Exhaust: aborts.

breaches: naive
seen: was ended by
"""

import os


def softmax_xent_grad(logits, labels):
    os.abort()


def breach():
    return False
