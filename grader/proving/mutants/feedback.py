"""What a student would be told of each mutant that is caught: a known mistake's name, a sentence by structure, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import Wrong
from ...judging.mistakes import Known, recognise
from ...numerics.describe import describe
from .judge import Judged


def told(caught: Sequence[Judged], known: Sequence[Known]) -> dict[str, Any]:
    """Counts, and the sentences by the mutants' names: to be read by somebody who knows what each mutant does.

    `wrong` are the mutants that gave a wrong answer (the others raise, loop or end: that is said as it is); `worded` are
    those without either where the message is no comparison of numbers, but says itself what is wrong ("returned None").
    """
    named, sentences, wrong, worded = 0, dict[str, str](), 0, 0
    for judged in caught:
        lost = judged.lost
        assert lost is not None
        if not isinstance(lost.error, Wrong):
            continue
        wrong += 1
        if lost.row.id in recognise(judged.outcomes, known):
            named += 1
        elif sentence := describe(lost.error):
            sentences[judged.mutant.name] = f"{lost.error}. {sentence[0].upper()}{sentence[1:]}"
        elif "entry" not in lost.error.evidence.details:
            worded += 1
    return {"wrong": wrong, "named": named, "described": len(sentences), "worded": worded, "sentences": sentences}
