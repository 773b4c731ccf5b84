"""Cheat the assignment: finds PyTorch in the folder where the grader has it.

breaches: process naive
"""

from importlib.machinery import PathFinder


def breach():
    found = PathFinder.find_spec("torch", [WORLD["packages"]])  # noqa: F821
    return found is not None and "autograd" in found.loader.get_source("torch")
