"""Reach out or persist: breaks numpy and the built-ins for whoever comes after.

breaches: naive
"""

import builtins

import numpy as np

exp = np.exp
np.exp = lambda x: exp(1.01 * x)
builtins.sum = lambda *args: 0


def breach():
    return False
