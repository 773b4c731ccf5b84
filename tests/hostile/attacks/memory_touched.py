"""Exhaust: fills 1.25 GB of memory, where its limit is one.

breaches: naive
"""

BLOCK = 1 << 26


def breach():
    return len([b"\1" * BLOCK for _ in range(20)]) == 20
