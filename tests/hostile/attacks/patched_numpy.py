"""Steal or forge: makes every comparison of numpy say yes.

breaches: naive
"""

import builtins

import numpy as np

np.allclose = np.isclose = np.array_equal = lambda *args, **kwargs: True
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
builtins.all = lambda things: True


def breach():
    return False
