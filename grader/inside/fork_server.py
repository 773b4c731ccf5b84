"""The fork server: a warm interpreter, with numpy and nothing of the course, that forks a confined child for each submission.

It never sees student code or arrays: it receives descriptors on a control socket, and forks.

    server ──fork──> A (enters new namespaces, waits for B, reports on the status socket how B ended)
                      └──fork──> B (process 1 of its namespace; confines itself, then answers requests)

Without namespaces A does the same, and B is an ordinary process. A child is ready in 10 ms, where a new interpreter takes 80 ms
to import numpy (docs/performance.md). Runs inside the jail: standard library, numpy and its siblings only.
"""

from __future__ import annotations

import gc
import os
import signal
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from . import landlock, namespaces, seccomp, worker

try:
    import socket
except ImportError:  # in a browser, which loads this folder, too, for `wire` and `plan`
    socket = None  # type: ignore[assignment]

# A child's descriptors: the channel that it answers on, and the ruleset of Landlock until it is in force. The rest is closed.
CHANNEL, RULESET = 3, 4
FIRST_CLOSED, LAST_CLOSED = 5, 4096
SCRATCH, SCRATCH_FILES = "/box", 256  # the folder that a submission may write in, and how many files

# Messages to the grader. READY is the server's and comes with its pidfd, the others are A's.
READY = b"ready"
STARTED = b"B"  # with B's pidfd
REFUSED = b"E"  # there is no B; the reason follows
ENDED = struct.Struct("<id")  # B's wait status and CPU seconds

Confine = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Confinement:
    """The parts of a confinement that are made once and put on every child.

    `program` is the compiled filter of system calls, empty without seccomp. `ruleset` is the descriptor of Landlock's paths: some
    two hundred without namespaces, where every child gets the same. With namespaces, or without Landlock, it is None.
    """

    program: bytes
    ruleset: int | None


def main(control_fd: int, options: Mapping[str, Any]) -> None:
    """Serve until the control socket closes, as it does when the grader ends, even if it is killed.

    A request is two descriptors: the child's channel and its status socket.
    `options`: namespaces, landlock, seccomp (bool), read (paths), scratch (bytes).
    """
    preload()
    program = seccomp.build() if options["seccomp"] else b""
    shared = options["landlock"] and not options["namespaces"]
    confinement = Confinement(
        program, landlock.prepare(filter(os.path.exists, options["read"]), []) if shared else None
    )
    control = socket.socket(fileno=control_fd)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps every A
    # The collector writes into the objects that it visits, and each page that a child writes to is copied.
    gc.collect()
    gc.freeze()
    own_pidfd = os.pidfd_open(os.getpid())
    socket.send_fds(control, [READY], [own_pidfd])
    os.close(own_pidfd)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 2)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            channel, status = descriptors
            _supervise(channel, status, confinement, options)
        for descriptor in descriptors:
            os.close(descriptor)


def preload() -> None:
    """Import what submissions are about to import, once for all of them. Without numpy's submodules a child takes 20 ms."""
    import asyncio, collections, copy, dataclasses, functools, itertools, math, random, time, typing, warnings  # noqa: E401, F401, I001

    import numpy as np

    for lazy in ("random", "linalg", "fft", "polynomial", "ma", "testing"):
        getattr(np, lazy)
    np.ones((8, 8)) @ np.ones((8, 8))  # BLAS allocates its buffers at its first use


def _supervise(channel: int, status: int, confinement: Confinement, options: Mapping[str, Any]) -> NoReturn:
    """Be process A: make B, wait for it, and report how it ended."""
    report = socket.socket(fileno=status)
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # else B could not be waited for
        os.setsid()
        namespaces.die_with_parent(signal.SIGKILL)  # when the grader is killed, all children are gone within 25 ms
        if options["namespaces"]:
            namespaces.unshare()
        pid = os.fork()
        if pid == 0:
            report.detach()  # B closes the descriptor itself
            _become_submission(channel, confinement, lambda settings: _confine(settings, confinement, options))
        os.close(channel)
        pidfd = os.pidfd_open(pid)
        socket.send_fds(report, [STARTED], [pidfd])
        os.close(pidfd)
        _, how, used = os.wait4(pid, 0)
        report.send(ENDED.pack(how, used.ru_utime + used.ru_stime))
    except BaseException as error:
        text = f"{type(error).__name__}: {error}".encode("utf-8", "replace")
        try:
            report.send(REFUSED + text[:500])
        except OSError:
            os._exit(1)
    os._exit(0)


def _become_submission(channel: int, confinement: Confinement, confine: Confine) -> NoReturn:
    """Be process B: close every descriptor of ours, then answer requests until the end. `confine` is called with the settings."""
    try:
        namespaces.die_with_parent(signal.SIGKILL)
        null = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        # The ruleset may have the number CHANNEL, and would be overwritten.
        ruleset = None if confinement.ruleset is None else os.dup(confinement.ruleset)
        os.dup2(channel, CHANNEL)
        if ruleset is not None:
            os.dup2(ruleset, RULESET)
        os.closerange(RULESET if ruleset is None else FIRST_CLOSED, LAST_CLOSED)
        worker.main(socket.socket(fileno=CHANNEL), confine)
    except BaseException:
        os._exit(70)
    os._exit(0)


def _confine(settings: dict[str, Any], confinement: Confinement, options: Mapping[str, Any]) -> None:
    """Give up, in this order: unlimited resources, the file system, capabilities, paths, system calls. Raises OSError.

    Each step needs what the later ones take away.
    """
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
