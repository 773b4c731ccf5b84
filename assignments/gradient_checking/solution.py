import numpy as np


def numeric_gradient(f, x, *, h=1e-5):
    slope = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        slope[i] = (f(x + step) - f(x - step)) / (2 * h)
    return slope


def one_sided(f, x, *, h=1e-5):
    slope, here = np.zeros(x.shape), f(x)
    for i in np.ndindex(x.shape):
        beside = x.copy()
        beside[i] += h
        slope[i] = (f(beside) - here) / h
    return slope


def relative_error(a, b):
    sizes = np.linalg.norm(a) + np.linalg.norm(b)
    return np.linalg.norm(a - b) / sizes if sizes > 0 else 0.0


def check_gradient(f, x, claim):
    jump = relative_error(one_sided(f, x, h=-1e-5), one_sided(f, x, h=1e-5))
    if jump > 1e-2:
        return "kink"
    error = relative_error(claim, numeric_gradient(f, x, h=1e-5))
    return "wrong" if error > 1e-6 else "right"
