"""Find the course that a command works on, and its topics."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from ..course.settings import Course
from .exits import Stop


def open_course(folder: Path | None) -> Course:
    """Return the course in `folder`, or else the one around the current folder. Raise CourseError if there is none."""
    return Course.find(Path.cwd()) if folder is None else Course.load(folder / "autograder.yml")


def require_topics(course: Course, wanted: Sequence[str]) -> list[str]:
    """Return the topics asked for, or all if none is. Raise Stop for one that the course does not have."""
    for slug in wanted:
        if slug not in course.topics:
            near = difflib.get_close_matches(slug, course.topics, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(course.topics)}"
            raise Stop(f"the course has no topic {slug!r}: {hint}")
    return list(wanted) or list(course.topics)
