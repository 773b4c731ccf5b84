"""What runs below a process, as /proc tells it; and a Python below which some system calls are refused.

python tests/support/processes.py refuse CALL... -- ARGUMENTS OF PYTHON
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PR_SET_SECCOMP, EQUAL = 22, 4
ALLOW, REFUSE = 0x7FFF0000, 0x00050000


def descendants(pid: int, *, ended: bool = False) -> dict[int, str]:
    """Every living process below `pid`, nearest first: number → name. With `ended` also those that nobody has reaped."""
    running = _processes(ended)
    below, seen = [pid], 0
    while seen < len(below):
        below += [child for child, (parent, _) in running.items() if parent == below[seen]]
        seen += 1
    return {child: running[child][1] for child in below[1:]}


def dying(pid: int) -> bool:
    """Whether SIGKILL has been sent to a process that did not have its turn to run since."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    pending = re.findall(r"^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)", status, re.MULTILINE)
    return any(int(signals, 16) & 1 << (signal.SIGKILL - 1) for signals in pending)


def alive(pids: Iterable[int]) -> set[int]:
    return set(pids) & _processes().keys()


def none_left(pids: Iterable[int], seconds: float = 30) -> bool:
    """Whether all end: a process that was killed ends when it is its turn to run, on a busy machine after seconds."""
    deadline, pids = time.monotonic() + seconds, set(pids)
    while left := alive(pids):
        if time.monotonic() > deadline:
            print("left:", {pid: Path(f"/proc/{pid}/cmdline").read_bytes()[:200] for pid in left})
            return False
        time.sleep(0.01)
    return True


def _processes(ended: bool = False) -> dict[int, tuple[int, str]]:
    """Process → its parent and its name; with `ended` also those that have ended and wait to be reaped."""
    found = {}
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            name, _, rest = Path(f"/proc/{int(entry)}/stat").read_text().partition("(")[2].rpartition(")")
            state, parent = rest.split()[:2]
            if ended or state not in "ZX":
                found[int(entry)] = int(parent), name
    return found


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
