"""Where a submission runs: `Jail.start()` gives a Child, a process that answers on a socket and can be measured and killed.

This jail is a process of its own session and group with resource limits, an empty working directory, no inherited
descriptor, a scrubbed environment, and a Python that finds the standard library and the allowed packages only. It contains
crashes, loops and exhaustion; it keeps no secrets on the machine, and says so (level 0 of docs/security.md).
"""

from __future__ import annotations

import compileall
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

from ..faults import OurFault
from . import packages
from .base import INSIDE, PACKAGE, PYTHON, Child, Jail, environment, how_it_ended, process_cpu_seconds

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
LEAVING_SECONDS = 1.0  # wall time for a process that closed its channel to be gone


class ProcessJail(Jail):
    """A new interpreter per submission."""

    level = 0
    sentence = "level 0: crashes and loops are contained; student code could read this user's files"

    def __init__(self, imports: Sequence[str] = ("numpy",)) -> None:
        if sys.platform == "win32":
            raise OurFault("submissions cannot be run on Windows yet: use the Windows Subsystem for Linux")
        self.imports = tuple(imports)
        self._lock, self._closed = threading.Lock(), False
        self._children: weakref.WeakSet[_Process] = weakref.WeakSet()
        self._folder = tempfile.TemporaryDirectory(prefix="grader-packages-")
        packages.link(self.imports, Path(self._folder.name))
        for module in INSIDE:
            compileall.compile_file(PACKAGE / f"{module}.py", quiet=2)  # children write no bytecode

    def start(self) -> Child:
        ours, theirs = socket.socketpair()
        scratch = tempfile.mkdtemp(prefix="grader-scratch-")
        try:
            with theirs:
                process = subprocess.Popen(
                    [*PYTHON, "-c", BOOT, str(theirs.fileno()), self._folder.name, str(PACKAGE)],
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
