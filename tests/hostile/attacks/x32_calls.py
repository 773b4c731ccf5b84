"""Reach out or persist: forks by the system call numbers of the x32 interface, which a careless filter does not list.

breaches:
"""

import ctypes
import os

libc = ctypes.CDLL(None)
call = libc.syscall


def breach():
    child = call(0x40000000 | 57)  # fork
    if child == 0:
        os._exit(0)
    return child > 0
