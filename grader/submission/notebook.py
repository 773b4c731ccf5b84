"""Reading an untrusted file, of one of the FORMS, into a Source: cells of plain Python whose lines keep their numbers.

Nothing here runs or parses a student's Python. A notebook's JSON is read as plain data, of format 4 or the older format 3 (they
differ in two names), without nbformat: outputs are dropped at once, and no warning of a library reaches a terminal. A file that
cannot be read raises Unreadable with one sentence; a file that is odd but readable gets a Note.
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
from . import forms, magics
from .other_files import PYTHON, is_notebook, refuse_other_files, refuse_other_language

MAX_FILE_BYTES = 64 * 2**20  # only outputs make a notebook this large
# Brackets and commas of a notebook's JSON: json.loads needs up to 200 bytes for each object or list, and some less for each number
# or short text. With these limits the reader stayed below 1.3 GB on 100,000 generated files (docs/performance.md).
MAX_CONTAINERS = 2_000_000
MAX_COMMAS = 4_000_000
MAX_CELLS = 2_000
MAX_CODE = 1_000_000  # characters of all cells together
MAX_TOPIC = 100  # characters

FORMS = "notebooks (.ipynb), Python (.py: plain, with # %% cells, or marimo), Quarto (.qmd), MyST and Jupytext Markdown (.md)"
_AGAIN = "open it in Jupyter, save it and hand it in again"
_CLEAR = "clear all outputs, save it and hand it in again"
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")  # `compile` refuses NUL, and half of a surrogate pair has no encoding
_BLOCK_MARKER = re.compile(r"#[ \t]*%%+(?P<title>[ \t].*)?\Z|# In\[[\d *]*\]:[ \t]*\Z")
_PROSE_TITLE = re.compile(r"\[(?:markdown|md|raw)\]")
_DOCSTRING = re.compile(r"[rR]?(?:\"{3}|'{3})")


@dataclass(frozen=True)
class Cell:
    """A code cell, counted from 1. `code` is executed: plain Python, of as many lines as the student's `original`."""

    number: int
    code: str
    original: str


@dataclass(frozen=True)
class Source:
    """The content of a submission: its code cells in order, and notes to the student about how they were read.

    `topic` is the slug in the metadata of a released notebook, None if there is none.
    """

    file: str
    sha256: str
    cells: tuple[Cell, ...]
    notes: tuple[Note, ...] = ()
    topic: str | None = None


def read_path(path: Path) -> Source:
    """Return the Source of a file on disk. Raises Unreadable, and OSError if it cannot be opened."""
    return read_source(bytes_of(path), path.name)


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a regular file. A symbolic link, a folder, a pipe or somebody else's file raises Unreadable.

    Raises OSError if the file cannot be opened at all, which is not the student's fault.
    """
    _refuse_odd_file(os.lstat(path))
    # O_NOFOLLOW and O_NONBLOCK, for the name may have become a link or a pipe by now.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        _refuse_odd_file(status)  # again, for the name may have become another file's
        _refuse_foreign_file(status, os.stat(path.parent))
        return file.read(MAX_FILE_BYTES + 1)


def topic_named(path: Path) -> str | None:
    """Return the topic that a notebook on disk names. Raises as `read_path` does, at a fraction of its cost."""
    return _opened(bytes_of(path), path.name).topic


def read_source(data: bytes, file: str) -> Source:
    """Return the Source of a file's bytes. The ending of its name decides how to read them. Raises Unreadable."""
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
    blocks: list[str | None]
    refuse_other_files(data, text)
    if suffix == ".ipynb" or (suffix in (".py", ".txt", ".json") and is_notebook(text)):
        notebook = _parse(text)
        refuse_other_language(notebook)
        blocks, topic = list(_code_cells(notebook)), _topic(notebook)
        if suffix != ".ipynb":
            said = f"The file is a notebook, though its name ends in {suffix}: it was read as one. Call it .ipynb."
            notes.append(Note(said))
    elif suffix == ".py":
        text = _newlines(text)
        blocks = [*(forms.marimo_cells(text) if forms.is_marimo(text) else _blocks(text))]
    elif suffix in (".qmd", ".md"):
        blocks = [*forms.markdown_cells(_newlines(text))]
        if not blocks and (others := sorted(set(forms.languages(_newlines(text))))):
            raise Unreadable(f"The cells of this notebook are {' and '.join(others)}, not Python: {PYTHON}.")
    else:
        raise Unreadable(f"The file is none of the forms that are read, {FORMS}: hand in one of these.")
    _refuse_much_code_or_none(blocks)
    return _Opened(name, blocks, topic, notes)


def _refuse_odd_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(
            "The submission is a link, a folder or something else that is no file: hand in the file itself."
        )
    _refuse_large(status.st_size)


def _refuse_foreign_file(status: os.stat_result, folder: os.stat_result) -> None:
    """Raise Unreadable for a hard link to somebody else's file, which would be read with the grader's rights.

    It shows in the owners of file and folder: a folder copied by links (`cp -al`, a backup) has one owner, and a student whose file
    was linked to by somebody else loses nothing.
    """
    others_may_link = folder.st_mode & stat.S_IWOTH or folder.st_uid != status.st_uid
    if status.st_nlink > 1 and others_may_link:
        raise Unreadable(
            "The submission is a hard link: the same file has another name elsewhere and does not belong to the owner of "
            "this folder. Hand in a copy of it."
        )


def _refuse_large(size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise Unreadable(f"The file is larger than {MAX_FILE_BYTES >> 20} MB: {_CLEAR}.")


def _decode(data: bytes) -> tuple[str, list[Note]]:
    """Return a file's text, and notes about an encoding other than UTF-8."""
    # A coding cookie is just a comment here: `# coding: utf-7` could hide an import from a reader.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), [Note("The file was read as UTF-16: please save it as UTF-8.")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        note = Note("The file is not UTF-8 and was read as Latin-1: accents may look odd. Please save it as UTF-8.")
        return data.decode("latin-1"), [note]


def _parse(text: str) -> dict[str, Any]:
    """Return a notebook's JSON. Raises Unreadable if it is none, or would take too much memory or depth to parse."""
    if text.count("[") + text.count("{") > MAX_CONTAINERS or text.count(",") > MAX_COMMAS:
        raise Unreadable(f"The notebook holds too much data to be read: {_CLEAR}.")
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(_not_json(text, error)) from None
    except (RecursionError, MemoryError):
        raise Unreadable(f"The notebook's JSON is nested too deep to be read: {_AGAIN}.") from None
    except ValueError:  # CPython refuses to convert an integer of more than 4300 digits (sys.set_int_max_str_digits)
        raise Unreadable(f"The notebook's JSON holds a number with too many digits: {_CLEAR}.") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells", notebook.get("worksheets")), list):
        raise Unreadable(f"The file is JSON but not a notebook, for it has no list of cells: {_AGAIN}.")
    return notebook


def _not_json(text: str, error: json.JSONDecodeError) -> str:
    """Return the sentence for a file that is not JSON: one that is cut off, or something else."""
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return f"The notebook is cut off in line {error.lineno}, so it was not saved or sent as a whole: {_AGAIN}."
    return f"The file is not a notebook, for it is not JSON (line {error.lineno}, column {error.colno}): {_AGAIN}."


def _code_cells(notebook: dict[str, Any]) -> Iterator[str | None]:
    """Yield the source of each code cell, None if it is not text."""
    # Format 3 (IPython 2 and 3) has its cells in worksheets, and calls the source of a code cell its input.
    sheets, source = ([notebook], "source") if "cells" in notebook else (notebook["worksheets"], "input")
    for sheet in sheets:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if not isinstance(cell, dict) or cell.get("cell_type") != "code":
                continue
            text = cell.get(source)
            if isinstance(text, list) and all(isinstance(line, str) for line in text):
                text = "".join(text)  # each line with its end
            yield text if isinstance(text, str) else None


def _topic(notebook: dict[str, Any]) -> str | None:
    """Return `metadata.grader.topic`, which a released notebook has, or None."""
    found: Any = notebook
    for key in ("metadata", "grader", "topic"):
        found = found.get(key) if isinstance(found, dict) else None
    return _NOT_TEXT.sub("�", found) if isinstance(found, str) and len(found) <= MAX_TOPIC else None


def _blocks(text: str) -> Iterator[str]:
    """Yield the code cells of a .py file: one, or as its markers (`# %%`, `# In[1]:` of an exported notebook) divide it.

    A block that is marked as Markdown and has no code is left out, and so are comments above the first marker.
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
    """Return True if a cell has more than blanks, comments and docstrings."""
    state = magics.Open()
    for line in lines:
        text = line.strip()
        if state == magics.Open() and text and not text.startswith("#") and not _DOCSTRING.match(text):
            return True
        state = magics.scan(line, state)
    return False


def _newlines(text: str) -> str:
    r"""Return the text with `\n` for each end of a line, which for Python is `\r\n` and a lone `\r`, too."""
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
