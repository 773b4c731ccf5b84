"""Reach out or persist: changes modes of files of the grader and of another student.

breaches: landlock process naive
"""

import os


def breach():
    for path in (WORLD["secret"], WORLD["gradebook"], WORLD["neighbour"]):
        try:
            os.chmod(path, os.stat(path).st_mode ^ 0o001)
        except OSError:
            continue
    return False  # seen outside
