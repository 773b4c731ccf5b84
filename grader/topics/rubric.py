"""The rubric of a topic: its rows, each a claim that is worth points, and the cases that they are asked on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import TopicError

Case = tuple[str, dict[str, Any]]
Cases = Callable[[Any], Iterable[Case]]


@dataclass(frozen=True)
class Row:
    """One claim of the rubric. `needs` names rows (ids, separated by blanks) without which this one is withheld."""

    id: str
    points: float
    claim: str
    check: Any
    needs: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Topic:
    """A topic: `cases(rng)` yields the named cases that rows use unless they name their own."""

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
                (row.id in seen, "is there twice"),
                (unknown, f"needs {unknown}, which no earlier row is called"),
                (unseen, f"needs {unseen}, which is hidden: hidden rows are asked last"),
            ):
                if found:
                    raise TopicError(f"{self.title}: row {row.id!r} {problem}")
            seen[row.id] = row
