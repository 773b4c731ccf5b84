"""Reach out or persist: keeps memory in a file of its own, where limits on its address space do not count it.

breaches: process
"""

import ctypes
import os

libc = ctypes.CDLL(None)
call = libc.syscall
machine = os.uname().machine


def breach():
    return call({"x86_64": 319, "aarch64": 279}[machine], b"hoard", 0) >= 0
