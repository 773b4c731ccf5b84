"""Which known mistake is it? A lost row that fails at the same place with the same array as a known mistake has that mistake.

Every mistake of a topic is run on the very cases of the round, once, in this process, when the first row is lost.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import Evidence, Raised, Wrong
from ..numerics.compare import as_array
from ..numerics.describe import describe
from ..result import Hint, Status, Verdict
from ..submission.in_process import Live
from ..topics.folder import Assignment
from ..topics.rubric import Topic
from ..truth.trials import TruthSource, seeded_trials
from .evaluate import Outcome, evaluate, evidence_of, message_of
from .pairs import Pairs, likely_first

ROUND = 1e-6  # a number that is as near to a quarter is one
SAME_RTOL = 1e-9  # two programs with one mistake differ by rounding only
HALF = 0.5  # of a follow-through row's points, where the forward's fault is not a recognised mistake


@dataclass(frozen=True)
class Known:
    """A known mistake and what each row says of it."""

    hint: Hint
    outcomes: Sequence[Outcome]
    parts: tuple[str, ...] = ()
    """The names of two mistakes, where it is a pair of them."""

    @property
    def evidence(self) -> dict[str, Exception]:
        """Row id → the evidence, for the rows that the mistake loses."""
        return {o.row.id: o.error for o in self.outcomes if o.error is not None}


def run_mistakes(assignment: Assignment, truth: TruthSource, seed: int) -> list[Known]:
    """What every mistake of the topic loses on the cases of `seed`."""
    known = []
    for mistake in assignment.mistakes:
        student = Live.of(mistake.apply(assignment.solution), f"mistake {mistake.name!r}")
        outcomes = evaluate(assignment.topic, student, seeded_trials(assignment.topic, student, truth, seed))
        known.append(Known(Hint(mistake.name, mistake.say), outcomes))
    return known


class Diagnosis:
    """The known mistakes on the cases of one round, computed when first asked for and shared between threads."""

    def __init__(self, assignment: Assignment, truth: TruthSource, seed: int) -> None:
        self._assignment, self._truth, self._seed = assignment, truth, seed
        self._known: list[Known] | None = None
        self._pairs = Pairs(assignment, truth, seed)
        self._lock = threading.Lock()

    def known(self) -> list[Known]:
        with self._lock:
            if self._known is None:
                self._known = run_mistakes(self._assignment, self._truth, self._seed)
            return self._known

    def known_for(self, outcomes: Sequence[Outcome]) -> list[Known]:
        """The known mistakes and, where a row fits none of them, the pairs that fit it."""
        known = self.known()
        with self._lock:
            return [*known, *pairs_for(outcomes, known, self._pairs)]


def pairs_for(outcomes: Sequence[Outcome], known: Sequence[Known], pairs: Pairs) -> list[Known]:
    """The pair of mistakes that explains a row that no single one does, and the most rows besides; or none.

    Each is run only up to the first row that it does not explain, and one that would lose rows which were kept is none.
    """
    alone = recognise(outcomes, known)
    lost = {o.row.id: o.error for o in outcomes if isinstance(o.error, Wrong | Raised)}
    rows = sorted(lost, key=alone.__contains__)  # unexplained ones first
    if not rows or rows[0] in alone:
        return []
    kept = {o.row.id for o in outcomes if o.earned and not o.follow}
    losses = {k.hint.name: k.evidence.keys() for k in known}
    most, best = 0, list[Known]()
    for pair in likely_first(pairs.all, losses, lost.keys(), kept):
        fitting = 0
        while fitting < len(rows) and same(pairs.evidence(pair, rows[fitting]), lost[rows[fitting]]):
            fitting += 1
        if fitting > most:
            both = Known(pair.hint, pairs.whole(pair), pair.names)
            if not both.evidence.keys() & kept:
                most, best = fitting, [both]
        if most == len(rows):
            break
    return best


def recognise(outcomes: Sequence[Outcome], known: Sequence[Known]) -> dict[str, Hint]:
    """The mistake behind each lost row, by row id, where one is recognised.

    Of several that fit a row, those come first that predict no loss (of the rows that were asked) which did not happen, then
    those that explain more rows, then those that predict fewer in all, then the earlier declared. One that does predict such
    a loss is named only by numbers that no other fault comes to. Where a pair comes first and one of the two fits the row
    alone, the row is that one's.
    """
    lost = {o.row.id: o.error for o in outcomes if o.error is not None}
    kept = {o.row.id for o in outcomes if o.earned and not o.follow}
    fits = {k.hint.name: {row for row, e in lost.items() if same(k.evidence.get(row), e)} for k in known}

    def refuted(k: Known) -> bool:
        return bool(k.evidence.keys() & kept)

    def rank(k: Known) -> tuple[bool, int, int]:
        return refuted(k), -len(fits[k.hint.name]), len(k.evidence)

    ranked = sorted(known, key=rank)
    found = {}
    for row, error in lost.items():
        fitting = [k for k in ranked if row in fits[k.hint.name] and (_distinguishes(error) or not refuted(k))]
        for best in fitting[:1]:
            found[row] = next((k.hint for k in fitting if k.hint.name in best.parts), best.hint)
    return found


def _distinguishes(error: Exception) -> bool:
    """Whether evidence points at one fault: words and round numbers (0, 1, 2, a half) may come of many."""
    if not isinstance(error, Wrong):
        return True
    array = as_array(error.evidence.answer)
    if array is None or error.evidence.answer is None:
        return False
    quarters = 4 * array[np.isfinite(array)].astype(float)
    return bool((np.abs(quarters - np.round(quarters)) > ROUND).any())


def same(a: Exception | None, b: Exception | None) -> bool:
    """Whether two pieces of evidence are the same: same place, same array."""
    if isinstance(a, Wrong) and isinstance(b, Wrong):
        one, other = a.evidence, b.evidence
        if one.where != other.where:
            return False
        if one.answer is None or other.answer is None:
            return one.answer is other.answer and one.sentence == other.sentence
        by_chance = max(one.by_chance, other.by_chance)
        return np.shape(one.answer) == np.shape(other.answer) and bool(
            np.allclose(one.answer, other.answer, rtol=SAME_RTOL, atol=by_chance, equal_nan=True)
        )
    if isinstance(a, Raised) and isinstance(b, Raised):
        return (a.type, a.message) == (b.type, b.message)
    return False


def verdicts(outcomes: Sequence[Outcome], known: Sequence[Known]) -> tuple[Verdict, ...]:
    """The outcomes as they are reported: points, sentence, recognised mistake."""
    mistakes = recognise(outcomes, known)
    alone = recognise(
        outcomes, [k for k in known if not k.parts]
    )  # the search for pairs has a budget: it moves no points
    return tuple(_verdict(o, outcomes, mistakes, alone) for o in outcomes)


def _verdict(
    outcome: Outcome, outcomes: Sequence[Outcome], mistakes: Mapping[str, Hint], alone: Mapping[str, Hint]
) -> Verdict:
    row = outcome.row
    earned, message = (row.points, "") if outcome.earned else (0.0, message_of(outcome.error))
    if outcome.follow:
        earned, message = _followed(outcome, outcomes, alone)
    elif outcome.status is Status.WITHHELD:
        message = _waits_for(outcome, outcomes)
    evidence = evidence_of(outcome)
    if row.id not in mistakes and isinstance(outcome.error, Wrong) and (structure := describe(outcome.error)):
        message, evidence = f"{message}. {structure[0].upper()}{structure[1:]}", {**evidence, "structure": structure}
    return Verdict(
        id=row.id,
        claim=row.claim,
        points=row.points,
        earned=earned,
        status=outcome.status,
        message=message,
        mistake=mistakes.get(row.id),
        evidence=evidence,
        hidden=row.hidden,
    )


def _followed(outcome: Outcome, outcomes: Sequence[Outcome], mistakes: Mapping[str, Hint]) -> tuple[float, str]:
    assert outcome.follow is not None
    own, guilty = outcome.follow.own, _blamed_rows(outcome.follow.blames, outcomes)
    rows = " and ".join(repr(o.row.claim) for o in guilty)
    if all(o.row.id in mistakes for o in guilty):
        names = " and ".join(dict.fromkeys(mistakes[o.row.id].name for o in guilty))
        return outcome.row.points, f"right for your own {own}, whose fault ({names}) cost {rows} already"
    return (
        outcome.row.points * HALF,
        f"right for your own {own}, but not for the right one (see {rows}): half the points",
    )


def _blamed_rows(blames: frozenset[str], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The lost rows that are to blame, also through rows that only followed from them.

    Where others are, a row about a special case of something that is right otherwise (it needs that row) is not.
    """
    traced = set(blames)
    for o in reversed(outcomes):
        if o.follow and o.row.check.judges & traced:
            traced |= o.follow.blames
    lost = [o for o in outcomes if o.status is Status.LOST and o.row.check.judges & traced]
    right = [o.row for o in outcomes if o.earned and not o.follow]
    general = [
        o for o in lost if not any(r.id in o.row.needs.split() and r.check.judges & o.row.check.judges for r in right)
    ]
    return general or lost


def _waits_for(outcome: Outcome, outcomes: Sequence[Outcome]) -> str:
    needed = [o.row.claim for o in outcomes if o.row.id in outcome.row.needs.split() and not o.earned]
    return (
        f"not asked until {' and '.join(repr(claim) for claim in needed)} {'are' if len(needed) > 1 else 'is'} earned"
    )


def for_record(assignment: Assignment, known: Sequence[Known]) -> list[dict[str, Any]]:
    """What known mistakes answer on the public rows, as a record keeps it. Those that only hidden rows see stay unknown."""
    public = {row.id for row in assignment.topic.rubric if not row.hidden}
    seen = [(k.hint, {row: _to_wire(error) for row, error in k.evidence.items() if row in public}) for k in known]
    return [{"name": hint.name, "hint": hint.hint, "rows": rows} for hint, rows in seen if rows]


def from_record(topic: Topic, mistakes: Sequence[Mapping[str, Any]]) -> list[Known]:
    """The inverse of `for_record`."""
    return [
        Known(
            Hint(m["name"], m["hint"]),
            [Outcome(row, Status.LOST, _from_wire(m["rows"][row.id])) for row in topic.rubric if row.id in m["rows"]],
        )
        for m in mistakes
    ]


def _to_wire(error: Exception) -> dict[str, Any]:
    if isinstance(error, Wrong):
        found = error.evidence
        by_chance = {"by_chance": found.by_chance} if found.by_chance else {}
        return {"where": found.where, "sentence": found.sentence, "answer": found.answer, **by_chance}
    if isinstance(error, Raised):
        return {"type": error.type, "message": error.message}
    return {}


def _from_wire(data: Mapping[str, Any]) -> Exception:
    if "where" in data:
        by_chance = data.get("by_chance", 0.0)
        return Wrong.of(Evidence(data["where"], data["sentence"], data["answer"], by_chance=by_chance))
    return Raised(data.get("type", ""), data.get("message", ""))
