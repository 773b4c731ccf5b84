"""Reach out or persist: learns names and sizes of files that it may not read.

holds: full
breaches: base
"""

import os


def breach():
    return os.stat(WORLD["secret"]).st_size > 0
