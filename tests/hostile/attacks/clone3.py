"""Reach out or persist: forks by clone3, whose arguments a filter cannot read.

breaches: process
"""

import ctypes
import os
import struct

libc = ctypes.CDLL(None)
call = libc.syscall


def breach():
    child = call(435, struct.pack("11Q", 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0), 88)
    if child == 0:
        os._exit(0)
    return child > 0
