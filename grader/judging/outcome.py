"""How a row ended, before it is explained: with the evidence itself, not only its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..checks import FollowThrough
from ..result import Status
from ..topics.rubric import Row
from .answers import Answers
from .hearing import Hearing


@dataclass(frozen=True)
class Outcome:
    """A row's status, the exception that says why it was not earned, and what its check put on show.

    `follow` is there where the row was earned by consistency with the student's own work only: what that is worth is decided
    by `points`. `heard` is all that was answered, if somebody listened.
    """

    row: Row
    status: Status
    error: Exception | None = None
    follow: FollowThrough | None = None
    exhibits: Mapping[str, Any] = field(default_factory=dict)
    heard: Hearing | Answers | None = field(default=None, repr=False, compare=False)

    @property
    def earned(self) -> bool:
        return self.status is Status.EARNED

    @property
    def answers(self) -> Answers | None:
        """The whole answer of the row: None where it was not asked."""
        return self.heard.answers if isinstance(self.heard, Hearing) else self.heard
