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
from typing import NamedTuple

PR_SET_SECCOMP, EQUAL = 22, 4
ALLOW, REFUSE = 0x7FFF0000, 0x00050000


class Process(NamedTuple):
    """A process, told from a later one that got the same number: older ones come first."""

    started: int  # clock ticks after the machine's start
    pid: int


def descendants(pid: int, *, ended: bool = False) -> dict[Process, str]:
    """Every living process below `pid`, nearest first, and its name. With `ended` also those that nobody has reaped."""
    running = _processes(ended)
    below, seen, found = [pid], 0, dict[Process, str]()
    while seen < len(below):
        for child, (parent, name) in running.items():
            if parent == below[seen]:
                below.append(child.pid)
                found[child] = name
        seen += 1
    return found


def dying(process: Process) -> bool:
    """Whether SIGKILL has been sent to a process that did not have its turn to run since."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return False
    pending = re.findall(r"^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)", status, re.MULTILINE)
    return any(int(signals, 16) & 1 << (signal.SIGKILL - 1) for signals in pending)


def alive(processes: Iterable[Process]) -> set[Process]:
    return set(processes) & _processes().keys()


def none_left(processes: Iterable[Process], seconds: float = 30) -> bool:
    """Whether all end: a process that was killed ends when it is its turn to run, on a busy machine after seconds."""
    deadline, processes = time.monotonic() + seconds, set(processes)
    while left := alive(processes):
        if time.monotonic() > deadline:
            print("left:", {one.pid: Path(f"/proc/{one.pid}/cmdline").read_bytes()[:200] for one in left})
            return False
        time.sleep(0.01)
    return True


def _processes(ended: bool = False) -> dict[Process, tuple[int, str]]:
    """Process → its parent's number and its name; with `ended` also those that have ended and wait to be reaped."""
    found = {}
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            name, _, rest = Path(f"/proc/{int(entry)}/stat").read_text().partition("(")[2].rpartition(")")
            state, parent, *more = rest.split()
            if ended or state not in "ZX":
                started = int(more[22 - 5])  # field 22 of proc_pid_stat(5); `more` begins with field 5
                found[Process(started, int(entry))] = int(parent), name
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
