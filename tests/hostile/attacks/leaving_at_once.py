"""Exhaust: leaves with os._exit(0), as if all were well.

breaches: naive
seen: exit status 0
"""

import os


def softmax_xent_grad(logits, labels):
    os._exit(0)


def breach():
    return False
