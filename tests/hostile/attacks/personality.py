"""Reach out or persist: switches off the randomisation of addresses.

breaches: process
"""

import ctypes

libc = ctypes.CDLL(None)


def breach():
    return libc.personality(0x0040000) >= 0
