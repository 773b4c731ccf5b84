"""What runs below a process, as /proc tells it; and a Python below which some system calls are refused.

python tests/processes.py refuse CALL... -- ARGUMENTS OF PYTHON
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PR_SET_SECCOMP, EQUAL = 22, 4
ALLOW, REFUSE = 0x7FFF0000, 0x00050000


def descendants(pid: int) -> list[int]:
    """Every living process below `pid`, nearest first."""
    below, seen = [pid], 0
    parents = _parents()
    while seen < len(below):
        below += [child for child, parent in parents.items() if parent == below[seen]]
        seen += 1
    return below[1:]


def alive(pids: Iterable[int]) -> set[int]:
    return set(pids) & _parents().keys()


def none_left(pids: Iterable[int], seconds: float) -> bool:
    """Whether all have ended before the time is up."""
    deadline, pids = time.monotonic() + seconds, set(pids)
    while left := alive(pids):
        if time.monotonic() > deadline:
            print("left:", {pid: Path(f"/proc/{pid}/cmdline").read_bytes()[:200] for pid in left})
            return False
        time.sleep(0.01)
    return True


def _parents() -> dict[int, int]:
    """Process → its parent; those that have ended and wait to be reaped are left out."""
    parents = {}
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            state, parent = Path(f"/proc/{int(entry)}/stat").read_text().rpartition(")")[2].split()[:2]
            if state not in "ZX":
                parents[int(entry)] = int(parent)
    return parents


class Comparison(ctypes.Structure):
    """struct scmp_arg_cmp of libseccomp."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def refuse(names: Iterable[str]) -> None:
    """These system calls fail with EPERM from here on, in this process and all below. `seccomp` stands for its prctl."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    add = library.seccomp_rule_add_array
    add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Comparison)]
    context = library.seccomp_init(ALLOW)
    for name in names:
        only = [Comparison(0, EQUAL, PR_SET_SECCOMP, 0)] if name == "seccomp" else []
        number = library.seccomp_syscall_resolve_name(b"prctl" if only else name.encode())
        assert add(context, REFUSE | errno.EPERM, number, len(only), (Comparison * len(only))(*only)) == 0
    assert library.seccomp_load(context) == 0


if __name__ == "__main__":
    at = sys.argv.index("--")
    refuse(sys.argv[2:at])
    os.execv(sys.executable, [sys.executable, *sys.argv[at + 1 :]])
