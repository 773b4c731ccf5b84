"""Landlock (Linux ≥ 5.13): from here on this process reads below some paths, writes below others, and nothing else.

Source: Documentation/userspace-api/landlock.rst. Runs inside the jail: standard library only.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from typing import Any

# The same numbers on every architecture that has them.
SYS_CREATE_RULESET, SYS_ADD_RULE, SYS_RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_SPECIAL = 0b1_1110_0000_0000  # sockets, FIFOs, block devices, symbolic links
READ = EXECUTE | READ_FILE | READ_DIR

# How many file-system rights an ABI knows; a right that the kernel does not know must not be named.
RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}
RIGHTS_NEWEST = 16  # ABI 5 adds IOCTL_DEV
NETWORK_TCP = 0b11  # bind and connect, ABI ≥ 4
SCOPES = 0b11  # abstract sockets and signals, ABI ≥ 6

_libc: Any = None if sys.platform == "win32" else ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """The version of Landlock that the kernel speaks, 0 where it speaks none."""
    version = _libc.syscall(SYS_CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_RULESET_VERSION)
    return max(int(version), 0)


def prepare(read: Iterable[str], write: Iterable[str]) -> int:
    """A ruleset, as a descriptor: reading (and loading libraries) below `read`, making and changing files below `write`.

    TCP, abstract sockets and signals to others are not in it, where the kernel's version can refuse them. Raises OSError.
    """
    version = abi()
    if version == 0:
        raise OSError("the kernel has no Landlock")
    rights = (1 << RIGHTS_BY_ABI.get(version, RIGHTS_NEWEST)) - 1
    attributes = struct.pack("QQQ", rights, NETWORK_TCP if version >= 4 else 0, SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _checked(_libc.syscall(SYS_CREATE_RULESET, attributes[:size], ctypes.c_size_t(size), 0))
    try:
        for path in read:
            _allow(ruleset, path, READ)
        for path in write:
            _allow(ruleset, path, rights & ~(EXECUTE | MAKE_SPECIAL))
    except OSError:
        os.close(ruleset)
        raise
    return ruleset


def enforce(ruleset: int) -> None:
    """From here on this process does only what the ruleset allows; the descriptor is closed. Raises OSError."""
    try:
        _checked(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(_libc.syscall(SYS_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):
            rights &= EXECUTE | WRITE_FILE | READ_FILE
        rule = struct.pack("=Qi", rights, parent)
        _checked(_libc.syscall(SYS_ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0))
    finally:
        os.close(parent)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
