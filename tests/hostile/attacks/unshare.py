"""Reach out or persist: makes itself root in a user namespace of its own.

breaches: process
"""

import ctypes

libc = ctypes.CDLL(None)


def breach():
    return any(libc.unshare(flag) == 0 for flag in (0x10000000, 0x04000000))  # CLONE_NEWUSER, CLONE_NEWUTS
