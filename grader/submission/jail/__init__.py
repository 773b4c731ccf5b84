"""Jails for submissions, and the choice of the strongest that this machine can make.

`base` is the interface that a Session talks to, `process` the jail of any system, `server` that of Linux, which `launch` starts
and in which `inside/fork_server.py` runs. `levels` measures what a jail holds. `packages` finds what submissions may import,
`folders` makes temporary folders.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence

from ...errors import GraderError
from ...inside import landlock, seccomp
from .base import Child, Jail
from .process import ProcessJail
from .server import ForkServerJail


def open_jail(imports: Sequence[str] = ("numpy",)) -> Jail:
    """Return the strongest jail of this machine. The caller closes it."""
    return next(jails(imports))


def jails(imports: Sequence[str] = ("numpy",)) -> Iterator[Jail]:
    """Yield the jails that can make a child here, the strongest first: all layers, those without namespaces, a plain process.

    A child may still fail to confine itself, which shows when it is first asked (`levels.measured_jail`). The caller closes them.
    """
    if sys.platform == "linux":
        base = [*(["landlock"] if landlock.abi() else []), *(["seccomp"] if seccomp.available() else [])]
        choices = [["namespaces", *base]] if shutil.which("bwrap") else []
        for layers in [*choices, base] if base else []:
            jail = ForkServerJail(imports, layers)
            try:
                jail.start().end()
            except GraderError:
                jail.close()
                continue
            yield jail
    yield ProcessJail(imports)


__all__ = ["Child", "ForkServerJail", "Jail", "ProcessJail", "jails", "open_jail"]
