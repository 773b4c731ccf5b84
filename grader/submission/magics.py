"""Turning Jupyter's dialect into plain Python: magics, shell lines and questions are left out, line numbers stay.

A cell is read line by line by a small state machine (`scan`) and never parsed: the text may be hostile or half-finished, and
`!echo it's` is not made of Python's tokens. Only a line on which a statement may begin can be a magic, so a `%` inside a
triple-quoted string, a bracket or a continued line stays as it is. Nothing that is replaced is valid Python, except the
`get_ipython()` calls into which Jupyter exports magics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

RUNS_ITS_BODY = frozenset({"time", "timeit", "capture", "prun"})  # cell magics that run their cell as Python
MAX_NAMED = 4  # magics that one note names before it goes on to "and 3 more"
MAX_QUOTED = 60  # characters of a student's line that a note repeats


class Open(NamedTuple):
    """A state of the scanner: the strings, brackets and lines that go on after a line."""

    quote: str = ""  # the delimiter of a string that goes on
    depth: int = 0  # brackets
    joined: bool = False  # the line ends in a backslash


class Stripped(NamedTuple):
    """Plain Python with as many lines as the cell had, and a sentence about what was left out, "" if nothing was."""

    code: str
    note: str = ""


_NOTHING_OPEN = Open()

# A student chooses the text, so every pattern takes time linear in its line: quantifiers are possessive (`*+`, Python ≥ 3.11)
# where two parts could match the same characters.
_MARK = re.compile(r"""\"{3}|'{3}|["'#()\[\]{}]|\\\Z""")
_CLOSE = {
    quote: re.compile(rf"(?:[^{quote[0]}\\]++|\\.|{quote[0]}(?!{quote[1:]}))*+{quote}")
    for quote in ('"""', "'''", '"', "'")
}

_INDENT = r"(?P<indent>[ \t\f]*+)"
_TARGET = r"""(?P<target>(?:[^"'#=]|"[^"\\]*"|'[^'\\]*')++)="""
_CELL = re.compile(r"[ \t\f]*+%%(?P<name>[\w.]*)")
_LINE = re.compile(rf"{_INDENT}(?P<escape>[%!?])")
_ASSIGNED = re.compile(rf"{_INDENT}{_TARGET}[ \t]*(?P<escape>[%!])")
_HELP = re.compile(rf"""{_INDENT}[^"'#?]++(?P<escape>\?)\??[ \t]*(?:#.*)?\Z""")
_TIMED = re.compile(rf"({_INDENT}(?:{_TARGET}[ \t]*+)?)(?P<magic>%time[ \t]++)(?=[^-\s])")
_EXPORTED = re.compile(
    rf"{_INDENT}(?:{_TARGET}[ \t]*)?get_ipython\(\)\."
    r"(?P<escape>run_line_magic|run_cell_magic|magic|system|getoutput)\("
)
_EXPORTED_CODE = re.compile(
    rf"{_INDENT}get_ipython\(\)\.(?:run_line_magic\('time', |run_cell_magic\('(?:time|timeit|capture|prun)', '[^']*', )"
)
_KIND = {"!": "is a shell line", "?": "asks for help"}


def scan(line: str, before: Open = _NOTHING_OPEN) -> Open:
    """Return the state after `line`, from the state `before` it."""
    quote, depth, at = before.quote, before.depth, 0
    while True:
        if quote:
            closed = _CLOSE[quote].match(line, at)
            if closed is None:
                escaped_end = (
                    len(line) - len(line.rstrip("\\"))
                ) % 2 == 1  # an even number of backslashes escapes itself
                return Open(quote if len(quote) == 3 or escaped_end else "", depth)
            at = closed.end()
        found = _MARK.search(line, at)
        if found is None or found[0] == "#":
            return Open("", depth)
        if found[0] == "\\":
            return Open("", depth, joined=True)
        at, quote = found.end(), found[0] if found[0] in _CLOSE else ""
        if found[0] in "([{":
            depth += 1
        elif found[0] in ")]}":
            depth = max(0, depth - 1)


def strip(code: str) -> Stripped:
    """Return `code`, whose lines end in `\\n`, as plain Python. Plain Python comes back unchanged."""
    lines = code.split("\n")
    _unindent(lines)
    said: list[str] = []
    if not _take_off_cell_magics(lines, said):
        return Stripped("\n" * (len(lines) - 1), _sentence(said))
    at = 0
    while at < len(lines):
        at = _statement(lines, at, said)
    return Stripped("\n".join(lines), _sentence(said))


def _unindent(lines: list[str]) -> None:
    """If the first line of code is indented, take as much from every line that has it, as Jupyter does."""
    first = next((line for line in lines if _says_something(line)), "")
    margin = first[: len(first) - len(first.lstrip(" \t"))]
    if (
        margin and first[len(margin)] not in "\f\\"
    ):  # after a form feed or a backslash, Python counts the indentation anew
        lines[:] = [line.removeprefix(margin) for line in lines]


def _take_off_cell_magics(lines: list[str], said: list[str]) -> bool:
    """Comment out the cell magics that run their cell. Return False if one makes the cell something else than Python."""
    for at, line in enumerate(lines):
        if not _says_something(line):
            continue
        found = _CELL.match(line)
        if found is None:
            return True
        if found["name"] and found["name"] not in RUNS_ITS_BODY:
            said.append(f"{_quoted(line)} is a cell magic: the whole cell was left out")
            return False
        said.append(f"{_quoted(line)} is a cell magic: the cell was run without it")
        lines[at] = f"# {line}"
    return True


def _statement(lines: list[str], at: int, said: list[str]) -> int:
    """Replace the statement that begins at line `at` if it is a magic. Return the line at which the next one begins."""
    if timed := _TIMED.match(lines[at]):
        said.append(f"{_quoted(lines[at])} is a magic: the statement was run without it")
        lines[at] = timed[1] + lines[at][timed.end() :]
    if exported := _EXPORTED_CODE.match(lines[at]):
        lines[at] = f"{exported['indent']}exec({lines[at][exported.end() :]}"
    line = lines[at]
    if found := _LINE.match(line) or _ASSIGNED.match(line) or _HELP.match(line):
        stop = at + 1
        while stop < len(lines) and lines[stop - 1].endswith("\\"):
            stop += 1
    else:
        found, stop = _EXPORTED.match(line), _end(lines, at)
    if found:
        said.append(_leave_out(lines, at, stop, found))
    return stop


def _end(lines: list[str], at: int) -> int:
    """Return the line after the statement that begins at line `at`."""
    state = _NOTHING_OPEN
    for stop in range(at, len(lines)):
        state = scan(lines[stop], state)
        if state == _NOTHING_OPEN:
            return stop + 1
    return len(lines)


def _leave_out(lines: list[str], at: int, stop: int, found: re.Match[str]) -> str:
    """Put a statement that does nothing in place of the lines from `at` to `stop`. Return the clause that says so."""
    line, target = lines[at], found.groupdict().get("target")
    kind = _KIND.get(found["escape"], "is a magic")
    doing = f"{target.strip()} = None" if target else "pass"
    lines[at] = f"{found['indent']}{doing}  # {line.strip()}"
    lines[at + 1 : stop] = [""] * (stop - at - 1)
    return f"{_quoted(line)} {kind}: " + (f"{_quoted(target)} is None here" if target else "it was left out")


def _says_something(line: str) -> bool:
    """Return True if a line on which a statement may begin is more than blanks and a comment."""
    return not (text := line.strip()).startswith("#") and bool(text)


def _quoted(line: str) -> str:
    """Return a student's line as a note repeats it: short, and without characters that a terminal would obey."""
    text = "".join(char if char.isprintable() else " " for char in line.strip()[: MAX_QUOTED + 1]).replace("`", "'")
    return f"`{text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1].rstrip() + '…'}`"


def _sentence(said: Iterable[str]) -> str:
    """Return the sentence of a cell's note, made of clauses. Each is said once."""
    clauses = list(dict.fromkeys(said))
    more = [f"and {len(clauses) - MAX_NAMED} more"] if len(clauses) > MAX_NAMED else []
    return "; ".join(clauses[:MAX_NAMED] + more)
