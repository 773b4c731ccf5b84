"""Reach out or persist: mounts a file system.

breaches: process
needs: root
"""

import ctypes
import os

libc = ctypes.CDLL(None)


def breach():
    return libc.mount(b"none", os.getcwd().encode(), b"tmpfs", 0, None) == 0 and libc.umount(os.getcwd().encode()) == 0
