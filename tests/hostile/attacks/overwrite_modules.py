"""Reach out or persist: opens the files of numpy, of the grader and of the standard library for writing.

breaches: process naive
"""

import os
import sys

import numpy


def breach():
    paths = [numpy.__file__, os.__file__, os.path.join(WORLD["package"], "worker.py"), "/code/worker.py"]
    for path in paths:
        try:
            open(path, "r+b").close()  # writing is what comes next
            return True
        except OSError:
            continue
    return False
