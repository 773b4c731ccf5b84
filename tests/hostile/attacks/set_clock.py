"""Reach out or persist: sets the machine's clock (to a rate that it has already, so that nothing happens where it may).

breaches: process
needs: root
"""

import ctypes

FREQUENCY = 0x0002


def breach():
    libc = ctypes.CDLL(None)
    timex = (ctypes.c_long * 64)()
    if libc.adjtimex(ctypes.byref(timex)) < 0:
        return False
    timex[0] = FREQUENCY
    return libc.adjtimex(ctypes.byref(timex)) >= 0
