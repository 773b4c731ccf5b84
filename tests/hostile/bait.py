"""What attacks are after: a secret on disk and in a process, a gradebook, places to write to, sockets that listen.

Where the grader is root, submissions run as another user. To show that the layers hold by themselves, all bait belongs to
that other user, so that file permissions and users protect none of it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy

import grader

NOBODY = 65534
PR_SET_CHILD_SUBREAPER = 36
GRADER = Path(grader.__file__).parent
NUMPY = Path(numpy.__file__).parent
WITNESS = "read -r kept; echo; read -r end"  # for a shell: any user can run it


class Bait:
    """A folder of bait, a witness (a process of the submissions' own user that holds the secret), and sockets."""

    def __init__(self, folder: Path) -> None:
        self.token = "gd-hostile-" + secrets.token_hex(8)
        self.secret = "secret-" + secrets.token_hex(16)
        self.folder = Path(tempfile.mkdtemp(prefix="gd-range-"))
        for name in ("class", "gradebook", "results"):
            (self.folder / name).mkdir()
        (self.folder / "secret").write_text(self.secret)
        (self.folder / "gradebook" / "grades.csv").write_text("student,score\nmallory,0\n")
        self.user: dict[str, Any] = {"user": NOBODY, "group": NOBODY} if os.getuid() == 0 else {}
        if self.user:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        (self.folder / "secret").chmod(0o600)
        self.witness = self._witness()
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.abstract = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.abstract.bind(f"\0{self.token}")
        self.abstract.listen(4)
        self.unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.unix.bind(str(self.folder / "socket"))
        self.unix.listen(4)
        (self.folder / "socket").chmod(0o777)
        for listening in (self.tcp, self.udp, self.abstract, self.unix):
            listening.setblocking(False)
        self.world: dict[str, Any] = {
            "pid": self.witness.pid,  # a process that holds the secret, of the user that submissions run as
            "grader": os.getpid(),
            "secret": str(self.folder / "secret"),  # its text begins with "secret-"
            "folder": str(self.folder),  # may be written to by the submissions' user, as far as permissions go
            "gradebook": str(self.folder / "gradebook" / "grades.csv"),
            "package": str(GRADER),
            "topic": str(folder / "course" / "assignments" / "softmax_xent" / "topic.py"),
            "reference": str(folder / "course" / "reference" / "softmax_xent.py"),
            "packages": str(NUMPY.parent),
            "token": self.token,  # to be in the name of all that is written anywhere
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "abstract": f"\0{self.token}",
            "unix": str(self.folder / "socket"),
        }
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans of attacks become our children
        self.places = [self.folder, *map(Path, ("/tmp", "/dev/shm", "/var/tmp", "/run")), Path.home(), Path.cwd()]
        self.places += [NUMPY.parent, NUMPY, NUMPY / "__pycache__", Path(os.__file__).parent]

    def _witness(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["/bin/sh", "-c", WITNESS, "witness", self.token],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"GRADER_SECRET": self.secret},
            cwd="/",
            **self.user,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"in-memory-{self.secret}\n".encode())
        process.stdin.flush()
        process.stdout.readline()
        return process

    def snapshot(self) -> dict[str, tuple[int, ...]]:
        """Size, time of change and mode of everything in the bait folder and of the environment's own files."""
        paths = [self.folder, *self.folder.rglob("*"), NUMPY / "__init__.py", *NUMPY.parent.glob("*.pth")]
        return {str(path): _stat(path) for path in paths}

    def changes(self, before: dict[str, tuple[int, ...]]) -> Iterator[str]:
        """One sentence for whatever changed, arrived or was dropped since `before`. Drops are removed."""
        now = self.snapshot()
        yield from (f"changed: {path}" for path in sorted(before.keys() | now) if before.get(path) != now.get(path))
        for drop in self._drops():
            yield f"written: {drop}"
            shutil.rmtree(drop, ignore_errors=True) if drop.is_dir() else drop.unlink(missing_ok=True)
        for name, listening in self._listening():
            with contextlib.suppress(BlockingIOError):
                while True:
                    listening.recv(100) if name == "UDP" else listening.accept()[0].close()
                    yield f"reached a listener: {name}"
        if self.witness.poll() is not None:
            yield "ended another process of its user"
            self.witness = self._witness()
            self.world["pid"] = self.witness.pid

    def _drops(self) -> list[Path]:
        found = []
        for place in dict.fromkeys(self.places):
            with contextlib.suppress(OSError):
                found += [place / name for name in os.listdir(place) if self.token in name]
        return found

    def _listening(self) -> tuple[tuple[str, socket.socket], ...]:
        return ("TCP", self.tcp), ("UDP", self.udp), ("abstract unix", self.abstract), ("unix", self.unix)

    def close(self) -> None:
        for _, listening in self._listening():
            listening.close()
        self.witness.kill()
        self.witness.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)


def _stat(path: Path) -> tuple[int, ...]:
    status = path.lstat()
    if path.is_dir():
        return (status.st_mode, status.st_uid)
    return (status.st_size, status.st_mtime_ns, status.st_mode, status.st_uid, status.st_nlink)
