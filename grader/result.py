"""Grades as values: a `Verdict` is one row's outcome, a `Result` is a submission's grade.

A Result has one JSON form (`schema: grader/result/1`, described in docs/result.md). Everything that shows a grade (terminal,
HTML, CSV, Gradescope, GitHub, JUnit) is made from it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

SCHEMA = "grader/result/1"

SMALLEST = "The smallest input on which it fails, to paste into a cell:"


class Status(StrEnum):
    """The outcome of one row of a rubric."""

    EARNED = "earned"  # the claim held
    LOST = "lost"  # the claim did not hold: the evidence says where
    WITHHELD = "withheld"  # not asked, because a row that this one needs was not earned
    RAISED = "raised"  # the submission raised an exception
    TIMEOUT = "timeout"  # the submission used up its time
    DIED = "died"  # the submission's process ended
    VOID = "void"  # the grader failed: never a zero


@dataclass(frozen=True)
class Hint:
    """A recognised mistake: its name, and what to tell the student."""

    name: str
    hint: str

    def told(self, again: bool = False) -> str:
        """Return the hint as a sentence. `again`: it was told in full before, and only the name is repeated."""
        return f"This looks like “{self.name}”{', as above.' if again else f'. {self.hint}'}"


@dataclass(frozen=True)
class Note:
    """Something that happened while a submission was read or run. `cell` is counted from 1, None if no cell is to blame."""

    text: str
    cell: int | None = None


@dataclass(frozen=True)
class Verdict:
    """The outcome of one row.

    `earned` is in points, `evidence` plain data: numbers, text, lists. `error` is the kind of error (docs/errors.md), "" where the
    row was earned. Raises ValueError for an impossible grade.
    """

    id: str
    claim: str
    points: float
    earned: float
    status: Status
    message: str = ""
    mistake: Hint | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False
    error: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.points) and 0 <= self.earned <= self.points):
            raise ValueError(f"row {self.id}: {self.earned} of {self.points} points is not a possible grade")

    @property
    def cell(self) -> int | None:
        """The code cell, counted from 1, that the verdict speaks of, or None."""
        return self.evidence.get("cell")

    @property
    def smallest(self) -> str:
        """The smallest input that fails, as a cell to paste, with the answer there; "" if none is known, or the row is hidden."""
        found = self.evidence.get("smallest")
        if self.hidden or not isinstance(found, Mapping):
            return ""
        if "expected" not in found:
            return f"{found['code']}\n# {found['got']}"
        return f"{found['code']}\n# yours:    {found['got']}\n# expected: {found['expected']}"


@dataclass(frozen=True)
class Result:
    """One submission's grade in one round, with everything that is needed to reproduce it. `seconds` are of wall time."""

    topic: str
    student: str
    file: str
    sha256: str
    rows: tuple[Verdict, ...]
    notes: tuple[Note, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    round: str = "1"
    device: str = "cpu"
    jail: str = ""
    seconds: float = 0.0

    @property
    def status(self) -> str:
        """ "graded", or "ungraded" as soon as one row is void: a failure of the grader is never a zero."""
        return "ungraded" if any(row.status is Status.VOID for row in self.rows) else "graded"

    @property
    def score(self) -> float | None:
        """Points earned, or None for an ungraded submission."""
        return (
            None if self.status == "ungraded" else math.fsum(row.earned for row in self.rows)
        )  # exact: 0.1 ten times is 1

    @property
    def max_score(self) -> float:
        """Points of all rows."""
        return math.fsum(row.points for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form as plain data (see `plain`)."""
        form = {
            "schema": SCHEMA,
            "topic": self.topic,
            "student": self.student,
            "source": {"file": self.file, "sha256": self.sha256},
            "status": self.status,
            "score": self.score,
            "max_score": self.max_score,
            "rows": [_row_to_dict(row) for row in self.rows],
            "notes": [asdict(note) for note in self.notes],
            "hashes": self.hashes,
            "round": self.round,
            "device": self.device,
            "jail": self.jail,
            "seconds": round(self.seconds, 4),
        }
        return {key: plain(value) for key, value in form.items()}

    def to_json(self, indent: int | None = 2) -> str:
        """Return the JSON form as text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Result:
        """Return the Result of a JSON form. Raises ValueError, with a sentence, for anything else."""
        schema = data.get("schema") if isinstance(data, Mapping) else None
        if schema != SCHEMA:
            raise ValueError(f"a result of schema {schema!r}; this version reads {SCHEMA!r}")
        try:
            return cls(
                topic=data["topic"],
                student=data["student"],
                file=data["source"]["file"],
                sha256=data["source"]["sha256"],
                rows=tuple(_row_from_dict(row) for row in data["rows"]),
                notes=tuple(Note(**note) for note in data["notes"]),
                hashes=data["hashes"],
                round=data["round"],
                device=data["device"],
                jail=data["jail"],
                seconds=data["seconds"],
            )
        except (KeyError, TypeError, AttributeError) as problem:
            raise ValueError(f"a result that does not keep to {SCHEMA!r}: {problem!r}") from problem

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Return the Result of a JSON text. Raises ValueError for anything else."""
        return cls.from_dict(json.loads(text))


def plain(value: Any) -> Any:
    """Return the nearest value that JSON can hold and a UTF-8 file can store.

    A number that is not finite becomes the word nan, inf or -inf, for JSON has no such number. Half of a surrogate pair, which a
    student's text may contain and no encoder accepts, becomes its escape. An integer beyond 64 bits becomes a description.
    """
    if hasattr(value, "tolist"):  # numpy's arrays and scalars, without importing numpy
        value = value.tolist()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):  # CPython refuses to print an integer of more than 4300 digits
        return value if value.bit_length() <= 64 else f"an integer of {value.bit_length()} bits"
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _row_to_dict(row: Verdict) -> dict[str, Any]:
    return {
        "id": row.id,
        "claim": row.claim,
        "points": row.points,
        "earned": row.earned,
        "status": row.status.value,
        "message": row.message,
        "error": row.error,
        "mistake": asdict(row.mistake) if row.mistake else None,
        "evidence": row.evidence,
        "hidden": row.hidden,
    }


def _row_from_dict(data: Mapping[str, Any]) -> Verdict:
    mistake = data["mistake"]
    return Verdict(**{**data, "status": Status(data["status"]), "mistake": Hint(**mistake) if mistake else None})
