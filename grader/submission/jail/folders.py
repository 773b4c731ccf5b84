"""Temporary folders whose names say who made them, so that the next start removes those of a grader that was killed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile

PREFIX = "grader"


def make(kind: str) -> str:
    """Make a private, empty folder for a purpose, `kind` (small letters), and return its path."""
    return tempfile.mkdtemp(prefix=f"{PREFIX}-{kind}-{_machine()}-{os.getpid()}-")


def sweep() -> None:
    """Remove the folders that processes of this user on this machine made and that are gone."""
    ours = re.compile(rf"{PREFIX}-[a-z]+-{_machine()}-(\d+)-")
    with contextlib.suppress(OSError):
        for entry in os.scandir(tempfile.gettempdir()):
            owner = ours.match(entry.name)
            if not owner or not entry.is_dir(follow_symlinks=False) or _runs(int(owner[1])):
                continue
            if sys.platform == "win32" or entry.stat(follow_symlinks=False).st_uid == os.getuid():
                shutil.rmtree(entry.path, ignore_errors=True)


def _machine() -> int:
    """Return a number for this machine or container: containers may share /tmp, but not the meaning of a process id."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def _runs(pid: int) -> bool:
    """Return True if there is a process of that number."""
    if sys.platform != "win32":
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True
    import psutil

    return psutil.pid_exists(pid)


__all__ = ["make", "sweep"]
