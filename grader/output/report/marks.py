"""The verdicts as a student reads them: a word for each outcome, its place in the notebook, each hint once in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...result import Hint, Result, Status, Verdict
from .curve import Drawing, drawing
from .text import cut, points

MAX_MESSAGE = 4_000
_WORDS = {
    Status.EARNED: "earned",
    Status.LOST: "lost",
    Status.WITHHELD: "not asked",
    Status.RAISED: "raised an exception",
    Status.TIMEOUT: "ran out of time",
    Status.DIED: "the process ended",
    Status.VOID: "not graded: a fault of ours",
}


@dataclass(frozen=True)
class Mark:
    """One verdict on the page. A hidden row keeps its claim and its points, and loses all that tells of its cases.

    `kind` chooses the icon and the colour. `told` says that an earlier mark gives the mistake's hint in full.
    """

    claim: str
    kind: str
    word: str
    points: str
    message: str
    mistake: Hint | None
    told: bool
    hidden: bool
    smallest: str
    cell: int | None
    line: int | None
    curve: Drawing | None

    @property
    def full(self) -> bool:
        """Was every point earned?"""
        return self.kind == "earned"

    @property
    def place(self) -> str:
        return f"cell {self.cell}" + (f", line {self.line}" if self.line else "")


def marks(result: Result, definitions: Mapping[str, int]) -> list[Mark]:
    """The result's rows; `definitions` tells which cell defines a function."""
    told: set[str] = set()
    made = []
    for row in result.rows:
        made.append(_mark(row, definitions, bool(row.mistake and row.mistake.name in told)))
        if row.mistake and not row.hidden:
            told.add(row.mistake.name)
    return made


def unasked(result: Result) -> bool:
    """Did no row come to be asked, with no more to say of any than what the notes say: an unreadable file?"""
    return bool(result.rows and result.notes) and not any(
        row.earned or row.message or row.mistake or row.evidence or row.status is not Status.LOST for row in result.rows
    )


def _mark(row: Verdict, definitions: Mapping[str, int], told: bool) -> Mark:
    cell, line, function = row.evidence.get("cell"), row.evidence.get("line"), row.evidence.get("function")
    if not isinstance(cell, int) and isinstance(function, str):
        cell, line = definitions.get(function), None
    unwritten = row.status is Status.RAISED and row.evidence.get("type") == "NotImplementedError"
    part = 0 < row.earned < row.points
    return Mark(
        claim=row.claim,
        kind="part" if part else "unwritten" if unwritten else row.status.value,
        word="earned in part" if part else "not written yet" if unwritten else _WORDS[row.status],
        points=f"{points(row.earned) if row.status is not Status.VOID else '–'} / {points(row.points)}",
        message="" if row.hidden else cut(row.message, MAX_MESSAGE),
        mistake=None if row.hidden else row.mistake,
        told=told,
        hidden=row.hidden,
        smallest=cut(row.smallest, MAX_MESSAGE),
        cell=cell if isinstance(cell, int) and not row.hidden else None,
        line=line if isinstance(line, int) and not row.hidden and not unwritten else None,
        curve=None if row.hidden else drawing(row.evidence.get("curve")),
    )
