"""The interface between a Session and the process that it talks to, and the constants and functions that jails share."""

from __future__ import annotations

import abc
import math
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from ..limits import Limits

INSIDE = Path(__file__).resolve().parents[2] / "inside"  # all that the interpreter inside loads of this package
PYTHON = (
    # On Windows the python.exe of a virtual environment starts another one, whose process id we would not know.
    getattr(sys, "_base_executable", sys.executable) if sys.platform == "win32" else sys.executable,
    *("-s", "-S", "-P", "-B"),  # no site-packages, no current folder, no bytecode written
)
SCRATCH_BYTES = 16 << 20  # what a submission may write, and the largest file
DESCRIPTORS = 64
THREADS = 64  # that a submission may start (RLIMIT_NPROC: those that others start at the same time count as well)
WINDOWS_CRASH = 0xC0000000  # the first of Windows's own exit statuses, for exceptions that nobody handled
GRACE_SECONDS = 5  # CPU seconds beyond all budgets of a submission, after which the kernel itself ends it
LEAVING_SECONDS = 1.0  # wall time for a process that closed its channel to be gone


class Child(abc.ABC):
    """A submission's process."""

    channel: socket.socket

    @abc.abstractmethod
    def cpu_seconds(self) -> float:
        """Return the processor time used so far, measured from outside."""

    @abc.abstractmethod
    def end(self, gone: bool = False) -> str:
        """Kill everything that the submission started, and return a few words about how it ended. Safe to call twice.

        `gone`: it has closed its end of the channel, so it is given a moment to end by itself. Raises GraderError if the jail has
        ended and has taken the submission with it.
        """


class Jail(abc.ABC):
    """Makes children. `level` (0 to 3) and `sentence` say what it holds: docs/security.md. `imports` are the allowed packages."""

    level: int
    sentence: str
    imports: tuple[str, ...]

    @abc.abstractmethod
    def start(self) -> Child:
        """Return a fresh process, which has loaded numpy and no student code. Raises GraderError if none can be made."""

    @abc.abstractmethod
    def close(self) -> None:
        """Kill the children that still run, and free what the jail holds. Safe from any thread; then `start` raises GraderError."""

    def settings(self, limits: Limits) -> dict[str, Any]:
        """Return the first request to a child: the limits that it puts on itself before any student code runs."""
        return {
            "imports": self.imports,
            "memory": limits.memory_mb << 20,
            # The cells and the rows of one process have as much each, and a last start of the cells that of one more.
            "cpu": math.ceil(2 * limits.submission_cpu_seconds + limits.cell_cpu_seconds) + GRACE_SECONDS,
            "file": SCRATCH_BYTES,
            "descriptors": DESCRIPTORS,
            "threads": THREADS,
        }


def environment(home: str) -> dict[str, str]:
    """Return the environment variables of a submission. `home` is its home and, on Windows, its folder for temporary files."""
    # PYTHONHASHSEED: a set of strings has the same order in every run. One thread for BLAS: by default it starts one for each
    # processor, with memory of its own, and `import numpy` fails where the limits leave no room for that.
    seen = {"PATH": "/usr/bin:/bin", "HOME": home, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    if sys.platform == "win32":  # without SYSTEMROOT, Windows gives a process neither sockets nor random numbers
        root = os.environ.get("SYSTEMROOT", r"C:\Windows")
        seen |= {"SYSTEMROOT": root, "PATH": rf"{root}\System32", "USERPROFILE": home, "TEMP": home, "TMP": home}
    return seen | {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")}


def how_it_ended(status: int) -> str:
    """Return a few words for an exit status as `subprocess` reports it (negative: a signal)."""
    if status >= WINDOWS_CRASH:
        return f"was ended by the system (status 0x{status:08X}: a crash in compiled code?)"
    if status >= 0:
        return f"ended by itself with exit status {status} (`exit` or `os._exit` in the code?)"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    reason = {
        "SIGSEGV": "a crash in compiled code, or `abort`",  # seccomp forbids signals, so abort() falls back to a crash
        "SIGXCPU": "out of processor time",
        "SIGSYS": "a forbidden call",
    }.get(name)
    return f"was ended by {name}" + (f" ({reason})" if reason else "")


def process_cpu_seconds(pid: int, started: float) -> float:
    """Return the CPU seconds of another process, 0 if it is gone.

    `started`: when it started, by time.monotonic(). Where a system refuses to tell, the wall time since then is returned.
    """
    if sys.platform == "linux":
        try:
            # The clock of a process, as glibc's clock_getcpuclockid(3) computes its number.
            return time.clock_gettime((~pid << 3) | 2)
        except OSError:
            return 0.0
    import psutil

    try:
        used = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    except psutil.Error:
        return time.monotonic() - started
    return float(used.user + used.system)
