"""Put a program to a row only as long as it answers as another one did: most that are tried differ at the first question."""

from __future__ import annotations

from typing import Any

from ..errors import GradedDescentError
from ..inside.plan import Implementation, Plan
from .answers import SAME_RTOL, Answers, Numbers, read


class Differs(GradedDescentError):
    """The program answers otherwise: nothing more is asked, and the row is void."""


def matching(program: Implementation, answers: Answers | None) -> Implementation:
    """Return the program, as one that is asked no more once its answers are not these. Where it may draw other numbers and be as
    right, or only fingerprints are known, it is asked everything."""
    if answers is None or answers.drawn or not answers.values:
        return program
    return _Matching(program, answers)


class _Matching(Implementation):
    def __init__(self, program: Implementation, answers: Answers) -> None:
        self.program, self.left = program, iter(answers.values)

    def run(self, plan: Plan) -> list[Any]:
        answers = self.program.run(plan)
        for answer in answers[: len(plan.wanted)]:
            mine, theirs = read(answer), next(self.left, None)
            if isinstance(mine, Numbers) and isinstance(theirs, Numbers):
                alike = mine.agrees(theirs, SAME_RTOL, 0.0)
            else:
                alike = mine == theirs
            if not alike:
                raise Differs
        return answers

    def begin_row(self) -> None:
        self.program.begin_row()

    def cpu_seconds(self) -> float:
        return self.program.cpu_seconds()
