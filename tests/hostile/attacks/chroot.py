"""Reach out or persist: changes its root folder, from which a descriptor leads out again.

breaches: process
needs: root
"""

import ctypes

libc = ctypes.CDLL(None)


def breach():
    return libc.chroot(b"/") == 0
