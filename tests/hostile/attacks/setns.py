"""Reach out or persist: enters the namespaces of another process.

breaches: process
needs: root
"""

import ctypes
import os

libc = ctypes.CDLL(None)
call = libc.syscall
machine = os.uname().machine


def breach():
    handle = call(434, WORLD["pid"], 0)  # pidfd_open
    return handle >= 0 and call({"x86_64": 308, "aarch64": 268}[machine], handle, 0x04000000) == 0  # CLONE_NEWUTS
