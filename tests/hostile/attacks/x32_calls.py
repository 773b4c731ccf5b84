"""Reach out or persist: forks by the system call numbers of the x32 interface, which a careless filter does not list.

breaches:
alive: only on a kernel with CONFIG_X86_X32_ABI, which distributions leave out; elsewhere the kernel itself refuses
seen: ended by SIGSYS
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
