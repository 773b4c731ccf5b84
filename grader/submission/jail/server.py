"""The trusted side of the fork server: starts it and asks it for children.

Processes are killed by descriptor (pidfd), never by number, which another process may have by then.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from ...errors import GraderError
from ...inside import fork_server
from . import launch
from .base import LEAVING_SECONDS, Child, Jail, environment, how_it_ended, process_cpu_seconds

START_SECONDS = 60.0  # wall time for the server to be warm
FORK_SECONDS = 10.0  # wall time for a child to exist
REAP_SECONDS = 5.0  # wall time for a killed child to be reaped
ATTEMPTS = 2  # at making a child: the second one with a new server, if the first one has died


class ForkServerJail(Jail):
    """Makes children of one warm server. `layers` names what confines them: namespaces (with bubblewrap), landlock, seccomp."""

    def __init__(
        self, imports: Sequence[str] = ("numpy",), layers: Sequence[str] = ("namespaces", "landlock", "seccomp")
    ) -> None:
        self.imports, self.layers = tuple(imports), frozenset(layers)
        self.level, self.sentence = 0, "not measured"
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._closed = False

    def start(self) -> Child:
        """Return a child. If the server has died, start another one for it. Raises GraderError."""
        problem: Exception | None = None
        with self._lock:
            for _ in range(ATTEMPTS):
                if self._closed:
                    raise GraderError("the jail is closed")
                try:
                    if self._server is None:
                        self._server = _Server(self.imports, self.layers)
                    return self._server.fork()
                except _ServerDied as died:
                    problem = died
                    self._drop()
                except (OSError, GraderError) as fault:  # the server lives, and so do the children of others
                    problem = fault
        raise GraderError(f"no process could be made for the submission: {problem}") from problem

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._drop()

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


class _ServerDied(Exception):
    """The server has died, or does not answer."""


class _Server:
    """The process that forks. `pidfd` is the server itself, where `process` may be bubblewrap, which has started it."""

    def __init__(self, imports: Sequence[str], layers: frozenset[str]) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.pidfd = -1
        self._resources = contextlib.ExitStack()
        try:
            self._start(imports, layers)
            self._await_ready()
        except BaseException:
            self.close()
            raise

    def _start(self, imports: Sequence[str], layers: frozenset[str]) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._resources.enter_context(self.control)
        with theirs:
            self.process = subprocess.Popen(
                launch.command(imports, layers, theirs.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                env=environment("/"),
                cwd="/",
                **launch.other_user(layers),
            )
        assert self.process.stderr is not None
        self._resources.enter_context(self.process.stderr)

    def _await_ready(self) -> None:
        self.control.settimeout(START_SECONDS)
        ready, descriptors = b"", list[int]()
        with contextlib.suppress(OSError):
            ready, descriptors, _, _ = socket.recv_fds(self.control, 16, 1)
        if ready != fork_server.READY or not descriptors:
            said = self._stderr()
            raise GraderError(f"the fork server did not start{': ' + said if said else ''}")
        self.pidfd = descriptors[0]
        self._resources.callback(os.close, self.pidfd)

    def _stderr(self) -> str:
        """Return the end of what the server wrote on its standard error, without waiting for more."""
        assert self.process is not None
        assert self.process.stderr is not None
        with contextlib.suppress(OSError):
            if select.select([self.process.stderr], [], [], 0.5)[0]:
                return os.read(self.process.stderr.fileno(), 2000).decode("utf-8", "replace").strip()[-500:]
        return ""

    def fork(self) -> Child:
        """Return a new child. Raises _ServerDied, or OSError and GraderError if the server lives but no child could be made."""
        with contextlib.ExitStack() as undo:
            channel, theirs = map(undo.enter_context, socket.socketpair())
            pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            status, report = map(undo.enter_context, pair)
            self._request(theirs, report)
            child = _ForkedChild(channel, status, self._answer(status))
            undo.pop_all()
            theirs.close()
            report.close()
        return child

    def _request(self, channel: socket.socket, report: socket.socket) -> None:
        """Send the server its ends of both sockets. Raises _ServerDied."""
        try:
            # They are closed here, so that our ends see it when the child's are.
            with channel, report:
                socket.send_fds(self.control, [b"fork"], [channel.fileno(), report.fileno()])
        except OSError as error:
            raise _ServerDied(f"the fork server has died ({error})") from error

    def _answer(self, status: socket.socket) -> int:
        """Receive the new child's pidfd. Raises _ServerDied, GraderError if there is no child, OSError if no descriptor is free."""
        status.settimeout(FORK_SECONDS)
        try:
            message, descriptors, _, _ = socket.recv_fds(status, 1024, 1)
        except OSError as error:
            raise _ServerDied(f"the fork server does not answer ({error})") from error
        if not message:
            raise _ServerDied("the fork server has died")
        if message != fork_server.STARTED:
            raise GraderError(message[1:].decode("utf-8", "replace"))
        if not descriptors:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))  # the kernel drops one for which there is no room
        return descriptors[0]

    def close(self) -> None:
        """Kill the server, and with it all of its children."""
        if self.pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(LEAVING_SECONDS if self.pidfd >= 0 else 0)  # a bubblewrap that is killed reaps nobody
            self.process.kill()
            self.process.wait()
        self._resources.close()


class _ForkedChild(Child):
    def __init__(self, channel: socket.socket, status: socket.socket, pidfd: int) -> None:
        self.channel, self.status, self.pidfd = channel, status, pidfd
        # The process id as this process sees it, 0 if the child is gone. It is used for its CPU clock only.
        match = re.search(r"^Pid:\s*(\d+)", Path(f"/proc/self/fdinfo/{pidfd}").read_text(), re.MULTILINE)
        self.pid = int(match[1]) if match else 0
        self._ended, self._cpu, self._started = "", 0.0, time.monotonic()

    def cpu_seconds(self) -> float:
        if not self._ended:
            self._cpu = max(self._cpu, process_cpu_seconds(self.pid, self._started))
        return self._cpu

    def end(self, gone: bool = False) -> str:
        if self._ended:
            return self._ended
        self.cpu_seconds()
        by_itself = bool(select.select([self.pidfd], [], [], LEAVING_SECONDS if gone else 0)[0])
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)  # as process 1 it takes its whole namespace with it
        try:
            how = self._reaped()
        except GraderError:
            self._ended = "was lost"
            if gone:
                raise
        else:
            self._ended = how_it_ended(how) if by_itself else "was stopped"
        finally:
            for closing in (self.channel.close, self.status.close, lambda: os.close(self.pidfd)):
                closing()
        return self._ended

    def _reaped(self) -> int:
        """Return the exit status that process A reports (fork_server.py). The CPU time that it reports is final.

        If A is gone without a report, it was killed, and its child with it. No submission can do that: raises GraderError, for
        the fork server died.
        """
        self.status.settimeout(REAP_SECONDS)
        try:
            message = self.status.recv(64)
        except TimeoutError:
            return -signal.SIGKILL
        if len(message) != fork_server.ENDED.size:
            raise GraderError("the fork server died")
        status, cpu = fork_server.ENDED.unpack(message)
        self._cpu = max(self._cpu, cpu)
        return os.waitstatus_to_exitcode(status)
