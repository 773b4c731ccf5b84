"""Writing files for people and other programs: whole or not at all, and never outside their folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path

# Control characters, and what Windows forbids; a dot, tilde or blank at the beginning, which hides a file or names a folder; a dot
# or blank at the end, which Windows drops. And the names of Windows's devices.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f%/\\:*?"<>|]|^[.~ ]|[. ]$')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_LONGEST = 200  # bytes: file systems take 255, and an ending and the name of a temporary file have to fit too


def safe_component(name: str) -> str:
    """Return `name` as one component of a path on any system. Ordinary names stay as they are.

    A character that could lead out of the folder or upset a file system becomes %XX, and so does `%` itself, so that two students
    never share a file. A name that is too long keeps its beginning and gets a digest of the whole.
    """
    name = name.encode("utf-8", "backslashreplace").decode("utf-8")
    safe = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", name) or "%"
    if _RESERVED.match(safe):
        safe = f"%{ord(safe[0]):02X}{safe[1:]}"
    if len(safe.encode()) > _LONGEST:
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        safe = f"{safe.encode()[: _LONGEST - 18].decode(errors='ignore')}%-{digest}"
    return safe


def atomic_write(path: Path | str, content: str | bytes) -> Path:
    """Write bytes, or text as UTF-8, so that a reader finds the old file or the new one, never half of one. Return the path.

    Missing folders are made. Raises OSError.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
        os.replace(temporary, path)  # without fsync: only the gradebook must outlive a power cut
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    return path
