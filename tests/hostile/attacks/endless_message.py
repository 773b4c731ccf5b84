"""Exhaust: raises an exception whose message is never finished.

breaches: naive
seen: took longer than
"""


class Endless(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


def softmax_xent_grad(logits, labels):
    raise Endless


def breach():
    return False
