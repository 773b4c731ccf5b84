"""The fork server: a warm interpreter with numpy and nothing else, that forks a confined child for each submission.

It never sees student code or arrays: it gets descriptors on a control socket, and forks.

    server ──fork──> A (own namespaces; keeps the status socket, waits for B, reports how it ended)
                      └──fork──> B (process 1 of its namespace; confines itself; then answers requests)

Without namespaces A does the same, only B is then an ordinary process. Runs inside: standard library, numpy, siblings.
"""

from __future__ import annotations

import gc
import os
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from . import landlock, namespaces, seccomp, worker

try:
    import socket
except ImportError:  # in a browser, which loads this folder, too, for `wire` and `plan`
    socket = None  # type: ignore[assignment]

CHANNEL, RULESET = 3, 4  # the descriptor that a child answers on, and that of what it may open, until it is in force
FIRST_CLOSED, LAST_CLOSED = 5, 4096
SCRATCH, SCRATCH_FILES = "/box", 256
READY = b"ready"
ENDED = struct.Struct("<id")  # wait status, CPU seconds
STARTED = b"B"  # the message that carries B's pidfd
REFUSED = b"E"  # the message that says why there is no B


Confine = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Confinement:
    """What is made once and put on every child: the filter of system calls, and, where no child has a folder of its own,
    the ruleset of paths (two hundred of them without namespaces)."""

    program: bytes
    ruleset: int | None


def main(control_fd: int, options: Mapping[str, Any]) -> None:
    """Serve until the control socket closes, as it does when the grader ends, however that ends.

    `options`: namespaces, landlock, seccomp (bool), read (paths), scratch (bytes).
    """
    preload()
    program = seccomp.build() if options["seccomp"] else b""
    shared = options["landlock"] and not options["namespaces"]
    confinement = Confinement(
        program, landlock.prepare(filter(os.path.exists, options["read"]), []) if shared else None
    )
    control = socket.socket(fileno=control_fd)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    itself = os.pidfd_open(os.getpid())
    socket.send_fds(control, [READY], [itself])
    os.close(itself)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 2)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            channel, status = descriptors
            _attend(channel, status, confinement, options)
        for descriptor in descriptors:
            os.close(descriptor)


def preload() -> None:
    """Load what submissions are about to import, once for all of them."""
    import asyncio, collections, copy, dataclasses, functools, itertools, math, random, time, typing, warnings  # noqa: E401, F401, I001

    import numpy as np

    for lazy in ("random", "linalg", "fft", "polynomial", "ma", "testing"):
        getattr(np, lazy)
    np.ones((8, 8)) @ np.ones((8, 8))  # BLAS makes its buffers now


def _attend(channel: int, status: int, confinement: Confinement, options: Mapping[str, Any]) -> NoReturn:
    """Process A: make B, tell how it ended."""
    report = socket.socket(fileno=status)
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        namespaces.die_with_parent(signal.SIGKILL)
        if options["namespaces"]:
            namespaces.unshare()
        pid = os.fork()
        if pid == 0:
            report.detach()
            _become_submission(channel, confinement, lambda settings: _confine(settings, confinement, options))
        os.close(channel)
        pidfd = os.pidfd_open(pid)
        socket.send_fds(report, [STARTED], [pidfd])
        os.close(pidfd)
        _, how, used = os.wait4(pid, 0)
        report.send(ENDED.pack(how, used.ru_utime + used.ru_stime))
    except BaseException as error:
        _tell(report, error)
    os._exit(0)


def _become_submission(channel: int, confinement: Confinement, confine: Confine) -> NoReturn:
    """Process B: everything of ours is closed or given up, then it answers requests until it is killed."""
    try:
        namespaces.die_with_parent(signal.SIGKILL)
        null = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        kept = (
            None if confinement.ruleset is None else os.dup(confinement.ruleset)
        )  # not to be overwritten by the next line
        os.dup2(channel, CHANNEL)
        if kept is not None:
            os.dup2(kept, RULESET)
        os.closerange(RULESET if kept is None else FIRST_CLOSED, LAST_CLOSED)
        worker.main(socket.socket(fileno=CHANNEL), confine)
    except BaseException:
        os._exit(70)
    os._exit(0)


def _confine(settings: dict[str, Any], confinement: Confinement, options: Mapping[str, Any]) -> None:
    """Give up, in this order: memory and time without end, files of others, every capability, paths, system calls."""
    worker.set_limits(settings)
    writable = []
    if options["namespaces"]:
        namespaces.mount_empty("/proc", 4096, 16, 0o555)
        namespaces.mount_empty(SCRATCH, options["scratch"], SCRATCH_FILES, 0o700)
        os.chdir(SCRATCH)
        os.environ["HOME"] = os.environ["TMPDIR"] = SCRATCH
        namespaces.drop_capabilities()
        writable = [SCRATCH]
    else:
        os.chdir("/")
    if options["landlock"]:
        own = confinement.ruleset is None
        landlock.enforce(landlock.prepare(filter(os.path.exists, options["read"]), writable) if own else RULESET)
    if confinement.program:
        seccomp.load(confinement.program)


def _tell(report: socket.socket, error: BaseException) -> None:
    text = f"{type(error).__name__}: {error}".encode("utf-8", "replace")
    try:
        report.send(REFUSED + text[:500])
    except OSError:
        sys.exit(1)
