"""A limit on the memory of what proves a topic: known mistakes and mutants run in this process, without the jail's limits."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

MOST_BYTES = 8 << 30  # of addresses: torch and numpy map 2 GB before anything is computed


@contextlib.contextmanager
def bounded_memory(most: int = MOST_BYTES) -> Iterator[None]:
    """Make a program that wants more memory fail with a MemoryError, as it does in the jail, in place of the whole proof.

    An array whose size doubles with each step asked 20 GB of a machine, whose kernel then killed the proof without a word. Where
    the platform has no such limit, there is none.
    """
    try:
        import resource
    except ImportError:  # Windows
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    known = [limit for limit in (most, soft, hard) if limit != resource.RLIM_INFINITY]
    with contextlib.suppress(ValueError, OSError):  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (min(known), hard))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
