"""The C library, for calls of Linux that Python's standard library does not have.

Runs inside the jail: standard library only.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

# Windows imports this module too, and cannot load "the library of the running program".
libc: Any = None if sys.platform == "win32" else ctypes.CDLL(None, use_errno=True)


def checked(result: int, layer: str) -> int:
    """Return the result of a call, unless it is negative. Raises OSError with errno's text and the name of the `layer`."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{layer}: {os.strerror(number)}")
    return result
