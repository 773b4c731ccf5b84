"""The interface between a Session and the process that it talks to, and what every jail shares."""

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
    # on Windows a virtual environment's python.exe only starts another one, whose number we would not know
    getattr(sys, "_base_executable", sys.executable) if sys.platform == "win32" else sys.executable,
    *("-s", "-S", "-P", "-B"),  # no site-packages, no current folder, no bytecode written
)
SCRATCH_BYTES = 16 << 20  # what a submission may write, and the largest file
DESCRIPTORS = 64
THREADS = 64  # that a submission may start, give or take those that others start at the same time
WINDOWS_CRASH = 0xC0000000  # exit statuses from here on are Windows's own, for exceptions that nobody handled
GRACE_SECONDS = 5  # of processor time beyond the submission's budget before the kernel itself ends it


class Child(abc.ABC):
    """A submission's process."""

    channel: socket.socket

    @abc.abstractmethod
    def cpu_seconds(self) -> float:
        """Processor time used so far, measured from outside."""

    @abc.abstractmethod
    def end(self, gone: bool = False) -> str:
        """Kill everything that the submission started and say in a few words how it ended. Safe to call twice.

        `gone`: its side of the channel is closed, so that it is about to end by itself. Raises GraderError where it was
        the jail that ended, and took the submission with it.
        """


class Jail(abc.ABC):
    """Makes children. `level` and `sentence` say what it holds (docs/security.md)."""

    level: int
    sentence: str
    imports: tuple[str, ...]

    @abc.abstractmethod
    def start(self) -> Child:
        """A fresh process that has loaded numpy and no student code. Raises GraderError where none can be made."""

    @abc.abstractmethod
    def close(self) -> None:
        """Kill what still runs and free what the jail holds; `start` raises GraderError from then on. From any thread."""

    def settings(self, limits: Limits) -> dict[str, Any]:
        """The first request to a child: the limits that it puts on itself before any student code runs."""
        return {
            "imports": self.imports,
            "memory": limits.memory_mb << 20,
            "cpu": math.ceil(limits.submission_cpu_seconds) + GRACE_SECONDS,
            "file": SCRATCH_BYTES,
            "descriptors": DESCRIPTORS,
            "threads": THREADS,
        }


def environment(home: str) -> dict[str, str]:
    """All that a submission sees of the environment: one thread for BLAS, UTF-8, and hashes that do not vary."""
    seen = {"PATH": "/usr/bin:/bin", "HOME": home, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    if sys.platform == "win32":  # without SYSTEMROOT it has neither sockets nor random numbers
        root = os.environ.get("SYSTEMROOT", r"C:\Windows")
        seen |= {"SYSTEMROOT": root, "PATH": rf"{root}\System32", "USERPROFILE": home, "TEMP": home, "TMP": home}
    return seen | {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")}


def how_it_ended(status: int) -> str:
    """A few words for an exit status as subprocess reports it (negative: a signal)."""
    if status >= WINDOWS_CRASH:
        return f"was ended by the system (status 0x{status:08X}: a crash in compiled code?)"
    if status >= 0:
        return f"ended by itself with exit status {status} (`exit` or `os._exit` in the code?)"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    reason = {
        "SIGSEGV": "a crash in compiled code, or `abort`",  # which cannot signal itself where signals are forbidden
        "SIGXCPU": "out of processor time",
        "SIGSYS": "a forbidden call",
    }.get(name)
    return f"was ended by {name}" + (f" ({reason})" if reason else "")


def process_cpu_seconds(pid: int, started: float) -> float:
    """CPU seconds of another process. Linux keeps a clock for each (clock_getcpuclockid); elsewhere psutil asks the system.

    `started`: by time.monotonic(); where nothing else is told, the wall's time since then stands in.
    """
    if sys.platform == "linux":
        try:
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
