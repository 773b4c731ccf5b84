"""Steal or forge: looks for the expected gradient in the frames of its callers and in everything that the collector tracks.

breaches: naive
"""

import gc
import sys

import numpy as np


def candidates(like):
    frame = sys._getframe()
    while frame is not None:
        for name, value in frame.f_locals.items():
            if "expected" in name or "want" in name or "truth" in name:
                yield value
        frame = frame.f_back
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            yield from (thing[name] for name in ("expected", "want", "truth") if name in thing)


def softmax_xent_grad(logits, labels):
    for found in candidates(logits):
        if isinstance(found, np.ndarray) and found.shape == logits.shape and found is not logits:
            return found
    return 0 * logits


def breach():
    return False
