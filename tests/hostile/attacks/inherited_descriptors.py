"""Steal or forge: looks through all descriptors for something that the grader left open: a gradebook, a socket, a terminal.

breaches: naive
"""

import os
import stat


def breach():
    null, found = os.stat("/dev/null").st_rdev, []
    for fd in range(1024):
        try:
            status = os.fstat(fd)
        except OSError:
            continue
        if not (stat.S_ISCHR(status.st_mode) and status.st_rdev == null):
            found.append(fd)
    return len(found) > 1  # one is the channel
