"""Reach out or persist: puts a .pth file, a module and bytecode where the next Python looks for packages.

breaches: process naive
"""

import os
import sys
import sysconfig

import numpy


def breach():
    wrote = False
    numpy_folder = os.path.dirname(numpy.__file__)
    for folder in (WORLD["packages"], os.path.dirname(numpy_folder), numpy_folder, numpy_folder + "/__pycache__"):
        for ending in (".pth", ".py", ".cpython-311.pyc"):
            try:
                with open(f"{folder}/{WORLD['token']}{ending}", "w") as file:
                    file.write("#")
                wrote = True
                os.unlink(file.name)
            except OSError:
                continue
    return wrote
