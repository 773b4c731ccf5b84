"""Shape a student's text for the pages of the report. Their templates escape HTML by themselves (autoescape)."""

from __future__ import annotations

import re
from typing import Any

from ..text import visible

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")


def finalize(value: Any) -> Any:
    """Pass the value of every `{{ expression }}` of a template through `visible`, so that no template can forget it."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def as_on_screen(text: str) -> str:
    """Return terminal output as its reader saw it: no colour codes, and of a line redrawn with `\\r` the last state."""
    plain = _ANSI.sub("", text).replace("\r\n", "\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in plain.split("\n"))


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters whole, of a longer one the two ends and a count of what is left out."""
    if len(text) <= limit:
        return text
    head, tail = limit * 3 // 4, limit // 4
    return f"{text[:head]}\n[… {len(text) - head - tail:,} characters left out …]\n{text[-tail:]}"


def percent(share: float) -> str:
    """Return a share (0 to 1) as a whole percentage that says 100 % and 0 % only where they are exact."""
    whole = round(100 * share)
    if whole in (0, 100) and share not in (0, 1):
        whole = 1 if whole == 0 else 99
    return f"{whole} %"
