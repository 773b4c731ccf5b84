"""moved in place and put back"""

import math

import numpy as np


def at_each_entry(f, x, steps):
    """f with each entry moved by each of the steps: a row for each entry."""
    flat, found = x.flatten(), []
    for i, old in enumerate(flat.tolist()):
        row = []
        for step in steps:
            flat[i] = old + step
            row.append(f(flat.reshape(x.shape)))
        flat[i] = old
        found.append(row)
    return np.array(found)


def numeric_gradient(f, x, *, h=1e-5):
    up, down = at_each_entry(f, x, (h, -h)).T
    return (0.5 * (up - down) / h).reshape(x.shape)


def one_sided(f, x, *, h=1e-5):
    return (at_each_entry(f, x, [h])[:, 0] / h - f(x) / h).reshape(x.shape)


def relative_error(a, b):
    one, other, apart = (math.sqrt(sum(v * v for v in each.ravel().tolist())) for each in (a, b, a - b))
    return 0 if one == other == 0 else apart / (one + other)
