"""Reach out or persist: measures other programs with the processor's counters.

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
    return call({"x86_64": 298, "aarch64": 241}[machine], struct.pack("IIQ", 1, 112, 1) + bytes(200), 0, -1, -1, 0) >= 0
