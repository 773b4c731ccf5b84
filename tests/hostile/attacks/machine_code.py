"""Reach out or persist: writes machine code into memory and calls it, to make a system call that no library makes.

breaches: process
"""

import ctypes
import mmap
import os
import platform

FORK = b"\xb8\x39\0\0\0\x0f\x05\xc3"  # mov eax, 57; syscall; ret


def breach():
    if platform.machine() != "x86_64":
        return False
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(FORK)
    child = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
    if child == 0:
        os._exit(0)
    return child > 0
