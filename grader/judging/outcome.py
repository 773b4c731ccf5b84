"""How a row ended, before it is explained: with the evidence itself, not only its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..checks import FollowThrough
from ..result import Status
from ..topics.rubric import Row


@dataclass(frozen=True)
class Outcome:
    """A row's status, the exception that says why it was not earned, and what its check put on show.

    `follow` is there where the row was earned by consistency with the student's own work only: what that is worth is decided
    by `points`.
    """

    row: Row
    status: Status
    error: Exception | None = None
    follow: FollowThrough | None = None
    exhibits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def earned(self) -> bool:
        return self.status is Status.EARNED
