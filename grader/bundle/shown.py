"""Verdicts as a student sees them: as text for a terminal, and as HTML for a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..curves import read_curve, sparkline
from ..result import SMALLEST, Status, Verdict

SIGNS = {Status.EARNED: "✓", Status.LOST: "✗", Status.RAISED: "✗", Status.WITHHELD: "–", Status.VOID: "?"}
INDENT = " " * 12
COLOURS = {"✓": "#1a7f37", "✗": "#cf222e"}  # both readable on white and on a dark notebook's grey


def lines(rows: Iterable[Verdict]) -> Iterator[str]:
    """Yield the verdicts, one a line, with sentences and curves below them.

    The hint of a recognised mistake stands in full where it is first needed.
    """
    for verdict, told in _with_hints(rows):
        yield f"{_sign(verdict)} {f'{verdict.earned:g}/{verdict.points:g}':>6}  {verdict.claim}"
        yield from (f"{INDENT}{line}" for line in (verdict.message, told) if line)
        if curve := read_curve(verdict.evidence.get("curve")):
            yield f"{INDENT}{sparkline(curve)}"
        if verdict.smallest:
            yield f"{INDENT}{SMALLEST}"
            yield from (f"{INDENT}    {line}".rstrip() for line in verdict.smallest.splitlines())


@dataclass(frozen=True)
class Checked:
    """The findings of `check`: the verdicts, and what there is to say besides them.

    `str` gives the text, `_repr_html_` the HTML.
    """

    rows: tuple[Verdict, ...]
    notes: Sequence[str] = ()

    def __str__(self) -> str:
        return "\n".join([*lines(self.rows), *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the same as HTML, under the name that Jupyter asks for; it holds no script, and all text is escaped."""
        rows = "".join(_row(verdict, told) for verdict, told in _with_hints(self.rows))
        table = f'<table style="text-align:left;border-collapse:collapse">{rows}</table>' if rows else ""
        return table + "".join(f"<p>{_text(note)}</p>" for note in self.notes)


def _with_hints(rows: Iterable[Verdict]) -> Iterator[tuple[Verdict, str]]:
    told: set[str] = set()
    for verdict in rows:
        hint = ""
        if verdict.mistake:
            hint = verdict.mistake.told(again=verdict.mistake.name in told)
            told.add(verdict.mistake.name)
        yield verdict, hint


def _row(verdict: Verdict, told: str) -> str:
    sign = _sign(verdict)
    parts = [f"<div>{_text(verdict.claim)}</div>"]
    parts += [f"<div style='opacity:.85'>{_text(line)}</div>" for line in (verdict.message, told) if line]
    if curve := read_curve(verdict.evidence.get("curve")):
        parts.append(f"<code>{_text(sparkline(curve))}</code>")
    if verdict.smallest:
        parts.append(f"<details><summary>{_text(SMALLEST)}</summary><pre>{_text(verdict.smallest)}</pre></details>")
    cell = "padding:.15em .6em;vertical-align:top;text-align:left"
    return (
        f'<tr><td style="{cell};color:{COLOURS.get(sign, "inherit")}" aria-label="{verdict.status.value}">{sign}</td>'
        f'<td style="{cell};white-space:nowrap">{verdict.earned:g}/{verdict.points:g}</td>'
        f'<td style="{cell}">{"".join(parts)}</td></tr>'
    )


def _sign(verdict: Verdict) -> str:
    return SIGNS.get(verdict.status, "✗")


def _text(text: str) -> str:
    """Escape for HTML, and write control characters out: a student's exception may hold any."""
    seen = "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)
    return html.escape(seen)
