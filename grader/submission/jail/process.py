"""Where a submission runs: `Jail.start()` gives a Child, a process that answers on a socket and can be measured and killed.

This jail is a process of its own session and group with resource limits, an empty working directory, no inherited
descriptor, a scrubbed environment, and a Python that finds the standard library and the allowed packages only. It contains
crashes, loops and exhaustion; it keeps no secrets on the machine, and says so (level 0 of docs/security.md).

The same code serves Windows, which has neither groups nor resource limits and hands a socket over in another way.
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
import threading
import time
import weakref
from collections.abc import Sequence

from ...errors import GraderError
from . import folders, packages
from .base import INSIDE, PYTHON, Child, Jail, environment, how_it_ended, process_cpu_seconds

# Runs in the fresh interpreter: makes the sibling modules importable as `grader_inside`, and only while they load.
BOOT = f"""
import ast, socket, sys, types
_, given, places, code = sys.argv
places = ast.literal_eval(places)
{packages.FINDER}
inside = sys.modules["grader_inside"] = types.ModuleType("grader_inside")
inside.__path__ = [code]
from grader_inside.worker import main
inside.__path__ = []
main(socket.fromshare(sys.stdin.buffer.read()) if given == "stdin" else socket.socket(fileno=int(given)))
"""
LEAVING_SECONDS = 1.0  # wall time for a process that closed its channel to be gone


class ProcessJail(Jail):
    """A new interpreter per submission."""

    level = 0
    sentence = "level 0: crashes and loops are contained; student code could read this user's files"

    def __init__(self, imports: Sequence[str] = ("numpy",)) -> None:
        self.imports = tuple(imports)
        self._lock, self._closed = threading.Lock(), False
        self._children: weakref.WeakSet[_Process] = weakref.WeakSet()
        self._places = repr(packages.places(self.imports))
        folders.sweep()
        compileall.compile_dir(INSIDE, quiet=2)  # children write no bytecode

    def start(self) -> Child:
        ours, theirs = socket.socketpair()
        scratch = folders.make("scratch")
        try:
            with theirs:
                process = self._launch(theirs, scratch)
        except OSError as error:
            ours.close()
            shutil.rmtree(scratch, ignore_errors=True)
            raise GraderError(f"no process could be started for the submission: {error}") from error
        child = _Process(process, ours, scratch)
        with self._lock:
            self._children.add(child)
            if not self._closed:
                return child
        child.end()
        raise GraderError("the jail is closed")

    def _launch(self, channel: socket.socket, scratch: str) -> subprocess.Popen[bytes]:
        """The process, with its end of the channel: an open descriptor, or on Windows what `share` says, on stdin."""
        shared = sys.platform == "win32"
        process = subprocess.Popen(
            [*PYTHON, "-c", BOOT, "stdin" if shared else str(channel.fileno()), self._places, str(INSIDE)],
            stdin=subprocess.PIPE if shared else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=() if shared else [channel.fileno()],
            cwd=scratch,
            env=environment(scratch),
            start_new_session=True,
        )
        if sys.platform == "win32":
            _give(process, channel)
        return process

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for child in self._children:
                child.kill()


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
        _kill_all(self.process)
        status = self.process.wait()
        self.channel.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._ended = how_it_ended(status) if left_by_itself else "was stopped"
        return self._ended

    def kill(self) -> None:
        """From another thread: its session finds it gone, and cleans up."""
        if self.process.poll() is None:
            _kill_all(self.process)

    def _wait(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


if sys.platform == "win32":
    import psutil

    def _give(process: subprocess.Popen[bytes], channel: socket.socket) -> None:
        """Windows hands a socket to a process by a description of it. Raises OSError."""
        assert process.stdin is not None
        try:
            with process.stdin:
                process.stdin.write(channel.share(process.pid))
        except OSError:
            process.kill()
            process.wait()
            raise

    def _kill_all(process: subprocess.Popen[bytes]) -> None:
        """The process and what it started, as far as the parents of these still live."""
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    child.kill()
        process.kill()

else:

    def _kill_all(process: subprocess.Popen[bytes]) -> None:
        """The process and all of its group, which outlives it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # where the whole group is gone already
            os.killpg(process.pid, signal.SIGKILL)
