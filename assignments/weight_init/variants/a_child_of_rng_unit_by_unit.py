"""a child of rng, unit by unit"""

import numpy as np


def columns(rng, sigma, fan_in, fan_out):
    child = rng.spawn(1)[0]
    return np.column_stack([child.normal(scale=sigma, size=fan_in) for _ in range(fan_out)])


def zeros(*, fan_in, fan_out):
    return np.array([[0.0] * fan_out] * fan_in)


def small_normal(rng, *, fan_in, fan_out, scale=0.01):
    return columns(rng, scale, fan_in, fan_out)


def xavier(rng, *, fan_in, fan_out):
    return columns(rng, (0.5 * (fan_in + fan_out)) ** -0.5, fan_in, fan_out)


def he(rng, *, fan_in, fan_out):
    return columns(rng, (fan_in / 2) ** -0.5, fan_in, fan_out)
