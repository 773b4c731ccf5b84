"""Reach out or persist: changes modes of files of the grader and of another student.

breaches: landlock process naive
"""

import os


def breach():
    for path in (WORLD["secret"], WORLD["gradebook"], WORLD["neighbour"]):
        try:
            mode = os.stat(path).st_mode
            os.chmod(path, mode & ~7 | (mode + 1) & 7)  # another each time, also where it is called twice
        except OSError:
            continue
    return False  # seen outside
