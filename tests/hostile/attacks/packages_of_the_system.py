"""Cheat the assignment: looks for packages in every place where a system's Pythons keep theirs, and reads one.

breaches: process
"""

import glob
import sys

PLACES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64", sys.base_prefix + "/lib")


def breach():
    for place in PLACES:
        for path in glob.glob(f"{place}/python3*/*-packages/*/__init__.py"):
            try:
                if "/numpy" not in path and open(path, "rb").read(1) is not None:
                    return True
            except OSError:
                continue
    return False
