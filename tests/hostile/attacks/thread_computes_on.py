"""Exhaust: a thread goes on computing after the answer, to slow down what comes next.

breaches: naive
seen: took longer than
"""

import threading


def spin():
    while True:
        pass


def softmax_xent(logits, labels):
    threading.Thread(target=spin, daemon=True).start()
    return 0.0


def breach():
    return False
