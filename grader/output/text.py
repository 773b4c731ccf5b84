"""Write a student's text and points in the same way wherever they are shown: terminal, report, CI, Gradescope.

A student's text may hold terminal colours, control characters and bidirectional controls, which make a line read as another
one. `visible` makes all of these harmless, and it is the only function that does. Escaping HTML, Markdown, XML or a workflow
command comes on top, where each is written.
"""

from __future__ import annotations

import re

MAX_CHARACTERS = 4000

# Characters that show nothing or reorder their neighbours (controls but tab and newline, bidirectional marks and isolates,
# zero-width and tag characters), and those that no XML or UTF-8 file can hold (lone surrogates, U+FFFE, U+FFFF).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Write out the characters that show nothing or reorder their neighbours: `\x1b`, `\u202e`."""
    return _UNSEEN.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def printable(text: str, most: int = MAX_CHARACTERS) -> str:
    """Return a text as lines that any terminal, page or XML file can show, cut to `most` characters."""
    text = visible(text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= most else f"{text[:most]} … ({len(text) - most} more characters)"


def one_line(text: str) -> str:
    """Return a text as `printable` does, on one line."""
    return " ".join(printable(text).split())


def exact_points(value: float) -> str:
    """Return points for those who add them up: 3 and not 3.0, 0.3 and not 0.30000000000000004."""
    return f"{value:.10g}"


def rounded_points(value: float) -> str:
    """Return points for a page, with two decimals at most: 3, 2.5, 0.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
