"""Reach out or persist: leaves a System V shared memory segment, outside all limits, for a later process to find.

breaches: landlock process
"""

import ctypes
import os

libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
KEY = int(WORLD["token"][-7:], 16)
mine = []
found = []


def breach():
    segment = libc.shmget(KEY, 4096, 0)
    if segment >= 0 and segment not in mine:
        libc.shmctl(segment, 0, None)  # IPC_RMID
        found.append(segment)
    elif segment < 0 and not found:
        segment = libc.shmget(KEY, 4096, 0o1666)  # IPC_CREAT
        if segment >= 0:
            mine.append(segment)
    return bool(found)
