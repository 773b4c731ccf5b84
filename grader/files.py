"""Files that other programs and people read: whole or absent, and never outside their folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path

_UNSAFE = re.compile(r'[\x00-\x1f\x7f%/\\:*?"<>|]|^[.~ ]|[. ]$')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_LONGEST = 200  # bytes: file systems stop at 255, and an ending and a temporary name have to fit too


def safe_component(name: str) -> str:
    """`name` as one component of a path on any system; ordinary names stay as they are.

    What could leave the folder or upset a file system becomes %XX, `%` itself too: so two students never share
    a file. A name too long keeps its beginning and gets a digest of the whole.
    """
    name = name.encode("utf-8", "backslashreplace").decode("utf-8")
    safe = _UNSAFE.sub(_percent, name) or "%"
    if _RESERVED.match(safe):
        safe = f"%{ord(safe[0]):02X}{safe[1:]}"
    if len(safe.encode()) > _LONGEST:
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        safe = f"{safe.encode()[: _LONGEST - 18].decode(errors='ignore')}%-{digest}"
    return safe


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def atomic_write(path: Path | str, content: str | bytes) -> Path:
    """Write bytes, or text as UTF-8, so that a reader finds the old file or the new one, never half of one.

    Makes the folders that are missing. It does not wait for the disk: what must outlive a power cut is the gradebook.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    return path
