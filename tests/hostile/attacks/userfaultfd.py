"""Reach out or persist: stops the kernel in the middle of its own work with userfaultfd.

breaches: process
needs: root
"""

import ctypes
import os

libc = ctypes.CDLL(None)
call = libc.syscall
machine = os.uname().machine


def breach():
    return call({"x86_64": 323, "aarch64": 282}[machine], 0) >= 0
