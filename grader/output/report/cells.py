"""Read the student's file as cells to show: code, prose, and the outputs that are safe and small enough to keep.

The code cells are those that were graded (`grader.submission.notebook`), so that the verdicts' cell numbers are theirs.
Grading drops the prose and the outputs, so they are read here. Whatever is malformed, or of a kind that could act on the
page, is left out, and whatever is too long is cut.
"""

from __future__ import annotations

import ast
import base64
import binascii
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from ...errors import Unreadable
from ...submission.notebook import read_source
from .text import as_on_screen, cut

__all__ = ["Output", "ShownCell", "Unreadable", "defining_cells", "png", "read_cells"]

MAX_CELLS = 400
MAX_SOURCE = 20_000  # characters of one cell
MAX_TEXT = 300_000  # of all cells: the worst prose costs a parser 20 s a million
MAX_OUTPUT = 4_000
MAX_OUTPUTS = 20
MAX_IMAGE = 1_000_000
MAX_PIXELS = 16_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign)
_DEFINITION = re.compile(
    r"^(?P<indent>[ \t]*)(?:(?:async[ \t]+)?def|class)[ \t]+(?P<name>\w+)|^(?P<value>\w+)[ \t]*=(?!=)", re.MULTILINE
)


@dataclass(frozen=True)
class Output:
    """One output: `text`, `error` or `image` (base64 of a PNG), or `omitted` with what was left out."""

    kind: str
    content: str


@dataclass(frozen=True)
class ShownCell:
    """One cell: `code`, `markdown` or `raw`. `number` counts code cells from 1; other cells have none."""

    kind: str
    source: str
    number: int | None = None
    outputs: tuple[Output, ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()


def read_cells(data: bytes, file: str) -> list[ShownCell]:
    """Return the cells of a notebook or of a `.py` file. Raise `Unreadable` where grading did."""
    code = {cell.number: cut(cell.original, MAX_SOURCE) for cell in read_source(data, file).cells}
    try:
        raw = _raw_cells(json.loads(data)) if file.lower().endswith(".ipynb") else []
    except (ValueError, RecursionError):  # in an encoding that only the graded reading guesses: its code is enough
        raw = []
    cells = list(_cells(raw, code)) if raw else [ShownCell("code", source, number) for number, source in code.items()]
    sizes = accumulate(len(cell.source) for cell in cells)
    shown = min(sum(size <= MAX_TEXT for size in sizes), MAX_CELLS)
    if shown < len(cells):
        cells[shown:] = [ShownCell("raw", f"… {len(cells) - shown:,} more cells are not shown …")]
    return cells


def defining_cells(cells: Iterable[ShownCell]) -> dict[str, int]:
    """Return, for each name, the number of the code cell that defines it last: that definition counts.

    A definition at the outermost level is preferred to any inside a class, a function or an `if`.
    """
    outer: dict[str, int] = {}
    inner: dict[str, int] = {}
    for cell in cells:
        if cell.number:
            at_top, inside = _defined(cell.source)
            outer |= dict.fromkeys(at_top, cell.number)
            inner |= dict.fromkeys(inside, cell.number)
    return inner | outer


@lru_cache(maxsize=1024)  # most cells are the handouts' own, the same in every notebook of the class
def _defined(source: str) -> tuple[Set[str], Set[str]]:
    """Return the names that a cell defines at its outermost level, and its functions and classes at any level."""
    try:
        # Python warns of a student's "\\d": the instructor's terminal is not the place for that.
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a magic, a typing error, absurd nesting
        found = list(_DEFINITION.finditer(source))
        return {m["name"] or m["value"] for m in found if not m["indent"]}, {m["name"] for m in found if m["name"]}
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    stores = (node for statement in tree.body if isinstance(statement, _ASSIGNMENTS) for node in ast.walk(statement))
    values = {node.id for node in stores if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    at_top = {node.name for node in tree.body if isinstance(node, named)}
    return at_top | values, {node.name for node in ast.walk(tree) if isinstance(node, named)}


def png(encoded: Any) -> str | None:
    """Return canonical base64 of a PNG picture of sane size, or None for anything else."""
    try:
        data = base64.b64decode("".join(_joined(encoded).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not data.startswith(_PNG) or len(data) > MAX_IMAGE or data[12:16] != b"IHDR":
        return None
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return base64.b64encode(data).decode("ascii") if 0 < width * height <= MAX_PIXELS else None


def _raw_cells(notebook: Any) -> list[dict[str, Any]]:
    """Return all cells of a notebook of format 4, or of format 3 (which kept them in worksheets)."""
    sheets = [notebook] if "cells" in notebook else notebook["worksheets"]
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells if isinstance(cell, dict)]


def _cells(raw: list[dict[str, Any]], code: Mapping[int, str]) -> Iterator[ShownCell]:
    """Yield the cells in the notebook's order, with the graded text of the code cells."""
    number = 0
    for cell in raw:
        if cell.get("cell_type") == "code":
            number += 1
            yield ShownCell("code", code[number], number, tuple(_outputs(cell.get("outputs"))))
            continue
        source = cut(_joined(cell.get("source")), MAX_SOURCE)
        if source.strip():
            kind = "markdown" if cell.get("cell_type") == "markdown" else "raw"
            yield ShownCell(kind, source, attachments=tuple(_attachments(cell)))


def _attachments(cell: dict[str, Any]) -> Iterator[tuple[str, str]]:
    attached = cell.get("attachments")
    for name, bundle in attached.items() if isinstance(attached, dict) else ():
        picture = png(bundle.get("image/png")) if isinstance(bundle, dict) else None
        if picture:
            yield name, picture


def _outputs(raw: Any) -> Iterator[Output]:
    """Yield the outputs worth showing, with neighbouring pieces of one stream joined as they were on screen."""
    outputs = [output for output in raw if isinstance(output, dict)] if isinstance(raw, list) else []
    stream = ""
    for output in outputs[:MAX_OUTPUTS]:
        if output.get("output_type") == "stream":
            stream += _joined(output.get("text"))
            continue
        if stream:
            yield Output("text", _shown(stream))
            stream = ""
        yield from _output(output)
    if stream:
        yield Output("text", _shown(stream))
    if len(outputs) > MAX_OUTPUTS:
        yield Output("omitted", f"{len(outputs) - MAX_OUTPUTS:,} more outputs are not shown.")


def _output(output: dict[str, Any]) -> Iterator[Output]:
    """Yield an output if it is text or a PNG picture; in place of HTML, a script, SVG or a widget yield a sentence."""
    if output.get("output_type") == "error":
        trace = output.get("traceback")
        lines = [line for line in trace if isinstance(line, str)] if isinstance(trace, list) else []
        text = "\n".join(lines) or f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"
        yield Output("error", _shown(text))
        return
    data = output.get("data")
    data = data if isinstance(data, dict) else {}
    if "image/png" in data:
        picture = png(data["image/png"])
        yield Output("image", picture) if picture else Output("omitted", "A picture is damaged or too large to show.")
    elif "text/plain" in data:
        yield Output("text", _shown(_joined(data["text/plain"])))
    elif data:
        yield Output("omitted", f"An output of type {', '.join(sorted(data))[:80]} is not shown.")


def _joined(text: Any) -> str:
    """Return text that a notebook keeps as a string or as a list of lines; anything else counts as none."""
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def _shown(text: str) -> str:
    return cut(as_on_screen(text).strip("\n"), MAX_OUTPUT)
