"""Notebooks that are text: Quarto, MyST and Jupytext Markdown, and marimo's Python, as the sources of their code cells.

No student's Python is parsed here: lines are told apart, and where a text in quotes goes on, by `magics.scan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from . import magics

_FENCE = re.compile(r"(?P<indent> {0,3})(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)\Z")
# ```{python}, ```{python echo=FALSE} (Quarto), ```{code-cell} ipython3 (MyST), ```python (Jupytext, and plain Markdown)
_CODE = re.compile(r"\{(?P<quarto>[a-zA-Z]+)\b[^}]*\}|\{code-cell\}[ \t]*(?P<myst>\w*)|(?P<plain>[a-zA-Z0-9]+)\b")
_PYTHON = {"python", "python3", "ipython", "ipython3", "py"}
_OPTION = re.compile(r"\s*:[\w-]+:")  # of a MyST cell, before its code
_MARIMO = re.compile(r"^import marimo\b|^from marimo import", re.MULTILINE)
_MARIMO_CELL = re.compile(r"@app\.(?P<kind>cell|function|class_definition)\b")
_MARIMO_SETUP = re.compile(r"with app\.setup\b.*:\s*(#.*)?\Z")


def languages(text: str) -> list[str]:
    """Return the languages of the executable cells of a Markdown text, in lower case, as their fences name them."""
    return [language for language, _ in _fenced(text)]


def markdown_cells(text: str) -> Iterator[str]:
    """Yield the source of each Python cell of a Markdown text. A cell's lines keep their number within it."""
    for language, lines in _fenced(text):
        if language in _PYTHON:
            yield "\n".join(_without_options(lines))


def _fenced(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (language, lines) of each fenced block that has a language."""
    lines = iter(text.split("\n"))
    for line in lines:
        opening = _FENCE.match(line)
        if opening is None:
            continue
        fence, indent, block = opening["fence"], len(opening["indent"]), list[str]()
        for inner in lines:
            bare = inner.strip(" \t")
            if (
                len(inner) - len(inner.lstrip(" ")) <= 3
                and bare
                and set(bare) == {fence[0]}
                and len(bare) >= len(fence)
            ):
                break
            block.append(inner[min(indent, len(inner) - len(inner.lstrip(" "))) :])
        if (code := _CODE.match(opening["info"])) is not None:
            language = code["quarto"] or code["myst"] or code["plain"] or "python"  # a MyST cell may leave it out
            yield ("python" if code[0].startswith("{code-cell}") and not code["myst"] else language.lower()), block


def _without_options(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a cell, MyST's options at its head (`:tags: [a]`, or YAML between `---`) made comments."""
    head, block = True, False
    for i, line in enumerate(lines):
        fence = line.strip() == "---"
        if head and (block or _OPTION.match(line) or (fence and i == 0)):
            block = block != fence if fence else block
            head = block or not fence
            yield f"# {line}"
        else:
            head = False
            yield line


def is_marimo(text: str) -> bool:
    """Say whether a Python file is a marimo notebook: it imports marimo, and decorates functions with its app."""
    return bool(_MARIMO.search(text)) and bool(
        re.search(r"^@app\.(cell|function|class_definition)\b", text, re.MULTILINE)
    )


def marimo_cells(text: str) -> Iterator[str]:
    """Yield the source of each cell of a marimo notebook: the bodies of its cells and its setup, and its functions and classes.

    A cell is a function of the names that it uses, and returns those that it defines: its body without the last `return`.
    """
    kind, block, state = "", list[str](), magics.Open()
    for line in [*text.split("\n"), "end"]:
        outside = state == magics.Open() and line[:1] not in ("", " ", "\t", "#", ")")
        state = magics.scan(line, state)
        if outside and kind != "decorated":
            if kind and block:
                yield _cell(kind, block)
            kind, block = "", []
        if outside and (cell := _MARIMO_CELL.match(line)):
            kind, wanted, block = "decorated", cell["kind"], []
        elif outside and _MARIMO_SETUP.match(line):
            kind = "setup"
        elif outside and kind == "decorated":
            kind, block = wanted, [line]
        elif kind not in ("", "decorated"):
            block.append(line)


def _cell(kind: str, lines: list[str]) -> str:
    if kind in ("function", "class_definition"):
        return "\n".join(lines).rstrip()
    return "\n".join(_body(lines if kind == "setup" else _after_header(lines))).rstrip()


def _after_header(lines: list[str]) -> list[str]:
    """Return what follows `def _(np, plt):`, which may take several lines."""
    state = magics.Open()
    for i, line in enumerate(lines):
        state = magics.scan(line, state)
        if state == magics.Open() and line.rstrip().endswith(":"):
            return lines[i + 1 :]
    return []


def _body(lines: Sequence[str]) -> Iterator[str]:
    """Yield a cell's lines, one level less indented, and its last `return` as comments."""
    state, returning = magics.Open(), False
    for line in lines:
        inside_text = bool(state.quote)
        starts = state == magics.Open() and re.match(r"    return\b", line)
        returning = bool(starts) or (returning and state != magics.Open())
        state = magics.scan(line, state)
        plain = line if inside_text or not line.startswith("    ") else line[4:]
        yield f"# {plain}" if returning else plain
