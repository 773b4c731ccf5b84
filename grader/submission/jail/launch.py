"""The command line that starts the fork server, inside bubblewrap or without it."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import packages
from .base import INSIDE, PYTHON, SCRATCH_BYTES

LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache")
NOBODY = 65534

# Runs in the server's interpreter. The folder INSIDE is the package `grader_inside`, but only while its modules load: student code
# cannot import from it.
BOOT = f"""
import ast, sys, types
_, fd, places, folder, options = sys.argv
places = ast.literal_eval(places)
{packages.FINDER}
inside = sys.modules["grader_inside"] = types.ModuleType("grader_inside")
inside.__path__ = [folder]
from grader_inside import fork_server
inside.__path__ = []
sys.argv[1:] = []
fork_server.main(int(fd), ast.literal_eval(options))
"""


def command(imports: Sequence[str], layers: frozenset[str], control: int) -> list[str]:
    """Return the command that starts the server. `control` is the descriptor of its control socket, which it inherits."""
    stdlib, tops = sysconfig.get_path("stdlib"), packages.files_of(imports)
    places = packages.places(imports)
    options: dict[str, Any] = {
        "namespaces": "namespaces" in layers,
        "landlock": "landlock" in layers,
        "seccomp": "seccomp" in layers,
        "scratch": SCRATCH_BYTES,
    }
    if "namespaces" in layers:
        outside, code = _bubblewrap(stdlib, tops), "/code"
        places = dict.fromkeys(places, "/packages")
        options["read"] = [*filter(os.path.exists, LIBRARIES), stdlib, "/packages"]
    else:
        outside, code = [], str(INSIDE)
        hidden = set(_package_folders(stdlib))
        standard_library = [entry.path for entry in os.scandir(stdlib) if entry.path not in hidden]
        options["read"] = [*_libraries(), *standard_library, *map(str, tops.values())]
    # -I: no environment variable and no user's site-packages changes what is imported.
    python = [os.path.realpath(sys.executable), "-I", *PYTHON[2:]]
    return [*outside, *python, "-c", BOOT, str(control), repr(places), code, repr(options)]


def _bubblewrap(stdlib: str, tops: Mapping[str, Path]) -> list[str]:
    """Return the part of a command that makes it run on a machine with nothing but Python and the files of `inside/` in /code.

    `tops` are files and folders of packages by name. They are in /packages.
    """
    # Without --disable-userns: the children need user namespaces of their own.
    arguments = ["bwrap", "--unshare-pid", "--as-pid-1", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    arguments += ["--unshare-cgroup-try", "--new-session", "--ro-bind", "/usr", "/usr"]
    for link in ("/lib", "/lib64", "/bin"):
        if os.path.islink(link):
            arguments += ["--symlink", os.readlink(link), link]
        elif os.path.isdir(link):
            arguments += ["--ro-bind", link, link]
    base = os.path.realpath(sys.base_prefix)
    if not base.startswith("/usr"):
        arguments += [*_folders(base), "--ro-bind", base, base]
    for hidden in _package_folders(stdlib):  # /usr and `base` hold packages that the course may not allow
        arguments += ["--tmpfs", hidden]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/box", "/code", "/packages"):
        arguments += _folders(f"{folder}/x")
    arguments += ["--ro-bind", str(INSIDE), "/code"]
    for top, path in tops.items():
        arguments += ["--ro-bind", str(path), f"/packages/{top}"]
    arguments += ["--remount-ro", "/"]
    if os.getuid() == 0:
        return [*arguments, "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return [arguments[0], "--unshare-user", *arguments[1:]]


def _folders(path: str) -> list[str]:
    """Return arguments that make the folders above `path`, readable by everybody: those that bubblewrap makes by itself are not."""
    parents = [str(parent) for parent in reversed(Path(path).parents) if str(parent) != "/"]
    return [argument for parent in parents for argument in ("--perms", "0755", "--dir", parent)]


def _libraries() -> Iterator[str]:
    """Yield the paths in which the dynamic loader may look for libraries.

    They are named one by one, because in the same folders lie the packages of the system's own Pythons.
    """
    for folder in {os.path.realpath(path) for path in LIBRARIES}:
        if os.path.isfile(folder):
            yield folder
        elif os.path.isdir(folder):
            yield from (
                e.path for e in os.scandir(folder) if ".so" in e.name or "-linux-" in e.name or e.name == "locale"
            )


def _package_folders(stdlib: str) -> list[str]:
    """Return the folders in which this Python and those of the system keep installed packages."""
    roots = {Path(os.path.realpath(folder)) for folder in LIBRARIES}
    pythons = {Path(stdlib)}.union(*(root.glob("python3*") for root in roots))
    return sorted(str(found) for python in pythons for found in python.glob("*-packages") if found.is_dir())


def other_user(layers: frozenset[str]) -> dict[str, Any]:
    """Return the arguments of `Popen` with which root becomes another user. Bubblewrap does that by itself."""
    if os.getuid() != 0 or "namespaces" in layers:
        return {}
    # Another user could not start a Python below a folder of mode 0700.
    parents = Path(os.path.realpath(sys.executable)).parents
    reachable = all(os.stat(parent).st_mode & 0o001 for parent in parents)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if reachable else {}
