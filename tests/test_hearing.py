"""All that a row asks is heard, the cases behind a first fault included, and nothing of that decides the row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.checks import either, gradient, matches
from grader.errors import TimedOut, Wrong
from grader.inside.plan import Implementation, Plan
from grader.judging.evaluate import evaluate
from grader.judging.outcome import Outcome
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import sample
from grader.truth.trials import seeded_trials
from support.miniature import RIGHT, NumpyTruth, ramp, ramp_slope


def cases(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    for n in (2, 3, 4, 5):
        yield f"{n} numbers", sample(ramp, rng, n=n)


def heard(check: Any, student: Implementation | None = None, **changes: Any) -> Outcome:
    topic = Topic("numbers", cases, [Row("row", 1, "it is right", check)])
    live = student or Live({**RIGHT, **changes})
    [outcome] = evaluate(topic, live, seeded_trials(topic, live, NumpyTruth(), 0))
    return outcome


def sizes(outcome: Outcome) -> list[str | tuple[int, ...]]:
    assert outcome.answers is not None
    return [value if isinstance(value, str) else value.shape for value in outcome.answers.values]


def test_every_case_is_heard_once_wherever_the_claim_falls() -> None:
    for wrong in ([2], [3], [5], [2, 4], [2, 3, 4, 5], []):
        outcome = heard(matches(ramp_slope), ramp_slope=lambda x, wrong=wrong: (x > 0) + 2.0 * (len(x) in wrong))
        assert sizes(outcome) == [(2,), (3,), (4,), (5,)], wrong
        assert outcome.earned is (not wrong)


def test_the_evidence_is_that_of_the_first_fault() -> None:
    outcome = heard(matches(ramp_slope), ramp_slope=lambda x: 3 * np.ones_like(x))
    assert isinstance(outcome.error, Wrong)
    assert outcome.error.evidence.where == "ramp_slope on 2 numbers"


def test_small_answers_to_the_other_cases_are_kept_as_evidence() -> None:
    outcome = heard(matches(ramp_slope), ramp_slope=lambda x: (x > 0) + 2.0 * (len(x) != 4))
    assert isinstance(outcome.error, Wrong)
    assert [e.where for e in outcome.error.evidence.also] == ["ramp_slope on 3 numbers", "ramp_slope on 5 numbers"]


def test_nothing_is_asked_behind_an_exception() -> None:
    def raising(x: np.ndarray) -> np.ndarray:
        raise ValueError("no")

    outcome = heard(matches(ramp_slope), ramp_slope=raising)
    assert outcome.status is Status.RAISED
    assert sizes(outcome) == ["raised ValueError: no"]


def test_a_late_answer_behind_the_first_fault_leaves_the_row_lost_and_the_answer_incomplete() -> None:
    class Slow(Live):
        def run(self, plan: Plan) -> list[Any]:
            if plan.steps[0].args[0].size > 3:
                raise TimedOut("late")
            return super().run(plan)

    outcome = heard(matches(ramp_slope), Slow({**RIGHT, "ramp_slope": lambda x: 3 * np.ones_like(x)}))
    assert outcome.status is Status.LOST
    assert outcome.answers is not None
    assert not outcome.answers.complete


def test_the_cases_behind_a_first_fault_are_asked_behind_all_rows_so_that_they_cost_none_of_them() -> None:
    asked: list[int] = []

    class Noting(Live):
        def run(self, plan: Plan) -> list[Any]:
            asked.append(plan.steps[0].args[0].size)
            return super().run(plan)

    rows = [Row(name, 1, name, matches(ramp_slope)) for name in ("one", "two")]
    live = Noting({**RIGHT, "ramp_slope": lambda x: 3 * np.ones_like(x)})
    topic = Topic("numbers", cases, rows)
    evaluate(topic, live, seeded_trials(topic, live, NumpyTruth(), 0))
    assert asked == [2, 2, 3, 4, 5, 3, 4, 5]


def test_nothing_that_stands_in_for_the_claim_is_asked_behind_its_first_fault() -> None:
    check = either(matches(ramp_slope), gradient(of=ramp, by=ramp_slope, wrt="x"))
    outcome = heard(check, ramp_slope=lambda x: 3 * np.ones_like(x))
    assert sizes(outcome)[-3:] == [(3,), (4,), (5,)]
