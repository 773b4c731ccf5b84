"""Count what a student would read of each mutant that is caught: a known mistake's name, a description, words, or numbers alone."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from typing import Any

from ...errors import Wrong
from ...judging.mistakes import Known, recognise
from ...judging.outcome import Outcome
from ...judging.points import cost_share
from ...judging.verdicts import description
from ..refuted import refuted
from .judge import JudgedMutant

# Kinds of errors (docs/errors.md) whose message is itself what is wrong, and compares no numbers: "returned None (is a `return`
# missing?)", "the shape is (3,), expected (3, 2)". A claim in a topic's own words is one where there is no number in it.
SAY_WHAT_IS_WRONG = frozenset(
    {"form", "missing", "shape", "dtype", "whole-number", "argument-changed", "not-repeatable", "shared-cache", "dead"}
)


def summarise_feedback(caught: Sequence[JudgedMutant], known: Sequence[Known]) -> dict[str, Any]:
    """Return the counts, and the descriptions by the mutants' names for somebody who checks them against the code.

    `wrong` counts the mutants whose first loss is a wrong answer; the others raise, loop or end, and their message says that. A
    student reads the whole page: of the wrong ones, `named` have the name of a known mistake at some row, `described` have none
    but a description of the difference, and `worded` neither, but a message that says in words what is wrong. `false` are names
    that a row refutes, which must not be. `price` is the median share of the points that one costs, of all that are caught.
    """
    named, sentences, wrong, worded, prices = 0, dict[str, str](), 0, 0, list[float]()
    false = list[str]()
    for judged in caught:
        lost, recognised = judged.lost, recognise(judged.outcomes, known)
        assert lost is not None
        prices.append(cost_share(judged.outcomes, recognised, known))
        false += [f"{judged.mutant.name}: {clause}" for clause in refuted(judged.outcomes, recognised)]
        if not isinstance(lost.error, Wrong):
            continue
        wrong += 1
        if recognised:
            named += 1
        elif sentence := _first_description(judged.outcomes):
            sentences[judged.mutant.name] = sentence
        elif any(_is_worded(o) for o in judged.outcomes):
            worded += 1
    return {
        "wrong": wrong,
        "named": named,
        "described": len(sentences),
        "worded": worded,
        "false": false,
        "price": statistics.median(prices) if prices else 0.0,
        "sentences": sentences,
    }


def _first_description(outcomes: Sequence[Outcome]) -> str:
    """Return the message of the first lost row whose fault is described, with the description; "" if none is."""
    for outcome in outcomes:
        if sentence := description(outcome, outcomes):
            return f"{outcome.error}. {sentence[0].upper()}{sentence[1:]}"
    return ""


def _is_worded(outcome: Outcome) -> bool:
    if not isinstance(outcome.error, Wrong):
        return False
    evidence = outcome.error.evidence
    return evidence.id in SAY_WHAT_IS_WRONG or (evidence.id == "claim" and not re.search(r"\d", evidence.sentence))
