"""The jail of any system: a new interpreter for each submission.

It has a session and group of its own, resource limits, an empty working directory, no inherited descriptor, an environment of
a few variables, and finds the standard library and the allowed packages only. That contains crashes, loops and exhaustion. It
keeps no secret of the machine, and says so: level 0 of docs/security.md.

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
from .base import INSIDE, LEAVING_SECONDS, PYTHON, Child, Jail, environment, how_it_ended, process_cpu_seconds

# Runs in the new interpreter. The folder INSIDE is the package `grader_inside`, but only while its modules load: student code
# cannot import from it.
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


class ProcessJail(Jail):
    """Makes a new interpreter for each submission, in which `imports` can be imported."""

    level = 0
    sentence = "level 0: crashes and loops are contained; student code could read this user's files"

    def __init__(self, imports: Sequence[str] = ("numpy",)) -> None:
        self.imports = tuple(imports)
        self._lock, self._closed = threading.Lock(), False
        self._children: weakref.WeakSet[_Interpreter] = weakref.WeakSet()
        self._places = repr(packages.places(self.imports))
        folders.sweep()
        compileall.compile_dir(INSIDE, quiet=2)  # once: the children write no bytecode

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
        child = _Interpreter(process, ours, scratch)
        with self._lock:
            self._children.add(child)
            if not self._closed:
                return child
        child.end()
        raise GraderError("the jail is closed")

    def _launch(self, channel: socket.socket, scratch: str) -> subprocess.Popen[bytes]:
        """Start the process and give it its end of the channel: an inherited descriptor, or on Windows a description on stdin."""
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


class _Interpreter(Child):
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
        try:
            self.process.wait(LEAVING_SECONDS if gone else 0)
            left_by_itself = True
        except subprocess.TimeoutExpired:
            left_by_itself = False
        _kill_all(self.process)
        status = self.process.wait()
        self.channel.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._ended = how_it_ended(status) if left_by_itself else "was stopped"
        return self._ended

    def kill(self) -> None:
        """Kill the process from another thread. Its session will find it gone, and clean up."""
        if self.process.poll() is None:
            _kill_all(self.process)


if sys.platform == "win32":
    import psutil

    def _give(process: subprocess.Popen[bytes], channel: socket.socket) -> None:
        """Write a description of the socket to the process's stdin: so Windows hands a socket over. Raises OSError."""
        assert process.stdin is not None
        try:
            with process.stdin:
                process.stdin.write(channel.share(process.pid))
        except OSError:
            process.kill()
            process.wait()
            raise

    def _kill_all(process: subprocess.Popen[bytes]) -> None:
        """Kill the process and what it has started, as far as the parents of those are still there."""
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    child.kill()
        process.kill()

else:

    def _kill_all(process: subprocess.Popen[bytes]) -> None:
        """Kill the process and its whole group, which may outlive it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # the whole group is gone already
            os.killpg(process.pid, signal.SIGKILL)
