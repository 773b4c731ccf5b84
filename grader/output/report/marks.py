"""Turn verdicts into what a student reads: a word for each outcome, its place in the notebook, each hint once in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...result import Hint, Result, Status, Verdict
from ..text import rounded_points
from .curve import Drawing, drawing
from .text import cut

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

    `kind` chooses the icon and the colour. `repeated` is True if an earlier mark gives the mistake's hint in full.
    """

    claim: str
    kind: str
    word: str
    points: str
    message: str
    mistake: Hint | None
    repeated: bool
    hidden: bool
    smallest: str
    cell: int | None
    line: int | None
    curve: Drawing | None

    @property
    def full(self) -> bool:
        """True if every point was earned."""
        return self.kind == "earned"

    @property
    def place(self) -> str:
        return f"cell {self.cell}" + (f", line {self.line}" if self.line else "")


def marks(result: Result, definitions: Mapping[str, int]) -> list[Mark]:
    """Return a mark for each row of a result. `definitions` maps functions to the cells that define them."""
    hinted: set[str] = set()
    made = []
    for row in result.rows:
        made.append(_mark(row, definitions, bool(row.mistake and row.mistake.name in hinted)))
        if row.mistake and not row.hidden:
            hinted.add(row.mistake.name)
    return made


def unasked(result: Result) -> bool:
    """Return True for an unreadable file: no row was asked, and the notes say all that there is to say."""
    return bool(result.rows and result.notes) and not any(
        row.earned or row.message or row.mistake or row.evidence or row.status is not Status.LOST for row in result.rows
    )


def _mark(row: Verdict, definitions: Mapping[str, int], repeated: bool) -> Mark:
    cell, line, function = row.evidence.get("cell"), row.evidence.get("line"), row.evidence.get("function")
    if not isinstance(cell, int) and isinstance(function, str):
        cell, line = definitions.get(function), None  # an answer that is wrong has no line, but its function has a cell
    unwritten = row.status is Status.RAISED and row.evidence.get("type") == "NotImplementedError"
    part = 0 < row.earned < row.points
    return Mark(
        claim=row.claim,
        kind="part" if part else "unwritten" if unwritten else row.status.value,
        word="earned in part" if part else "not written yet" if unwritten else _WORDS[row.status],
        points=f"{rounded_points(row.earned) if row.status is not Status.VOID else '–'} / {rounded_points(row.points)}",
        message="" if row.hidden else cut(row.message, MAX_MESSAGE),
        mistake=None if row.hidden else row.mistake,
        repeated=repeated,
        hidden=row.hidden,
        smallest=cut(row.smallest, MAX_MESSAGE),
        cell=cell if isinstance(cell, int) and not row.hidden else None,
        line=line if isinstance(line, int) and not row.hidden and not unwritten else None,
        curve=None if row.hidden else drawing(row.evidence.get("curve")),
    )
