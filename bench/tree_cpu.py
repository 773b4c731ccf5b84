"""Processor time of this process and of all that it starts, those included for whom nobody waits: the jail's.

The fork server ignores the end of its children, so their time is in nobody's `cutime`. The kernel adds it up all the same
where the whole tree runs in a control group of its own.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.submission.jail.base import process_cpu_seconds
from grader.submission.session import Session

MICRO, NANO = 1e-6, 1e-9
LEAVING_SECONDS = 5.0  # wall time for what the jail had running to be gone


@dataclass(frozen=True)
class Meter:
    """`seconds()` is what the tree has used so far; `sentence` says how that is measured."""

    sentence: str
    seconds: Callable[[], float]


@contextmanager
def whole_tree() -> Iterator[Meter]:
    """Measure this process and what it starts from here on: by a control group, or else by the sum of what can be seen."""
    with contextlib.ExitStack() as undo:
        for folder, read in _groups():
            with contextlib.suppress(OSError):
                read(_entered(folder, undo))
                break
        else:
            yield _sum_of_what_is_seen(undo)
            return
        yield Meter(f"of the whole tree of processes, by the control group {folder}", lambda: read(folder))


def _entered(folder: Path, undo: contextlib.ExitStack) -> Path:
    """Make a control group and move this process there until the end. Raises OSError where that may not be."""
    folder.mkdir()
    undo.callback(_remove, folder)
    (folder / "cgroup.procs").write_text(str(os.getpid()))
    undo.callback((folder.parent / "cgroup.procs").write_text, str(os.getpid()))
    return folder


def _remove(folder: Path) -> None:
    """Remove the group, once what the jail had running there is gone."""
    deadline = time.monotonic() + LEAVING_SECONDS
    while folder.exists():
        try:
            folder.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _groups() -> Iterator[tuple[Path, Callable[[Path], float]]]:
    """Where a control group may be made, and how to read its time: all groups of version 2 have it, and those of cpuacct."""
    own = {kinds: path for _, kinds, path in (line.split(":", 2) for line in _lines("/proc/self/cgroup"))}
    for line in _lines("/proc/self/mounts"):
        _, mount, system, options = line.split()[:4]
        if system == "cgroup2":
            kinds, read = "", _usage_of_version_2
        elif system == "cgroup" and "cpuacct" in options.split(","):
            kinds, read = next((kinds for kinds in own if "cpuacct" in kinds.split(",")), ""), _usage_of_version_1
        else:
            continue
        if kinds in own:
            yield Path(mount) / own[kinds].lstrip("/") / f"grader-bench-{os.getpid()}", read


def _usage_of_version_2(folder: Path) -> float:
    found = re.search(r"^usage_usec (\d+)$", (folder / "cpu.stat").read_text(), re.MULTILINE)
    if found is None:
        raise OSError(f"{folder}/cpu.stat has no usage_usec")
    return MICRO * int(found[1])


def _usage_of_version_1(folder: Path) -> float:
    return NANO * int((folder / "cpuacct.usage").read_text())


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _sum_of_what_is_seen(undo: contextlib.ExitStack) -> Meter:
    """For want of a control group: what this process used, what runs below it, and what the jail says of its submissions."""
    jailed = 0.0
    end = Session.__exit__

    def reporting(session: Session, *error: object) -> None:
        nonlocal jailed
        end(session, *error)
        jailed += session.cpu_seconds()

    Session.__exit__ = reporting  # type: ignore[method-assign]
    undo.callback(setattr, Session, "__exit__", end)
    sentence = (
        "of this process, of those that run below it, and of the submissions as the jail reports it; the processes that wait "
        "for these are left out (no control group can be made here)"
    )
    return Meter(sentence, lambda: time.process_time() + _below() + jailed)


def _below() -> float:
    """What the living processes below this one have used: between two submissions, the fork server."""
    parents = {}
    for entry in filter(str.isdigit, os.listdir("/proc") if sys.platform == "linux" else []):
        with contextlib.suppress(OSError):
            parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
    below = [os.getpid()]
    for pid in below:
        below += [child for child, parent in parents.items() if parent == pid]
    return sum(process_cpu_seconds(pid, time.monotonic()) for pid in below[1:])
