"""Answers of the reference that take long, kept on disk between gradings, by a hash of everything that decides them.

What is kept is numbers in the wire's own form, and a file that is damaged or cannot be written is as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..files import atomic_write
from ..inside.plan import Plan
from ..inside.wire import WireError, decode, encode
from ..numerics.compare import Truth

FOLDER = "GRADER_CACHE"  # environment variable: where answers are kept instead of the user's folder for caches


def answers(version: str, plan: Plan, compute: Callable[[], list[Truth]]) -> list[Truth]:
    """What `compute` gives, now or when it was asked before. `version` names what decides it beside the plan."""
    key = hashlib.sha256(version.encode() + b"\0" + encode(plan.to_wire())).hexdigest()
    path = folder() / f"{key}.answers"
    if (known := _read(path)) is not None:
        return known
    found = compute()
    with contextlib.suppress(OSError):  # no room, no right to write: it is computed again next time
        atomic_write(path, encode([(truth.value, truth.scale) for truth in found]))
    return found


def folder() -> Path:
    import platformdirs

    return Path(os.environ.get(FOLDER) or platformdirs.user_cache_path("graded-descent"))


def _read(path: Path) -> list[Truth] | None:
    try:
        return [Truth(np.asarray(value), scale) for value, scale in decode(path.read_bytes())]
    except (OSError, WireError, TypeError, ValueError):
        return None
