"""one loop over given offsets, four points to judge by"""

import numpy as np


def weighted(f, x, offsets, weights):
    """Σ weight · f(x + offset eᵢ) for each entry, where the weights add up to 0: 0 where f is flat, without any rounding."""
    total, firsts = np.zeros_like(x), np.empty_like(x)
    for offset, weight in zip(offsets, weights):
        for i, value in np.ndenumerate(x):
            moved = np.array(x)
            moved[i] = value + offset
            found = f(moved)
            if offset == offsets[0]:
                firsts[i] = found
            total[i] += weight * (found - firsts[i])
    return total


def numeric_gradient(f, x, *, h=1e-5):
    return weighted(f, x, [h, -h], [1, -1]) / (h + h)


def one_sided(f, x, *, h=1e-5):
    return weighted(f, x, [h, 0], [1, -1]) / h


def relative_error(a, b):
    a, b = np.ravel(a), np.ravel(b)
    together = (a @ a) ** 0.5 + (b @ b) ** 0.5
    return ((a - b) @ (a - b)) ** 0.5 / (together or 1.0)


def check_gradient(f, x, claim):
    h = 1e-4
    on_both_sides = [weighted(f, x, [0, s * h, 2 * s * h], [-3, 4, -1]) / (2 * s * h) for s in (1, -1)]
    if relative_error(*on_both_sides) > 0.01:
        return "kink"
    numeric = weighted(f, x, [h, -h, 2 * h, -2 * h], [8, -8, -1, 1]) / (12 * h)
    return ("right", "wrong")[int(relative_error(numeric, claim) > 1e-5)]
