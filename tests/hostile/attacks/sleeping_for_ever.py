"""Exhaust: sleeps for ever, at no cost of processor time.

breaches: naive
seen: (or slept)
"""

import time


def softmax_xent_grad(logits, labels):
    while True:
        time.sleep(3600)


def breach():
    return False
