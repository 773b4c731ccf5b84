"""The student's file as cells to show: sources, numbers, and the outputs that are safe and small enough to keep.

This reads for display only (grading has its own reader), so it is forgiving: whatever is not a notebook
becomes `Unreadable` with a sentence, and whatever is oversized is cut. Nothing here parses Python: a regular
expression finds definitions even in a cell with magics, and no hostile source can exhaust the parser's stack.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .text import as_on_screen, cut

MAX_FILE = 20_000_000
MAX_CELLS = 400
MAX_SOURCE = 20_000
MAX_OUTPUT = 4_000
MAX_OUTPUTS = 20
MAX_IMAGE = 1_000_000
MAX_PIXELS = 16_000_000
_PNG = b"\x89PNG\r\n\x1a\n"


class Unreadable(Exception):
    """The file cannot be shown; the message says why, to people."""


@dataclass(frozen=True)
class Output:
    """One output: `text`, `error` or `image` (base64 of a PNG), or `omitted` with what was left out."""

    kind: str
    content: str


@dataclass(frozen=True)
class Cell:
    """One cell. `number` counts code cells from 1, as verdicts do; other cells have none."""

    kind: str
    source: str
    number: int | None = None
    outputs: tuple[Output, ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()


def read_cells(data: bytes, file: str) -> list[Cell]:
    """The cells of a notebook, or the one cell of a `.py` file. Raises `Unreadable`."""
    if len(data) > MAX_FILE:
        raise Unreadable(f"The file is too large to show here ({len(data) / 1e6:.0f} MB).")
    if file.lower().endswith(".py"):
        return [Cell("code", _source(data.decode("utf-8", errors="replace")), 1)]
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The file is not a notebook that can be read: it is not valid JSON.") from error
    raw = _raw_cells(notebook)
    if raw is None:
        raise Unreadable("The file is JSON, but not a notebook: it has no list of cells.")
    if not raw:
        raise Unreadable("The notebook is empty: it has no cells.")
    return list(_cells(raw[:MAX_CELLS]))


def defining_cell(cells: Iterable[Cell], name: str) -> int | None:
    """The number of the code cell that defines `name` last, which is the definition that counts."""
    anywhere = re.compile(rf"^([ \t]*)(?:(?:async[ \t]+)?def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
    outermost = re.compile(
        rf"^(?:(?:(?:async[ \t]+)?def|class)[ \t]+{re.escape(name)}\b|{re.escape(name)}[ \t]*=)", re.MULTILINE
    )
    code = [cell for cell in cells if cell.kind == "code"]
    for pattern in (outermost, anywhere):
        found = [cell.number for cell in code if pattern.search(cell.source)]
        if found:
            return found[-1]
    return None


def png(encoded: Any) -> str | None:
    """Canonical base64 of a PNG picture of sane size, or None."""
    try:
        data = base64.b64decode("".join(_joined(encoded).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not data.startswith(_PNG) or len(data) > MAX_IMAGE or data[12:16] != b"IHDR":
        return None
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return base64.b64encode(data).decode("ascii") if 0 < width * height <= MAX_PIXELS else None


def _raw_cells(notebook: Any) -> list[Any] | None:
    """The list of cells of a notebook of format 4, or of format 3 (which kept them in worksheets)."""
    if not isinstance(notebook, dict):
        return None
    cells = notebook.get("cells")
    sheets = notebook.get("worksheets")
    if cells is None and isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        cells = sheets[0].get("cells")
    return cells if isinstance(cells, list) else None


def _cells(raw: list[Any]) -> Iterator[Cell]:
    number = 0
    for cell in raw:
        if not isinstance(cell, dict):
            continue
        kind = cell.get("cell_type")
        source = _source(_joined(cell.get("source", cell.get("input"))))
        if kind == "code":
            number += 1
            yield Cell("code", source, number, tuple(_outputs(cell.get("outputs"))))
        elif source.strip():
            yield Cell("markdown" if kind == "markdown" else "raw", source, attachments=tuple(_attachments(cell)))


def _attachments(cell: dict[str, Any]) -> Iterator[tuple[str, str]]:
    attached = cell.get("attachments")
    for name, bundle in attached.items() if isinstance(attached, dict) else ():
        picture = png(bundle.get("image/png")) if isinstance(bundle, dict) else None
        if picture:
            yield name, picture


def _outputs(raw: Any) -> Iterator[Output]:
    """The outputs worth showing, with neighbouring pieces of one stream joined as they were on screen."""
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
    """Text and PNG pictures are kept; HTML, scripts, SVG and widgets are not."""
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
    """Notebooks keep text as a string or as a list of lines; anything else counts as none."""
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def _source(text: str) -> str:
    return cut(text.replace("\r\n", "\n").replace("\r", "\n"), MAX_SOURCE)


def _shown(text: str) -> str:
    return cut(as_on_screen(text).strip("\n"), MAX_OUTPUT)
