"""The rubric of a topic: its rows, each a claim that is worth points, and the cases that they are asked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import TopicError
from .cases import Case, Cases
from .trial import Check

SHARE = (
    1 / 3
)  # of the points of all rows that a known mistake loses: its price where no row is worth more (judging.points)

__all__ = ["Case", "Cases", "Check", "Row", "Topic"]


@dataclass(frozen=True)
class Row:
    """One claim of the rubric. `needs` names rows (ids, separated by blanks) without which this one is withheld."""

    id: str
    points: float
    claim: str
    check: Check
    needs: str = ""
    hidden: bool = False


@dataclass(frozen=True, eq=False)
class Topic:
    """A topic: `cases(rng)` yields the named cases that rows use unless they name their own. A key for what is kept of it."""

    title: str
    cases: Cases
    rubric: Sequence[Row]

    @property
    def points(self) -> float:
        return sum(row.points for row in self.rubric)

    def __post_init__(self) -> None:
        seen: dict[str, Row] = {}
        for row in self.rubric:
            unknown = [need for need in row.needs.split() if need not in seen]
            unseen = [need for need in row.needs.split() if need in seen and seen[need].hidden and not row.hidden]
            for found, problem in (
                (not isinstance(row.check, Check), f"has {_shown(row.check)} where a check belongs, as in matches(f)"),
                (not isinstance(row.points, int | float) or row.points < 0, f"is worth {row.points!r} points"),
                (row.id in seen, "is there twice"),
                (unknown, f"needs {unknown}, which no earlier row is called"),
                (unseen, f"needs {unseen}, which is hidden: hidden rows are asked last"),
            ):
                if found:
                    raise TopicError(f"{self.title}: row {row.id!r} {problem}")
            seen[row.id] = row


def _shown(value: object) -> str:
    name = getattr(value, "__name__", "")
    return f"`{name}`" if name else repr(value)[:60]
