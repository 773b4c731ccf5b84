"""one weight at a time"""

from math import sqrt

import numpy as np


def adagrad(w, dw, state, *, lr=0.01, eps=1e-10):
    sums, new = dict(state), np.empty(w.shape)
    for place, g in np.ndenumerate(dw):
        sums[place] = sums.get(place, 0.0) + g * g
        new[place] = w[place] - lr * g / (sqrt(sums[place]) + eps)
    return new, sums
