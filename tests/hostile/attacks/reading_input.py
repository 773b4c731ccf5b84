"""Exhaust: waits for somebody to type, in three ways.

breaches: naive
"""

import contextlib
import os
import sys

for read in (input, sys.stdin.readline if sys.stdin else input, lambda: os.read(0, 1)):
    with contextlib.suppress(EOFError, OSError):
        read()


def breach():
    return False
