"""Exhaust: computes for ever and ignores every signal that can be ignored.

breaches: naive
seen: took longer than
"""

import contextlib
import signal

for number in range(1, signal.NSIG):
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_IGN)


def softmax_xent_grad(logits, labels):
    while True:
        pass


def breach():
    return False
