"""Judge a program against a topic as `grader grade` does, in this process."""

from __future__ import annotations

import functools
from contextlib import nullcontext
from pathlib import Path

from grader.judging.evaluate import evaluate_on_seed
from grader.judging.known import KnownMistakes, in_this_process
from grader.judging.verdicts import verdicts
from grader.result import Verdict
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from grader.truth.trials import PUBLIC_SEED


def judged(slug: str, folder: Path, source: str) -> dict[str, Verdict]:
    """Return the verdicts on a program, on the public cases, by row."""
    assignment, truth, known = _prepared(slug, folder)
    outcomes = evaluate_on_seed(assignment.topic, Live.of(source), truth, PUBLIC_SEED)
    return {row.id: row for row in verdicts(outcomes, known.explaining(outcomes))}


@functools.cache
def _prepared(slug: str, folder: Path):  # type: ignore[no-untyped-def]
    from grader.truth.reference import Oracle  # torch

    assignment = Assignment(slug, folder)
    truth = Oracle(assignment)
    known = KnownMistakes(assignment, lambda: nullcontext(in_this_process(assignment, truth, PUBLIC_SEED)))
    return assignment, truth, known
