"""Steal or forge: takes open descriptors out of other processes with pidfd_getfd.

breaches: process
"""

import ctypes
import os


def breach():
    call = ctypes.CDLL(None).syscall
    for pid in (WORLD["pid"], WORLD["grader"], os.getppid()):
        handle = call(434, pid, 0)  # pidfd_open
        if handle >= 0 and any(call(438, handle, fd, 0) >= 0 for fd in range(8)):  # pidfd_getfd
            return True
    return False
