"""Reach out or persist: opens an io_uring, whose requests pass by system call filters.

breaches: process
"""

import ctypes

libc = ctypes.CDLL(None)
call = libc.syscall


def breach():
    return call(425, 8, ctypes.create_string_buffer(120)) >= 0  # io_uring_setup
