"""Count what a student would read of each mutant that is caught: a known mistake's name, a description, or numbers alone."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from ...errors import Wrong
from ...judging.mistakes import Known, recognise
from ...judging.points import cost_share
from ...numerics.describe import describe
from .judge import JudgedMutant


def summarise_feedback(caught: Sequence[JudgedMutant], known: Sequence[Known]) -> dict[str, Any]:
    """Return the counts, and the descriptions by the mutants' names for somebody who checks them against the code.

    `wrong` counts the mutants that gave a wrong answer; the others raise, loop or end, and their message says that. Of the
    wrong ones, `named` have the name of a known mistake and `described` a description of the difference. `worded` have
    neither, but a message that compares no numbers and says in words what is wrong ("returned None"). `price` is the median
    share of the points that one costs, of all that are caught.
    """
    named, sentences, wrong, worded, prices = 0, dict[str, str](), 0, 0, list[float]()
    for judged in caught:
        lost, recognised = judged.lost, recognise(judged.outcomes, known)
        assert lost is not None
        prices.append(cost_share(judged.outcomes, recognised, known))
        if not isinstance(lost.error, Wrong):
            continue
        wrong += 1
        if lost.row.id in recognised:
            named += 1
        elif sentence := describe(lost.error):
            sentences[judged.mutant.name] = f"{lost.error}. {sentence[0].upper()}{sentence[1:]}"
        elif "entry" not in lost.error.evidence.details:
            worded += 1
    return {
        "wrong": wrong,
        "named": named,
        "described": len(sentences),
        "worded": worded,
        "price": statistics.median(prices) if prices else 0.0,
        "sentences": sentences,
    }
