"""Landlock (Linux ≥ 5.13): confine this process to reading below some paths and writing below others.

Source: Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h. Runs inside the jail: standard library only.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from .libc import checked, libc

# glibc has no wrappers for these calls. Their numbers are the same on every architecture.
SYS_CREATE_RULESET, SYS_ADD_RULE, SYS_RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_SPECIAL = 0b1_1110_0000_0000  # sockets, FIFOs, block devices, symbolic links
READ = EXECUTE | READ_FILE | READ_DIR

# Number of file-system rights that an ABI knows: the kernel refuses a ruleset that names a right which it does not know.
# ABI 2 added REFER (renaming between folders), ABI 3 TRUNCATE, ABI 5 IOCTL_DEV.
RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}
RIGHTS_NEWEST = 16
NETWORK_TCP = 0b11  # bind and connect, ABI ≥ 4
SCOPES = 0b11  # abstract sockets and signals, ABI ≥ 6


def abi() -> int:
    """Return the version of Landlock that the running kernel speaks, 0 if it has none."""
    version = libc.syscall(SYS_CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_RULESET_VERSION)
    return max(int(version), 0)


def prepare(read: Iterable[str], write: Iterable[str]) -> int:
    """Make a ruleset and return its descriptor.

    It allows reading and executing below the paths of `read`, and making and changing files below those of `write`. As far as
    the kernel's ABI can, it refuses TCP, connections to others' abstract sockets, and signals to others. Raises OSError.
    """
    version = abi()
    if version == 0:
        raise OSError("the kernel has no Landlock")
    # A right that the ruleset handles and no rule grants is refused.
    rights = (1 << RIGHTS_BY_ABI.get(version, RIGHTS_NEWEST)) - 1
    attributes = struct.pack("QQQ", rights, NETWORK_TCP if version >= 4 else 0, SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8  # struct landlock_ruleset_attr has grown with the ABI
    ruleset = _call(SYS_CREATE_RULESET, attributes[:size], ctypes.c_size_t(size), 0)
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
    """Confine this process, for good, to what the ruleset allows, and close its descriptor. Raises OSError."""
    try:
        # The kernel takes rulesets only from a process that cannot gain privileges by executing a setuid program.
        checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "Landlock")
        _call(SYS_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Add a rule: `rights` on `path` and everything below it. Raises OSError."""
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):  # the kernel refuses rights of directories on a file
            rights &= EXECUTE | WRITE_FILE | READ_FILE
        rule = struct.pack("=Qi", rights, parent)  # "=": struct landlock_path_beneath_attr is packed
        _call(SYS_ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(parent)


def _call(number: int, *arguments: object) -> int:
    return checked(libc.syscall(number, *arguments), "Landlock")
