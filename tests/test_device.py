"""The reference on a GPU and on the processor: the same answers to 1e-10, and the same grades."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from grader.errors import GraderError
from grader.inside.plan import Plan
from grader.judging.evaluate import evaluate
from grader.judging.known import in_this_process, run_mistakes
from grader.judging.verdicts import verdicts
from grader.numerics.compare import Truth
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle, be_exact, choose_device
from grader.truth.trials import seeded_trials
from support.repository import own_course

COURSE = own_course()
SEEDS = (0, 1, 2)

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="NOT RUN: torch sees no GPU on this machine")


class Both:
    """Asks two oracles every question and keeps the largest relative difference."""

    def __init__(self, one: Oracle, other: Oracle) -> None:
        self.one, self.other, self.worst = one, other, 0.0

    def run(self, plan: Plan) -> list[Truth]:
        answers = self.one.run(plan)
        for a, b in zip(answers, self.other.run(plan), strict=True):
            size = max(float(np.max(a.scale)), 1e-300)
            same = (a.value == b.value) | (np.isnan(a.value) & np.isnan(b.value))
            with np.errstate(invalid="ignore"):
                gap = np.where(same, 0.0, np.abs(a.value - b.value))
            self.worst = max(self.worst, float(np.max(gap, initial=0)) / size)
        return answers


@needs_gpu
@pytest.mark.parametrize("slug", COURSE.topics)
def test_gpu_and_processor_agree_and_grade_alike(slug: str) -> None:
    assignment = Assignment(slug, COURSE.root)
    cpu, cuda = Oracle(assignment, "cpu"), Oracle(assignment, "cuda")
    both = Both(cpu, cuda)
    for seed in SEEDS:
        for change in (None, *assignment.mistakes, *assignment.variants):
            source = change.apply(assignment.solution) if change else assignment.solution
            assert _rows(assignment, source, both, seed) == _rows(assignment, source, cuda, seed)
    assert both.worst < 1e-10


def _rows(assignment: Assignment, source: str, truth: Any, seed: int) -> list[tuple[str, float, str | None]]:
    student = Live.of(source)
    outcomes = evaluate(assignment.topic, student, seeded_trials(assignment.topic, student, truth, seed))
    rows = verdicts(outcomes, run_mistakes(assignment, in_this_process(assignment, truth, seed)))
    return [(row.status.value, row.earned, row.mistake.name if row.mistake else None) for row in rows]


def test_the_reference_is_exact_on_any_device() -> None:
    be_exact("cpu")
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cudnn.allow_tf32
    assert choose_device("cpu") == "cpu"


def test_a_gpu_that_is_not_there_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == "cpu"
    with pytest.raises(GraderError, match="use --device cpu"):
        choose_device("cuda")
