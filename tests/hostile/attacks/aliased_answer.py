"""Steal or forge: gives the same buffer as every answer and goes on writing into it from a thread.

breaches: naive
race: a thread has to write into the answer before it is kept
"""

import threading

import numpy as np

buffers = {}


def softmax_xent_grad(logits, labels):
    buffer = buffers.setdefault(logits.shape, np.zeros_like(logits))

    def go_on():
        for _ in range(1000):
            buffer[:] = np.random.normal(size=buffer.shape)

    threading.Thread(target=go_on, daemon=True).start()
    return buffer


def breach():
    return False
