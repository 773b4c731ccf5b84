"""An untrusted file (.ipynb or .py) becomes a Source: cells of plain Python whose lines keep their numbers.

Nothing here runs or parses a student's Python. A notebook's JSON is read as plain data, of format 4 and of the
older format 3 alike (they differ in two names), so outputs are dropped at once and no library's warnings can reach
a terminal. Whatever is wrong with a file is said in one sentence, `Unreadable`; what is odd but readable is a Note.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import Unreadable
from ..result import Note
from . import magics

MAX_BYTES = 64 * 2**20  # of a file; what makes a notebook this large is its outputs
MAX_CONTAINERS = 2_000_000  # opening brackets of a notebook's JSON: each can cost a parser 200 bytes
MAX_COMMAS = 4_000_000  # likewise for numbers and short texts
MAX_CELLS = 2_000
MAX_CODE = 1_000_000  # characters of all cells together
MAX_TOPIC = 100  # characters

_AGAIN = "open it in Jupyter, save it and hand it in again"
_CLEAR = "clear all outputs, save it and hand it in again"
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_BLOCK_MARKER = re.compile(r"#[ \t]*%%+(?P<title>[ \t].*)?\Z|# In\[[\d *]*\]:[ \t]*\Z")
_PROSE_TITLE = re.compile(r"\[(?:markdown|md|raw)\]")
_DOCSTRING = re.compile(r"[rR]?(?:\"{3}|'{3})")


@dataclass(frozen=True)
class Cell:
    """A code cell. `code` is what is executed: it has as many lines as the student's `original`."""

    number: int
    code: str
    original: str


@dataclass(frozen=True)
class Source:
    """What a submission says: its code cells in order, and what the student should know of how they were read."""

    file: str
    sha256: str
    cells: tuple[Cell, ...]
    notes: tuple[Note, ...] = ()
    topic: str | None = None


def read_path(path: Path) -> Source:
    """The Source of a file on disk. Raises as `bytes_of` does, and Unreadable for what its bytes say."""
    return read(bytes_of(path), path.name)


def bytes_of(path: Path) -> bytes:
    """What a file holds, which has to be a regular file: no symbolic link, folder or pipe, and nobody else's.

    Raises Unreadable, and OSError where the file cannot be opened at all (which is no fault of the student's).
    """
    _refuse_odd_file(os.lstat(path))
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        _refuse_odd_file(status)  # again: the name may have been given to another file
        _refuse_foreign_file(status, os.stat(path.parent))
        return file.read(MAX_BYTES + 1)


def topic_named(path: Path) -> str | None:
    """Return the topic that a notebook on disk names. Raises as `read_path` does, at a fraction of its cost."""
    return _opened(bytes_of(path), path.name).topic


def read(data: bytes, file: str) -> Source:
    """The Source of a file's bytes; how to read them is told by the ending of its name. Raises Unreadable."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        opened = _opened(data, file)
    except Unreadable as problem:
        problem.sha256 = sha256
        raise
    cells, notes = _cells(opened.blocks)
    return Source(opened.name, sha256, cells, (*opened.notes, *notes), opened.topic)


class _Opened(NamedTuple):
    """A file that can be read, before Jupyter's dialect is made Python."""

    name: str
    blocks: list[str | None]
    topic: str | None
    notes: list[Note]


def _opened(data: bytes, file: str) -> _Opened:
    name = _NOT_TEXT.sub("�", Path(file).name)
    _refuse_large(len(data))
    text, notes = _decode(data)
    if not text.strip():
        raise Unreadable("The file is empty: save your work and hand it in again.")
    suffix, topic = Path(name).suffix.lower(), None
    if suffix == ".ipynb":
        notebook = _parse(text)
        blocks, topic = list(_code_cells(notebook)), _topic(notebook)
    elif suffix == ".py":
        blocks = [*_blocks(text)]
    else:
        raise Unreadable("The file is neither a notebook (.ipynb) nor a Python file (.py): hand in one of these.")
    _refuse_much_code_or_none(blocks)
    return _Opened(name, blocks, topic, notes)


def _refuse_odd_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(
            "The submission is a link, a folder or something else that is no file: hand in the file itself."
        )
    _refuse_large(status.st_size)


def _refuse_foreign_file(status: os.stat_result, folder: os.stat_result) -> None:
    """A hard link that a student made to somebody else's file would be read with the grader's rights.

    Told by the owners: folders copied by links (`cp -al`, backups) are one owner's, and whoever has been linked to by
    somebody else loses nothing.
    """
    others_may_link = folder.st_mode & stat.S_IWOTH or folder.st_uid != status.st_uid
    if status.st_nlink > 1 and others_may_link:
        raise Unreadable(
            "The submission is a hard link: the same file has another name elsewhere and does not belong to the owner of "
            "this folder. Hand in a copy of it."
        )


def _refuse_large(size: int) -> None:
    if size > MAX_BYTES:
        raise Unreadable(f"The file is larger than {MAX_BYTES >> 20} MB: {_CLEAR}.")


def _decode(data: bytes) -> tuple[str, list[Note]]:
    """A file's text. Only a byte order mark and UTF-8 are believed: a coding cookie is just a comment."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), [Note("The file was read as UTF-16: please save it as UTF-8.")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        note = Note("The file is not UTF-8 and was read as Latin-1: accents may look odd. Please save it as UTF-8.")
        return data.decode("latin-1"), [note]


def _parse(text: str) -> dict[str, Any]:
    """A notebook's JSON. What would cost much memory or depth to parse is refused before or by the parser."""
    if text.count("[") + text.count("{") > MAX_CONTAINERS or text.count(",") > MAX_COMMAS:
        raise Unreadable(f"The notebook holds too much data to be read: {_CLEAR}.")
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(_not_json(text, error)) from None
    except (RecursionError, MemoryError):
        raise Unreadable(f"The notebook's JSON is nested too deep to be read: {_AGAIN}.") from None
    except ValueError:  # Python refuses to read an integer of more than 4300 digits
        raise Unreadable(f"The notebook's JSON holds a number with too many digits: {_CLEAR}.") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells", notebook.get("worksheets")), list):
        raise Unreadable(f"The file is JSON but not a notebook, for it has no list of cells: {_AGAIN}.")
    return notebook


def _not_json(text: str, error: json.JSONDecodeError) -> str:
    if text.lstrip()[:9].lower().startswith(("<!doctype", "<html")):
        return "The file is a web page, not a notebook: download the notebook itself and hand it in again."
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return f"The notebook is cut off in line {error.lineno}, so it was not saved or sent as a whole: {_AGAIN}."
    return f"The file is not a notebook, for it is not JSON (line {error.lineno}, column {error.colno}): {_AGAIN}."


def _code_cells(notebook: dict[str, Any]) -> Iterator[str | None]:
    """The source of each code cell, None where it is not text.

    Format 3 (IPython 2 and 3) keeps its cells in worksheets, and calls the source of a code cell its input.
    """
    sheets, source = ([notebook], "source") if "cells" in notebook else (notebook["worksheets"], "input")
    for sheet in sheets:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if isinstance(cell, dict) and cell.get("cell_type") == "code":
                yield _joined(cell.get(source))


def _joined(source: Any) -> str | None:
    """A source is a text or a list of texts, each with the end of its line."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _topic(notebook: dict[str, Any]) -> str | None:
    """`metadata.grader.topic`, which a released handout carries."""
    found: Any = notebook
    for key in ("metadata", "grader", "topic"):
        found = found.get(key) if isinstance(found, dict) else None
    return _NOT_TEXT.sub("�", found) if isinstance(found, str) and len(found) <= MAX_TOPIC else None


def _blocks(text: str) -> Iterator[str]:
    """The code cells of a .py file: one, or as its markers say (`# %%`, or the `# In[1]:` of an exported notebook).

    Prose is no code cell: a block marked as such that holds nothing else, and comments above the first marker.
    """
    if "\0" in text:
        raise Unreadable("The file is not text, so it is no Python file: hand in the .py file itself, saved as UTF-8.")
    block: list[str] = []
    prose, state = True, magics.Open()
    for line in _newlines(text).split("\n"):
        marker = None if state.quote else _BLOCK_MARKER.match(line)
        state = magics.scan(line, state)
        if marker is None:
            block.append(line)
            continue
        if not prose or _has_code(block):
            yield "\n".join(block)
        block, prose = [], bool(_PROSE_TITLE.search(marker["title"] or ""))
    if not prose or _has_code(block):
        yield "\n".join(block)


def _has_code(lines: list[str]) -> bool:
    """Whether a cell holds more than blanks, comments and docstrings."""
    state = magics.Open()
    for line in lines:
        text = line.strip()
        if state == magics.Open() and text and not text.startswith("#") and not _DOCSTRING.match(text):
            return True
        state = magics.scan(line, state)
    return False


def _newlines(text: str) -> str:
    r"""As Python itself does: `\r\n` and a lone `\r` end a line too."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_much_code_or_none(blocks: list[str | None]) -> None:
    if len(blocks) > MAX_CELLS:
        raise Unreadable(
            f"The file has {len(blocks)} code cells and at most {MAX_CELLS} are read: hand in only your work."
        )
    if (length := sum(len(block or "") for block in blocks)) > MAX_CODE:
        raise Unreadable(
            f"The file has {length} characters of code and at most {MAX_CODE} are read: hand in only your work."
        )
    if not any(_has_code(_newlines(block or "").split("\n")) for block in blocks):
        raise Unreadable("The file has no code: write your solution into it, save it and hand it in again.")


def _cells(blocks: list[str | None]) -> tuple[tuple[Cell, ...], list[Note]]:
    """Cells and notes from the sources of the code cells."""
    cells, notes = [], []
    for number, block in enumerate(blocks, start=1):
        original = _newlines(block or "")
        text = _NOT_TEXT.sub("�", original)
        stripped = magics.strip(text)
        cells.append(Cell(number, stripped.code, text))
        if block is None:
            notes.append(Note("The source of this cell is not text: it was left out.", number))
        if text != original:
            notes.append(Note("This cell holds characters that are not text: each was replaced by �.", number))
        if stripped.note:
            notes.append(Note(stripped.note, number))
    return tuple(cells), notes
