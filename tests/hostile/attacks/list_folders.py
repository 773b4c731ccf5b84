"""Reach out or persist: lists the folders of the class and of the course, and the processes of the machine.

breaches: seccomp process naive
"""

import os


def breach():
    for folder in (WORLD["folder"], WORLD["package"], os.path.dirname(WORLD["topic"])):
        try:
            if os.listdir(folder):
                return True
        except OSError:
            continue
    return False
