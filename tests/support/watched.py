"""An implementation that keeps count of what it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.inside.plan import Plan
from grader.submission.in_process import Live


class Watched(Live):
    """Keeps every plan it is asked; after `after` of them it raises `then` instead of answering."""

    def __init__(self, world: Mapping[str, Any]) -> None:
        super().__init__(world)
        self.plans: list[Plan] = []
        self.after = 0
        self.then: Exception | None = None

    @classmethod
    def of(cls, source: str, name: str = "solution.py") -> Watched:
        return cls(Live.of(source, name).world)

    def run(self, plan: Plan) -> list[Any]:
        self.plans.append(plan)
        if self.then and len(self.plans) > self.after:
            raise self.then
        return super().run(plan)
