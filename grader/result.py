"""What grading says: `Wrong` is evidence, a `Verdict` is one row's outcome, a `Result` is a submission's grade.

A Result is a plain value with one JSON form (`schema: grader/result/1`, described in docs/result.md).
Everything else that shows a grade (terminal, HTML, CSV, Gradescope, GitHub, JUnit) is made from it.
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
    """How one row of a rubric ended."""

    EARNED = "earned"  # the claim held
    LOST = "lost"  # the claim did not hold: the evidence says where
    WITHHELD = "withheld"  # not asked: a row that this one needs was not earned
    RAISED = "raised"  # the submission raised an exception
    TIMEOUT = "timeout"  # the submission used up its time
    DIED = "died"  # the submission's process ended
    VOID = "void"  # our own fault: never a zero


@dataclass(frozen=True)
class Hint:
    """A recognised mistake: its name and what to tell the student."""

    name: str
    hint: str

    def told(self, again: bool = False) -> str:
        """The hint as a sentence; `again` where it was told in full before."""
        return f"This looks like “{self.name}”{', as above.' if again else f'. {self.hint}'}"


@dataclass(frozen=True)
class Note:
    """Something that happened while a submission was read or run; `cell` is None where no cell is to blame."""

    text: str
    cell: int | None = None


@dataclass(frozen=True)
class Verdict:
    """The outcome of one row. `earned` is in points; `evidence` is plain data (numbers, text, lists).

    `error` is the kind of error (docs/errors.md), "" where the row was earned.
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
        """The code cell (counted from 1) that the verdict speaks of, where there is one."""
        return self.evidence.get("cell")

    @property
    def smallest(self) -> str:
        """The smallest input that fails, as a cell to paste, and what comes back there; "" where none is known."""
        found = self.evidence.get("smallest")
        if self.hidden or not isinstance(found, Mapping):
            return ""
        if "expected" not in found:
            return f"{found['code']}\n# {found['got']}"
        return f"{found['code']}\n# yours:    {found['got']}\n# expected: {found['expected']}"


@dataclass(frozen=True)
class Result:
    """One submission's grade in one round, with everything needed to reproduce it."""

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
        """`ungraded` as soon as one row is void: a fault of ours is never a zero."""
        return "ungraded" if any(row.status is Status.VOID for row in self.rows) else "graded"

    @property
    def score(self) -> float | None:
        """Points earned, or None for an ungraded submission."""
        return None if self.status == "ungraded" else math.fsum(row.earned for row in self.rows)

    @property
    def max_score(self) -> float:
        return math.fsum(row.points for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form as plain data: what `plain` makes of every field."""
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
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Result:
        """The inverse of `to_dict`. Raises ValueError, with a sentence, for anything else."""
        schema = data.get("schema") if isinstance(data, Mapping) else None
        if schema != SCHEMA:
            raise ValueError(f"a result of schema {schema!r}; this version reads {SCHEMA!r}")
        try:
            return cls._from_form(data)
        except (KeyError, TypeError, AttributeError) as problem:
            raise ValueError(f"a result that does not keep to {SCHEMA!r}: {problem!r}") from problem

    @classmethod
    def _from_form(cls, data: Mapping[str, Any]) -> Result:
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

    @classmethod
    def from_json(cls, text: str) -> Result:
        return cls.from_dict(json.loads(text))


def plain(value: Any) -> Any:
    """The nearest value that JSON can hold and every UTF-8 file can store.

    Numbers that are not finite become the words nan, inf and -inf, for JSON has no such numbers; half of a
    surrogate pair, which a student's text may contain and no encoder accepts, becomes its escape; an integer
    beyond 64 bits becomes a description.
    """
    if hasattr(value, "tolist"):  # numpy's arrays and scalars, without importing numpy
        value = value.tolist()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):  # Python refuses to print an integer of more than 4300 digits
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
