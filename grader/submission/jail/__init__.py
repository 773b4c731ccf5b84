"""Where submissions run: the strongest jail that this machine can make.

`open_jail` gives it; `base` is the interface that a Session talks to; `process` the jail of any system; `server` that of Linux,
started by `launch`, with the fork server and the confinement of `inside/` at its other end. `packages` tells what submissions may
import, `folders` makes what is temporary, `levels` measures what a jail holds.
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
    """The strongest jail of this machine."""
    return next(jails(imports))


def jails(imports: Sequence[str] = ("numpy",)) -> Iterator[Jail]:
    """Those that can make a child here, from the strongest: all layers, those that need no namespaces, a plain process.

    Whether a child can confine itself as well is seen when it is asked (see `levels`).
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
