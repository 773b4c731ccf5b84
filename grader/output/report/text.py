"""Students' text, made harmless to read: what cannot be seen is written out, what is endless is cut.

Escaping `<` and `&` is the templates' duty (autoescape). This module cares for what HTML escaping leaves alone:
terminal colours, control characters, and the bidirectional controls that make a line read as another one.
"""

from __future__ import annotations

import re
from typing import Any

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Write characters that show nothing, or that reorder their neighbours, as escapes: `\x1b`, `\u202e`."""
    return _UNSEEN.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def finalize(value: Any) -> Any:
    """What every `{{ expression }}` of the templates passes through, so that none can forget `visible`."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def as_on_screen(text: str) -> str:
    """Terminal output as its reader saw it: no colour codes, and of a line redrawn with `\\r` the last state."""
    plain = _ANSI.sub("", text).replace("\r\n", "\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in plain.split("\n"))


def cut(text: str, limit: int) -> str:
    """The text, or its two ends with a count of what was left out between them."""
    if len(text) <= limit:
        return text
    head, tail = limit * 3 // 4, limit // 4
    return f"{text[:head]}\n[… {len(text) - head - tail:,} characters left out …]\n{text[-tail:]}"


def points(value: float) -> str:
    """Points as people write them: 3, 2.5, 0.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A share as a whole percentage that says 100 % and 0 % only where they are exact."""
    whole = round(100 * share)
    if whole in (0, 100) and share not in (0, 1):
        whole = 1 if whole == 0 else 99
    return f"{whole} %"
