"""Exhaust: reserves 20 GB and touches none of it.

breaches: naive
"""

import numpy as np

BLOCK = 1 << 30


def breach():
    return len([np.empty(BLOCK, np.uint8) for _ in range(20)]) == 20
