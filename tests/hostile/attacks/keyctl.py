"""Reach out or persist: leaves a key in the kernel's keyring of its user.

breaches: process
"""

import ctypes
import os

libc = ctypes.CDLL(None)
call = libc.syscall
machine = os.uname().machine


def breach():
    return (
        call({"x86_64": 248, "aarch64": 217}[machine], b"user", WORLD["token"].encode(), b"note", 4, -3) >= 0
    )  # add_key, session keyring
