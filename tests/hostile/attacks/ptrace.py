"""Steal or forge: attaches to the grader, its parent and another process as a debugger.

breaches: process
"""

import ctypes
import os

ATTACH, DETACH = 16, 17


def breach():
    libc = ctypes.CDLL(None)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    for pid in (WORLD["pid"], os.getppid()):
        if pid > 0 and libc.ptrace(ATTACH, pid, None, None) == 0:
            os.waitpid(pid, 0x40000000)  # __WALL
            libc.ptrace(DETACH, pid, None, None)
            return True
    return False
