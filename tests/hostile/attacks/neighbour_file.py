"""Reach out or persist: reads what another student handed in, where it lies and wherever processes have it open.

breaches: seccomp process naive
"""

import glob
import os


def breach():
    for path in (WORLD["neighbour"], *glob.glob("/proc/[0-9]*/fd/*"), *glob.glob("/box/*")):
        try:
            if "neighbour" in path + os.readlink(path) if "/proc" in path else "softmax" in open(path).read():
                return True
        except OSError:
            continue
    return False
