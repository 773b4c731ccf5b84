"""Namespaces and capabilities (Linux): put a process alone on an empty machine.

Sources: unshare(2), user_namespaces(7), capabilities(7). Runs inside the jail: standard library only.
"""

from __future__ import annotations

import os
import struct

from .libc import checked, libc

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
EVERYTHING = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
LAST_CAPABILITY = 40  # CAP_CHECKPOINT_RESTORE, since Linux 5.9 the last one
CAPABILITY_VERSION_3 = 0x20080522


def unshare() -> None:
    """Enter new namespaces of every kind as the same user. The next fork is process 1 of its own. Raises OSError."""
    uid, gid = os.getuid(), os.getgid()
    checked(libc.unshare(EVERYTHING), "namespaces")
    # In this order: without privileges, gid_map can be written only after setgroups was denied.
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def mount_empty(path: str, size: int, files: int, mode: int) -> None:
    """Mount an empty file system in memory over `path`, of at most `size` bytes and `files` files. Raises OSError.

    Nothing in it can be executed.
    """
    options = f"size={size},nr_inodes={files},mode={mode:o}".encode()
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    checked(libc.mount(b"tmpfs", path.encode(), b"tmpfs", flags, options), "namespaces")


def drop_capabilities() -> None:
    """Give up every capability, and the means to gain one. Raises OSError."""
    # The bounding set first, for which CAP_SETPCAP is needed. An older kernel refuses the numbers that it does not know.
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    checked(libc.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), struct.pack("6I", *[0] * 6)), "namespaces")


def die_with_parent(signal: int) -> None:
    """Have the kernel send `signal` to this process when its parent ends."""
    libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)


def hide_memory() -> None:
    """Forbid other processes of this user to read this one's memory or trace it. For the grader, whatever the jail holds.

    With neither Landlock nor namespaces, student code read the grader's heap through /proc/PID/mem, although fork, exec,
    sockets and ptrace were blocked.
    """
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
