"""Cheat the assignment: tries one library after the other that differentiates.

breaches: naive
seen: cannot be imported in this course
"""

import importlib


def softmax_xent_grad(logits, labels):
    for name in ("jax", "tensorflow", "theano", "casadi", "autograd"):
        try:
            return importlib.import_module(name).grad(softmax_xent)(logits, labels)  # noqa: F821
        except ImportError as error:
            refused = error
    raise refused


def breach():
    return False
