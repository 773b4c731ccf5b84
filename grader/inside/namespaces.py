"""Namespaces and capabilities (Linux): a process alone on an empty machine. Runs inside the jail: standard library only."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import Any

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
EVERYTHING = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
LAST_CAPABILITY = 40
CAPABILITY_VERSION_3 = 0x20080522

_libc: Any = None if sys.platform == "win32" else ctypes.CDLL(None, use_errno=True)


def unshare() -> None:
    """Enter new namespaces of every kind, as the same user; the next fork is process 1 of its own. Raises OSError."""
    uid, gid = os.getuid(), os.getgid()
    _checked(_libc.unshare(EVERYTHING))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def mount_empty(path: str, size: int, files: int, mode: int) -> None:
    """An empty file system in memory over `path`: `size` bytes, `files` files at most, nothing executable."""
    options = f"size={size},nr_inodes={files},mode={mode:o}".encode()
    _checked(_libc.mount(b"tmpfs", path.encode(), b"tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options))


def drop_capabilities() -> None:
    """No capability is left, nor can one be gained."""
    for capability in range(LAST_CAPABILITY + 1):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    _checked(_libc.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), struct.pack("6I", *[0] * 6)))


def die_with_parent(signal: int) -> None:
    """This process gets `signal` when the one that made it ends."""
    _libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)


def hide_memory() -> None:
    """No other process of this user may read this one's memory, or trace it. For the grader, whatever the jail holds."""
    _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def _checked(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"namespaces: {os.strerror(number)}")
