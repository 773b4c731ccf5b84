"""Exhaust: recursion through compiled code, with the interpreter's own limit lifted.

breaches: naive
seen: SIGSEGV
"""

import sys


class Nested:
    def __getattr__(self, name):
        return getattr(self, name + "x" if len(name) < 9 else name)


def softmax_xent_grad(logits, labels):
    sys.setrecursionlimit(10**9)
    return Nested().deep


def breach():
    return False
