"""Where a submission runs: `Jail.start()` gives a Child, a process that answers on a socket and can be measured and killed.

This jail is a process of its own session and group with resource limits, an empty working directory, no inherited
descriptor, a scrubbed environment, and a Python that finds the standard library and the allowed packages only. It contains
crashes, loops and exhaustion; it keeps no secrets on the machine, and says so (level 0 of docs/security.md).
"""

from __future__ import annotations

import abc
import compileall
import contextlib
import importlib.metadata
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .faults import OurFault
from .limits import Limits

# Runs in the fresh interpreter: makes the sibling modules importable as `grader_inside`, and only while they load.
BOOT = """
import sys, types
_, fd, packages, code = sys.argv
sys.path.append(packages)
inside = sys.modules["grader_inside"] = types.ModuleType("grader_inside")
inside.__path__ = [code]
from grader_inside.worker import main
inside.__path__ = []
main(int(fd))
"""
HERE = Path(__file__).parent
PYTHON = (sys.executable, "-s", "-S", "-P", "-B")  # no site-packages, no current folder, no bytecode written
INSIDE = ("wire", "plan", "standins", "worker")  # what the interpreter inside loads of this package

FILE_BYTES = 16 << 20  # the largest file that a submission may write
DESCRIPTORS = 64
LEAVING_SECONDS = 1.0  # wall time for a process that closed its channel to be gone
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

        `gone`: its side of the channel is closed, so that it is about to end by itself.
        """


class Jail(abc.ABC):
    """Makes children. `level` and `sentence` say what it holds (docs/security.md)."""

    level: int
    sentence: str

    imports: tuple[str, ...]

    @abc.abstractmethod
    def start(self) -> Child:
        """A fresh process that has loaded numpy and no student code. Raises OurFault where none can be made."""

    def settings(self, limits: Limits) -> dict[str, Any]:
        """The first request to a child: the limits that it puts on itself before any student code runs."""
        return {
            "imports": self.imports,
            "memory": limits.memory_mb << 20,
            "cpu": math.ceil(limits.submission_cpu_seconds) + GRACE_SECONDS,
            "file": FILE_BYTES,
            "descriptors": DESCRIPTORS,
        }

    @abc.abstractmethod
    def close(self) -> None:
        """Kill what still runs and free what the jail holds; `start` raises OurFault from then on. From any thread."""


class ProcessJail(Jail):
    """A new interpreter per submission."""

    level = 0
    sentence = "level 0: crashes and loops are contained; student code could read this user's files"

    def __init__(self, imports: Sequence[str] = ("numpy",)) -> None:
        self.imports = tuple(imports)
        self._lock, self._closed = threading.Lock(), False
        self._children: weakref.WeakSet[_Process] = weakref.WeakSet()
        self._folder = tempfile.TemporaryDirectory(prefix="grader-packages-")
        link_packages(self.imports, Path(self._folder.name))
        for module in INSIDE:
            compileall.compile_file(HERE / f"{module}.py", quiet=2)  # children write no bytecode

    def start(self) -> Child:
        ours, theirs = socket.socketpair()
        scratch = tempfile.mkdtemp(prefix="grader-scratch-")
        try:
            with theirs:
                process = subprocess.Popen(
                    [*PYTHON, "-c", BOOT, str(theirs.fileno()), self._folder.name, str(HERE)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    cwd=scratch,
                    env=environment(scratch),
                    start_new_session=True,
                )
        except OSError as error:
            ours.close()
            shutil.rmtree(scratch, ignore_errors=True)
            raise OurFault(f"no process could be started for the submission: {error}") from error
        child = _Process(process, ours, scratch)
        with self._lock:
            self._children.add(child)
            if not self._closed:
                return child
        child.end()
        raise OurFault("the jail is closed")

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for child in self._children:
                child.kill()
        self._folder.cleanup()


class _Process(Child):
    def __init__(self, process: subprocess.Popen[bytes], channel: socket.socket, scratch: str) -> None:
        self.process, self.channel, self.scratch = process, channel, scratch
        self._ended = ""
        self._cpu = 0.0
        self._started = time.monotonic()

    def cpu_seconds(self) -> float:
        if not self._ended:
            self._cpu = max(self._cpu, process_cpu_seconds(self.process.pid, self._started))
        return self._cpu

    def end(self, gone: bool = False) -> str:
        if self._ended:
            return self._ended
        self.cpu_seconds()
        left_by_itself = self._wait(LEAVING_SECONDS if gone else 0)
        self._kill_group()
        status = self.process.wait()
        self.channel.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._ended = how_it_ended(status) if left_by_itself else "was stopped"
        return self._ended

    def kill(self) -> None:
        """From another thread: its session finds it gone, and cleans up."""
        if self.process.poll() is None:
            self._kill_group()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # where the whole group is gone already
            os.killpg(self.process.pid, signal.SIGKILL)

    def _wait(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def environment(scratch: str) -> dict[str, str]:
    """All that a submission sees of the environment: one thread for BLAS, UTF-8, and hashes that do not vary."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")}
    return {"PATH": "/usr/bin:/bin", "HOME": scratch, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", **threads}


def how_it_ended(status: int) -> str:
    """A few words for an exit status as subprocess reports it."""
    if status >= 0:
        return f"ended by itself with exit status {status} (`exit` or `os._exit` in the code?)"
    name = signal.Signals(-status).name if -status in signal.Signals.__members__.values() else f"signal {-status}"
    reason = {"SIGSEGV": "a crash in compiled code", "SIGXCPU": "out of processor time", "SIGKILL": "killed"}.get(name)
    return f"was ended by {name}" + (f" ({reason})" if reason else "")


def process_cpu_seconds(pid: int, started: float) -> float:
    """CPU seconds of another process: Linux keeps a clock for each (clock_getcpuclockid); elsewhere the wall stands in."""
    if sys.platform == "linux":
        try:
            return time.clock_gettime((~pid << 3) | 2)
        except OSError:
            return 0.0
    return time.monotonic() - started


def link_packages(names: Sequence[str], folder: Path) -> None:
    """Make a folder in which exactly the named packages, and those that they need, can be imported.

    Raises OurFault for one that is not installed.
    """
    for name in needed(names):
        for top in sorted({file.parts[0] for file in importlib.metadata.files(name) or () if file.parts[0] != ".."}):
            source = Path(str(importlib.metadata.distribution(name).locate_file(top)))
            if not (folder / top).exists() and not top.endswith(".dist-info") and top != "__pycache__":
                (folder / top).symlink_to(source)


def needed(names: Sequence[str]) -> Iterator[str]:
    """The distributions that bring the named packages and, once each, everything they require (extras left out)."""
    queue, seen = [_distribution(name) for name in names], set()
    while queue:
        name = queue.pop(0)
        if name.lower() in seen:
            continue
        seen.add(name.lower())
        try:
            requirements = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # required on another system, or by another version of Python
        yield name
        queue += [re.split(r"[^\w.-]", r, maxsplit=1)[0] for r in requirements if "extra ==" not in r]


def _distribution(package: str) -> str:
    """Packages are named as they are imported: `sklearn` comes with scikit-learn."""
    try:
        return str(importlib.metadata.distribution(package).metadata["Name"])
    except importlib.metadata.PackageNotFoundError:
        found = importlib.metadata.packages_distributions().get(package)
    if not found:
        raise OurFault(f"`{package}` is allowed by the course but not installed here: pip install {package}")
    return found[0]
