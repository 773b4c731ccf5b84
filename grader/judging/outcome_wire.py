"""Outcomes of programs of ours as plain data: for a record on disk, and for the students' bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..checks import FollowThrough
from ..errors import Evidence, Raised, Wrong
from ..inside.wire import decode, encode
from ..result import Hint, Status
from ..topics.rubric import Row
from . import answers
from .mistakes import Known
from .outcome import Outcome


def light(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes with no more of their answers than the fingerprints."""
    return [
        replace(o, heard=None if o.answers is None else replace(o.answers, values=(), recorded=o.answers.prints))
        for o in outcomes
    ]


def to_bytes(outcomes: Sequence[Outcome]) -> bytes:
    """Return outcomes for a record."""
    return encode([_to_wire(o) for o in outcomes])


def from_bytes(raw: bytes, rubric: Sequence[Row]) -> list[Outcome]:
    """Return the outcomes that `to_bytes` wrote. Raises LookupError and the like for what it did not write."""
    rows = {row.id: row for row in rubric}
    return [_from_wire(rows[data["row"]], data) for data in decode(raw)]


def for_bundle(known: Sequence[Known], public: Sequence[Row]) -> list[dict[str, Any]]:
    """Return what known mistakes answer in the public rows, by fingerprints, as plain data. Those that only hidden rows see
    stay unknown."""
    rows = {row.id for row in public}
    found = []
    for k in known:
        seen = light([o for o in k.outcomes if o.row.id in rows])
        if any(o.error is not None for o in seen):
            dead, telling = sorted(k.dead & rows), sorted((k.telling or frozenset()) & rows)
            about = {"name": k.hint.name, "hint": k.hint.hint, "dead": dead, "telling": telling, "costs": k.costs}
            found.append({**about, "rows": [_to_wire(o) for o in seen]})
    return found


def from_bundle(rubric: Sequence[Row], mistakes: Sequence[Mapping[str, Any]]) -> list[Known]:
    """Return the known mistakes that `for_bundle` made plain data of."""
    rows = {row.id: row for row in rubric}
    return [
        Known(
            Hint(m["name"], m["hint"]),
            [_from_wire(rows[data["row"]], data) for data in m["rows"]],
            dead=frozenset(m["dead"]),
            telling=frozenset(m["telling"]),
            costs=m["costs"],
        )
        for m in mistakes
    ]


def _to_wire(outcome: Outcome) -> dict[str, Any]:
    return {
        "row": outcome.row.id,
        "status": outcome.status.value,
        "follow": outcome.follow is not None,
        "error": None if outcome.error is None else error_to_wire(outcome.error),
        "answers": None if outcome.answers is None else answers.to_wire(outcome.answers),
    }


def _from_wire(row: Row, data: Mapping[str, Any]) -> Outcome:
    follow = FollowThrough("", frozenset(), Wrong("", "")) if data["follow"] else None
    error = None if data["error"] is None else error_from_wire(data["error"])
    heard = None if data["answers"] is None else answers.from_wire(data["answers"])
    return Outcome(row, Status(data["status"]), error, follow, heard=heard)


def error_to_wire(error: Exception) -> dict[str, Any]:
    """Return what tells one fault from another."""
    if isinstance(error, Wrong):
        found = error.evidence
        by_chance = {"by_chance": found.by_chance} if found.by_chance else {}
        answer = found.answer if found.by_chance else None  # else the whole answer is there
        return {"where": found.where, "sentence": found.sentence, "answer": answer, **by_chance}
    if isinstance(error, Raised):
        return {"type": error.type, "message": error.message}
    return {}


def error_from_wire(data: Mapping[str, Any]) -> Exception:
    """Return the error that `error_to_wire` made plain data of."""
    if "where" in data:
        by_chance = data.get("by_chance", 0.0)
        return Wrong.of(Evidence(data["where"], data["sentence"], data["answer"], by_chance=by_chance))
    return Raised(data.get("type", ""), data.get("message", ""))
