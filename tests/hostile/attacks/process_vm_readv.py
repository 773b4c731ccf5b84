"""Steal or forge: copies memory out of its parent or another process with process_vm_readv.

breaches: process
"""

import ctypes
import os


class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def copied(pid, address):
    buffer = ctypes.create_string_buffer(64)
    local = Piece(ctypes.addressof(buffer), 64)
    remote = Piece(address, 64)
    read = ctypes.CDLL(None).process_vm_readv
    read.restype = ctypes.c_ssize_t
    return read(pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0) == 64


def breach():
    places = [(os.getppid(), id(ctypes))]  # a parent that forked has the same addresses
    for pid in (WORLD["pid"], WORLD["grader"]):
        try:
            places.append((pid, int(open(f"/proc/{pid}/maps").readline().split("-")[0], 16)))
        except OSError:
            continue
    return any(copied(pid, address) for pid, address in places if pid > 0)
