"""Exhaust: reads address 0.

breaches: naive
seen: SIGSEGV
"""

import ctypes


def softmax_xent_grad(logits, labels):
    return ctypes.string_at(0)


def breach():
    return False
