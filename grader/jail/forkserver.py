"""The trusted side of the fork server: starts it, asks it for children, and kills them by descriptor, never by number."""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..faults import OurFault
from . import landlock, packages, seccomp, zygote
from .base import PACKAGE, PYTHON, SCRATCH_BYTES, Child, Jail, environment, how_it_ended, process_cpu_seconds

INSIDE = ("wire.py", "plan.py", "standins.py", "worker.py")
INSIDE_JAIL = ("landlock.py", "namespaces.py", "seccomp.py", "zygote.py")
LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache")
NOBODY = 65534

START_SECONDS = 60.0  # wall time for the server to be warm
FORK_SECONDS = 10.0  # wall time for a child to exist
REAP_SECONDS = 5.0  # wall time for a killed child to be reaped

# Runs in the server's interpreter, with the files of INSIDE side by side as the package `grader_inside`.
BOOT = """
import ast, sys, types
_, fd, path, folder, options = sys.argv
sys.path.append(path)
inside = sys.modules["grader_inside"] = types.ModuleType("grader_inside")
inside.__path__ = folder.split(":")
from grader_inside import worker, zygote
inside.__path__ = []
sys.argv[1:] = []
zygote.main(int(fd), ast.literal_eval(options), zygote.Trade(worker.main, worker.set_limits))
"""


class ForkServerJail(Jail):
    """Children of one warm server. `layers` names what confines them: namespaces (with bubblewrap), landlock, seccomp."""

    def __init__(
        self, imports: Sequence[str] = ("numpy",), layers: Sequence[str] = ("namespaces", "landlock", "seccomp")
    ) -> None:
        self.imports, self.layers = tuple(imports), frozenset(layers)
        self.level, self.sentence = 0, "not measured"
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._closed = False

    def start(self) -> Child:
        """A child; where the server has died, from a new one. Raises OurFault."""
        with self._lock:
            for attempt in (1, 2):
                if self._closed:
                    break
                if self._server is None:
                    self._server = _Server(self.imports, self.layers)
                try:
                    return self._server.fork()
                except (OSError, OurFault) as error:
                    self._server.close()
                    self._server = None
                    if attempt == 2:
                        raise OurFault(f"no process could be made for the submission: {error}") from error
        raise OurFault("the jail is closed")

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._server is not None:
                self._server.close()
                self._server = None


class _Server:
    def __init__(self, imports: Sequence[str], layers: frozenset[str]) -> None:
        self.folder = tempfile.mkdtemp(prefix="grader-jail-")
        os.chmod(self.folder, 0o755)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control = ours
        try:
            with theirs:
                command = _command(imports, layers, Path(self.folder), theirs.fileno())
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=[theirs.fileno()],
                    env=environment("/"),
                    cwd="/",
                    **_other_user(layers),
                )
        except OSError as error:
            self.control.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise OurFault(f"the fork server could not be started: {error}") from error
        self._await_ready()

    def _await_ready(self) -> None:
        self.control.settimeout(START_SECONDS)
        try:
            ready = self.control.recv(16)
        except OSError:
            ready = b""
        if ready != zygote.READY:
            said = self._last_words()
            self.close()
            raise OurFault(f"the fork server did not start{': ' + said if said else ''}")

    def _last_words(self) -> str:
        """What the server wrote on its standard error, without waiting for more."""
        assert self.process.stderr is not None
        with contextlib.suppress(OSError):
            if select.select([self.process.stderr], [], [], 0.5)[0]:
                return os.read(self.process.stderr.fileno(), 2000).decode("utf-8", "replace").strip()[-500:]
        return ""

    def fork(self) -> Child:
        """Raises OSError where the server is gone, OurFault where the child could not be made."""
        channel, theirs = socket.socketpair()
        status, report = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs, report:
                socket.send_fds(self.control, [b"fork"], [theirs.fileno(), report.fileno()])
            status.settimeout(FORK_SECONDS)
            message, descriptors, _, _ = socket.recv_fds(status, 1024, 1)
        except OSError:
            channel.close()
            status.close()
            raise
        if message != zygote.STARTED or not descriptors:
            channel.close()
            status.close()
            raise OurFault(message[1:].decode("utf-8", "replace") or "the fork server gave no answer")
        return _Forked(channel, status, descriptors[0])

    def close(self) -> None:
        self.control.close()
        if self.process.stderr is not None:
            self.process.stderr.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Forked(Child):
    def __init__(self, channel: socket.socket, status: socket.socket, pidfd: int) -> None:
        self.channel, self.status, self.pidfd = channel, status, pidfd
        self.pid = _pid(pidfd)
        self._ended, self._cpu, self._started = "", 0.0, time.monotonic()

    def cpu_seconds(self) -> float:
        if not self._ended:
            self._cpu = max(self._cpu, process_cpu_seconds(self.pid, self._started))
        return self._cpu

    def end(self, gone: bool = False) -> str:
        if self._ended:
            return self._ended
        self.cpu_seconds()
        by_itself = bool(select.select([self.pidfd], [], [], 1.0 if gone else 0)[0])
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)  # process 1: its whole namespace goes with it
        how = self._reaped()
        for closing in (self.channel.close, self.status.close, lambda: os.close(self.pidfd)):
            closing()
        self._ended = how_it_ended(how) if by_itself else "was stopped"
        return self._ended

    def _reaped(self) -> int:
        """The exit status, as the fork server's process saw it: the CPU time that it reports is final."""
        self.status.settimeout(REAP_SECONDS)
        with contextlib.suppress(OSError):
            message = self.status.recv(64)
            if len(message) == zygote.ENDED.size:
                status, cpu = zygote.ENDED.unpack(message)
                self._cpu = max(self._cpu, cpu)
                return os.waitstatus_to_exitcode(status)
        return -signal.SIGKILL


def _pid(pidfd: int) -> int:
    """The number, here, of the process behind a descriptor (0 where it is gone): for its CPU clock only."""
    match = re.search(r"^Pid:\s*(\d+)", Path(f"/proc/self/fdinfo/{pidfd}").read_text(), re.MULTILINE)
    return int(match[1]) if match else 0


def _command(imports: Sequence[str], layers: frozenset[str], folder: Path, control: int) -> list[str]:
    stdlib, base = sysconfig.get_path("stdlib"), os.path.realpath(sys.base_prefix)
    tops = packages.files_of(imports)
    shared = [path for path in LIBRARIES if os.path.exists(path)]
    python = [os.path.realpath(sys.executable), "-I", *PYTHON[2:]]
    options: dict[str, Any] = {
        "namespaces": "namespaces" in layers,
        "landlock": "landlock" in layers,
        "seccomp": "seccomp" in layers,
        "scratch": SCRATCH_BYTES,
    }
    if "namespaces" not in layers:
        packages.link(imports, folder)
        options["read"] = [*shared, *_standard_library(stdlib), str(folder), *map(str, tops.values())]
        code = f"{PACKAGE}:{PACKAGE / 'jail'}"
        return [*python, "-c", BOOT, str(control), str(folder), code, repr(options)]
    options["read"] = [*shared, stdlib, "/packages"]
    files = [(PACKAGE / name, f"/code/{name}") for name in INSIDE] + [
        (PACKAGE / "jail" / n, f"/code/{n}") for n in INSIDE_JAIL
    ]
    files += [(path, f"/packages/{top}") for top, path in tops.items()]
    arguments = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    arguments += ["--new-session", "--ro-bind", "/usr", "/usr"]
    for link in ("/lib", "/lib64", "/bin"):
        if os.path.islink(link):
            arguments += ["--symlink", os.readlink(link), link]
        elif os.path.isdir(link):
            arguments += ["--ro-bind", link, link]
    if not base.startswith("/usr"):
        arguments += [*_folders(base), "--ro-bind", base, base]
    for hidden in _site_packages(stdlib):
        arguments += ["--tmpfs", hidden]
    arguments += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        *_folders("/box/x"),
        *_folders("/code/x"),
        *_folders("/packages/x"),
    ]
    for source, target in files:
        arguments += ["--ro-bind", str(source), target]
    arguments += ["--remount-ro", "/"]
    if os.getuid() == 0:
        arguments += ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    else:
        arguments[1:1] = ["--unshare-user"]
    return [*arguments, *python, "-c", BOOT, str(control), "/packages", "/code", repr(options)]


def _folders(path: str) -> list[str]:
    """Arguments that make the folders above `path` readable by everybody (bubblewrap's own are not)."""
    parents = [str(parent) for parent in reversed(Path(path).parents) if str(parent) != "/"]
    return [argument for parent in parents for argument in ("--perms", "0755", "--dir", parent)]


def _standard_library(stdlib: str) -> list[str]:
    """Everything of the standard library but the places where packages are installed."""
    hidden = set(_site_packages(stdlib))
    return [entry.path for entry in os.scandir(stdlib) if entry.path not in hidden]


def _site_packages(stdlib: str) -> list[str]:
    candidates = [f"{stdlib}/site-packages", f"{stdlib}/dist-packages", "/usr/lib/python3/dist-packages"]
    candidates += [path for path in ("/usr/local/lib",) if os.path.isdir(path) and not stdlib.startswith(path)]
    return [path for path in candidates if os.path.isdir(path)]


def _other_user(layers: frozenset[str]) -> dict[str, Any]:
    """Root gives itself up, where Python can still be read by anybody; bubblewrap does it by itself."""
    if os.getuid() != 0 or "namespaces" in layers or not _readable_by_all(Path(os.path.realpath(sys.executable))):
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _readable_by_all(path: Path) -> bool:
    return all(os.stat(parent).st_mode & 0o001 for parent in path.parents)


__all__ = ["ForkServerJail", "landlock", "seccomp"]
