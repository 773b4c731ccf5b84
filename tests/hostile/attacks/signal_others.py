"""Reach out or persist: sends a signal to the grader, to another process and to everybody (signal 0: would it arrive?).

breaches: process naive
"""

import os


def breach():
    for pid in (WORLD["pid"], WORLD["grader"], os.getppid(), -1):
        try:
            if pid:
                os.kill(pid, 0)
                return True
        except OSError:
            continue
    return False
