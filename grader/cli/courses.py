"""The course that a command works on, and its topics."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from ..course.settings import Course
from .exits import Stop


def open_course(folder: Path | None) -> Course:
    """The course in `folder`, or the one that the current folder lies in. Raises CourseError."""
    return Course.find(Path.cwd()) if folder is None else Course.load(folder / "autograder.yml")


def require_topics(course: Course, wanted: Sequence[str]) -> list[str]:
    """The topics asked for, or all. Raises Stop for one that the course does not have."""
    for slug in wanted:
        if slug not in course.topics:
            near = difflib.get_close_matches(slug, course.topics, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(course.topics)}"
            raise Stop(f"the course has no topic {slug!r}: {hint}")
    return list(wanted) or list(course.topics)
