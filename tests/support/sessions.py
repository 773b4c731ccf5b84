"""Asking a submission that runs in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.inside.plan import Plan
from grader.submission.limits import Limits
from grader.submission.session import Session

LIMITS = Limits(
    row_cpu_seconds=0.5, cell_cpu_seconds=0.5, submission_cpu_seconds=10, wall_factor=20, memory_mb=1024, reply_mb=4
)
ANSWER = "def answer():\n    return 42"

Open = Callable[..., Session]


def ask(session: Session, name: str, *args: Any, outputs: int = 1, **kwargs: Any) -> Any:
    """One row of one call."""
    session.begin_row()
    plan = Plan()
    plan.want(*plan.call(name, *args, outputs=outputs, **kwargs))
    answers = session.run(plan)
    return answers[0] if outputs == 1 else answers


def notes(session: Session) -> dict[int | None, str]:
    """What a session noted: number of the cell → sentence."""
    return {note.cell: note.text for note in session.notes}
