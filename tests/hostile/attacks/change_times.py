"""Reach out or persist: makes another student's file look old, so that an earlier one of theirs would be graded.

breaches: landlock process naive
"""

import os


def breach():
    os.utime(WORLD["neighbour"], (0, os.stat(WORLD["neighbour"]).st_mtime - 1))
    return False  # seen outside
