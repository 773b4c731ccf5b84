"""Exhaust: prints 300 MB, on both streams, by print and past it.

breaches: naive
"""

import contextlib
import os
import sys

LINE = "x" * (1 << 20)


def softmax_xent_grad(logits, labels):
    for _ in range(100):
        print(LINE)
        print(LINE, file=sys.stderr)
        for stream in (1, 2):
            with contextlib.suppress(OSError):
                os.write(stream, LINE.encode())
    return 0 * logits


def breach():
    return False
