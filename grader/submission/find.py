"""A submission: one student's file for one topic, and how the topic is told from the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import Unreadable
from ..result import Note
from .notebook import topic_named


@dataclass(frozen=True)
class Submission:
    """One student's work on one topic: of the files that were handed in for it, that which counts. `notes` name the others."""

    student: str
    topic: str
    path: Path
    notes: tuple[Note, ...] = ()


def topic_of(file: Path, topics: Sequence[str]) -> str | None:
    """Return the topic that a notebook's metadata name, else the one in its file name, or None."""
    try:
        named = topic_named(file)
    except (Unreadable, OSError):  # grading will say what is wrong with the file
        named = None
    return named if named in topics else topic_of_name(file.stem, topics)


def topic_of_name(stem: str, topics: Sequence[str]) -> str | None:
    """Return the one topic whose slug is in a file name, or None.

    It must be whole words: "adam.ipynb", "batch_norm (2).ipynb", "hw4-adam-final.py". Of two slugs of which one is part of the
    other, the longer one counts.
    """
    words = re.sub(r"[^a-z0-9]+", "-", stem.lower())
    fits = [slug for slug in topics if re.search(rf"(^|-){re.escape(slug)}(-|$)", words)]
    longest = [slug for slug in fits if not any(slug != other and slug in other for other in fits)]
    return longest[0] if len(longest) == 1 else None
