"""From outcomes to what is reported: points, a sentence, the recognised mistake, and evidence as plain data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..errors import Fault, Raised, Wrong
from ..numerics.describe import describe
from ..result import Verdict
from ..topics.rubric import SHARE
from .mistakes import Known, recognise
from .outcome import Outcome
from .points import points


def verdicts(outcomes: Sequence[Outcome], known: Sequence[Known], share: float = SHARE) -> tuple[Verdict, ...]:
    """Return a verdict for each outcome. `known` are the known mistakes, and pairs of them, on the same cases; `share` is that
    of the points that a recognised mistake loses which it costs."""
    named = recognise(outcomes, known)
    earned = points(outcomes, named, known, share)
    found = []
    for outcome in outcomes:
        row = outcome.row
        worth = earned[row.id]
        message, evidence = worth.why, evidence_of(outcome)
        if row.id not in named and (structure := description(outcome, outcomes)):
            message = f"{message}. {structure[0].upper()}{structure[1:]}"
            evidence["structure"] = structure
        found.append(
            Verdict(
                id=row.id,
                claim=row.claim,
                points=row.points,
                earned=worth.earned,
                status=outcome.status,
                message=message,
                error=error_id(outcome),
                mistake=named[row.id].hint if row.id in named else None,
                evidence=evidence,
                hidden=row.hidden,
            )
        )
    return tuple(found)


def description(outcome: Outcome, outcomes: Sequence[Outcome]) -> str:
    """Return a sentence about how the answer of a lost row differs, which no earned row refutes; "" if none is found."""
    if not isinstance(outcome.error, Wrong):
        return ""
    return describe(outcome.error, _settled(outcome, outcomes)) or ""


def _settled(outcome: Outcome, outcomes: Sequence[Outcome]) -> frozenset[str]:
    """Return the hyper-parameters of a lost row's functions that an earned row asked with a larger value than this one did:
    what a small one may hide, a larger one would have shown."""
    functions = {f.name for f in outcome.row.check.functions}
    mine = {} if outcome.answers is None else outcome.answers.largest
    earned = [o.answers.largest for o in outcomes if o.earned and o.follow is None and o.answers is not None]
    return frozenset(
        name
        for largest in earned
        for (function, name), value in largest.items()
        if function in functions and value > mine.get((function, name), 0.0)
    )


def error_id(outcome: Outcome) -> str:
    """Return the kind of error, as docs/errors.md lists them; "" for an earned row."""
    if isinstance(outcome.error, Wrong):
        return outcome.error.evidence.id
    if isinstance(outcome.error, Fault):
        return outcome.error.id
    return "" if outcome.earned else outcome.status.value


def evidence_of(outcome: Outcome) -> dict[str, Any]:
    """Return the parts of the evidence as plain data, for programs and for the report.

    It holds at least the function that was asked, and what the check put on show.
    """
    error = outcome.error
    names = [f.name for f in outcome.row.check.functions]
    evidence: dict[str, Any] = {**outcome.exhibits, **({"function": names[-1]} if names else {})}
    if isinstance(error, Wrong):
        where = error.evidence.where
        named = next((name for name in names if re.search(rf"\b{name}\b", where)), None)
        return evidence | ({"function": named} if named else {}) | {"where": where, **error.evidence.details}
    if isinstance(error, Raised):
        return evidence | {"type": error.type, "cell": error.cell, "line": error.line}
    return evidence
