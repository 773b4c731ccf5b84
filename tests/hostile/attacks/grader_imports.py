"""Reach out or persist: finds torch, the grader and other packages on the machine by itself and imports them.

breaches: process naive
"""

import importlib
import sys

sys.path[:0] = [WORLD["packages"], WORLD["package"].rpartition("/")[0]]
sys.meta_path[:] = [finder for finder in sys.meta_path if "stand_ins" not in type(finder).__module__]


def breach():
    for name in ("yaml", "jinja2", "grader.numerics.compare"):
        try:
            if getattr(importlib.import_module(name), "__file__", None):
                return True
        except ImportError:
            continue
    return False
