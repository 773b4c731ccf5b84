"""Reach out or persist: loads a map into the kernel's BPF.

breaches: process
needs: root
"""

import ctypes
import os
import struct

libc = ctypes.CDLL(None)
call = libc.syscall
machine = os.uname().machine


def breach():
    return (
        call({"x86_64": 321, "aarch64": 280}[machine], 0, struct.pack("5I", 2, 4, 4, 1, 0) + bytes(100), 72) >= 0
    )  # BPF_MAP_CREATE
