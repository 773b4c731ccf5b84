"""What a student would read of each mutant that is caught: a known mistake's name, a description, words, or numbers alone."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import Wrong
from ...judging.mistakes import Known, recognise
from ...judging.outcome import Outcome
from ...judging.points import cost_share
from ...judging.verdicts import description
from ...topics.mutants.generate import Mutant
from ..refuted import refuted
from .judge import JudgedMutant

# Kinds of errors (docs/errors.md) whose message is itself what is wrong, and compares no numbers: "returned None (is a `return`
# missing?)", "the shape is (3,), expected (3, 2)". A claim in a topic's own words is one where there is no number in it.
SAY_WHAT_IS_WRONG = frozenset(
    {"form", "missing", "shape", "dtype", "whole-number", "argument-changed", "not-repeatable", "shared-cache", "dead"}
)


@dataclass(frozen=True)
class Told:
    """The best that a student reads of a mutant: how it is `told` ("named", "described", "worded", "numbers"), in which row, and
    the sentence."""

    mutant: Mutant
    told: str
    row: str
    sentence: str


def read_page(judged: JudgedMutant, known: Sequence[Known]) -> Told:
    """Return the best of a page: a known mistake's name at some row, else the first description, else the first words."""
    recognised = recognise(judged.outcomes, known)
    lost = [o for o in judged.outcomes if isinstance(o.error, Wrong)]
    for o in judged.outcomes:
        if o.row.id in recognised:
            hint = recognised[o.row.id].hint
            return Told(judged.mutant, "named", o.row.id, f"{o.error}. Known mistake: {hint.name}. {hint.hint}")
    for o in lost:
        if text := description(o, judged.outcomes):
            return Told(judged.mutant, "described", o.row.id, f"{o.error}. {text[0].upper()}{text[1:]}")
    for o in lost:
        if _is_worded(o):
            return Told(judged.mutant, "worded", o.row.id, str(o.error))
    return Told(judged.mutant, "numbers", lost[0].row.id, str(lost[0].error))


def _is_worded(outcome: Outcome) -> bool:
    if not isinstance(outcome.error, Wrong):
        return False
    evidence = outcome.error.evidence
    return evidence.id in SAY_WHAT_IS_WRONG or (evidence.id == "claim" and not re.search(r"\d", evidence.sentence))


def summarise_feedback(caught: Sequence[JudgedMutant], known: Sequence[Known]) -> dict[str, Any]:
    """Return the counts, and the descriptions by the mutants' names for somebody who checks them against the code.

    `wrong` counts the mutants whose first loss is a wrong answer; the others raise, loop or end, and their message says that. A
    student reads the whole page: of the wrong ones, `named` have the name of a known mistake at some row, `described` have none
    but a description of the difference, and `worded` neither, but a message that says in words what is wrong. `false` are names
    that a row refutes, which must not be. `price` is the median share of the points that one costs, of all that are caught.
    """
    wrong = [j for j in caught if j.answers_wrongly]
    pages = [read_page(judged, known) for judged in wrong]
    counts = Counter(page.told for page in pages)
    recognised = [(j, recognise(j.outcomes, known)) for j in caught]
    prices = [cost_share(j.outcomes, names, known) for j, names in recognised]
    return {
        "wrong": len(wrong),
        **{told: counts[told] for told in ("named", "described", "worded")},
        "false": [f"{j.mutant.name}: {clause}" for j, names in recognised for clause in refuted(j.outcomes, names)],
        "price": statistics.median(prices) if prices else 0.0,
        "sentences": {page.mutant.name: page.sentence for page in pages if page.told == "described"},
    }
