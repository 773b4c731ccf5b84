"""A program that is put to a row only as long as it answers as another one did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.inside.plan import Plan
from grader.judging.answers import Answers, read
from grader.judging.matching import Differs, matching
from grader.submission.in_process import Live

FIRST_TWO = Answers((read(np.array([2.0, 4.0])), read(np.array([6.0, 8.0]))))


def asked(numbers: list[float]) -> Plan:
    plan = Plan()
    plan.want(*plan.call("f", np.array(numbers)))
    return plan


def program(f: Any, answers: Answers) -> Any:
    return matching(Live({"f": f}), answers)


def test_a_program_that_answers_alike_is_asked_on_and_one_that_differs_is_stopped_there() -> None:
    doubling = program(lambda x: 2 * x, FIRST_TWO)
    doubling.run(asked([1, 2]))
    doubling.run(asked([3, 4]))
    capped = program(lambda x: np.minimum(2 * x, 5), FIRST_TWO)
    capped.run(asked([1, 2]))
    with pytest.raises(Differs):
        capped.run(asked([3, 4]))


def test_a_program_that_is_asked_more_than_the_other_one_differs() -> None:
    doubling = program(lambda x: 2 * x, FIRST_TWO)
    for numbers in ([1.0, 2.0], [3.0, 4.0]):
        doubling.run(asked(numbers))
    with pytest.raises(Differs):
        doubling.run(asked([5, 6]))


@pytest.mark.parametrize("change", [{"drawn": True}, {"values": (), "recorded": ("a", "b")}])
def test_where_answers_cannot_be_compared_one_by_one_everything_is_asked(change: dict[str, Any]) -> None:
    tripling = program(lambda x: 3 * x, replace(FIRST_TWO, **change))
    assert tripling.run(asked([1, 2]))[0].tolist() == [3, 6]
