"""Finding submissions: from the PATHs of the command line to one Submission for each student and topic."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import NothingThere, Unreadable
from ..result import Note
from .notebook import bytes_of, topic_named

SUFFIXES = (".ipynb", ".py", ".qmd", ".md")
CODE_IN_MARKDOWN = re.compile(
    rb"^ {0,3}(```+|~~~+)[ \t]*(\{(python|code-cell)|python)", re.MULTILINE
)  # else it is prose
SKIPPED = re.compile(r"^\.|^__|checkpoint")  # .ipynb_checkpoints, __MACOSX, __pycache__, .DS_Store


@dataclass(frozen=True)
class Submission:
    """One student's work on one topic: the newest of the files that are found for it. `notes` name the others."""

    student: str
    topic: str
    path: Path
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Unidentified:
    """A file that belongs to no topic of the course, and the reason, a sentence for the instructor."""

    path: Path
    reason: str


def find(
    paths: Iterable[Path], topics: Sequence[str], topic: str | None = None, student: str | None = None
) -> tuple[list[Submission], list[Unidentified]]:
    """Return the submissions below `paths`, sorted by student and topic, and the files of no known topic.

    `topics` are the slugs of the course. `topic` and `student` overrule what files and folders say. Raises NothingThere for a path
    that does not exist or has no file that could be a submission.
    """
    claims: dict[tuple[str, str], list[Path]] = {}
    unidentified: list[Unidentified] = []
    seen: set[Path] = set()
    for path in paths:
        found = list(_files(path))
        if not found:
            raise NothingThere(
                f"{path}: no notebook or .py file here (expected a file, or a folder of STUDENT/TOPIC.ipynb)"
            )
        for whose, file in found:
            if (place := Path(os.path.abspath(file))) in seen:  # PATHs that overlap
                continue
            seen.add(place)
            which = topic or topic_of(file, topics)
            if which is None:
                unidentified.append(
                    Unidentified(file, f"cannot tell which topic this is (one of {', '.join(topics)}); use -a TOPIC")
                )
            else:
                claims.setdefault((student or whose, which), []).append(file)
    return [_newest(who, which, files) for (who, which), files in sorted(claims.items())], unidentified


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield (student, file) for a file, a student's folder, or a class: a folder of students' folders. Raises NothingThere."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path).parts
            if file.suffix not in SUFFIXES or any(SKIPPED.search(part) for part in inside) or file.is_dir():
                continue
            if file.suffix != ".md" or _has_code(file):
                yield (inside[0] if len(inside) > 1 else Path(os.path.abspath(path)).name), file
    elif path.exists() or path.is_symlink():
        yield Path(os.path.abspath(path)).parent.name or path.stem, path  # a link is its owner's, not its target's
    else:
        raise NothingThere(f"{path}: there is no such file or folder")


def _has_code(file: Path) -> bool:
    """Say whether a Markdown file is a notebook: it has cells of Python."""
    try:
        return bool(CODE_IN_MARKDOWN.search(bytes_of(file)))
    except (Unreadable, OSError):  # a link, say: grading says what is wrong with a submission, and this is none
        return False


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


def _newest(student: str, topic: str, files: list[Path]) -> Submission:
    """Return the submission of the newest file, with a note about each of the others."""
    ordered = sorted(files, key=lambda file: (file.lstat().st_mtime_ns, file.name))
    others = tuple(
        Note(f"{file.name} was handed in too: the newest file, {ordered[-1].name}, is graded") for file in ordered[:-1]
    )
    return Submission(student, topic, ordered[-1], others)


__all__ = ["NothingThere", "Submission", "Unidentified", "find", "topic_of", "topic_of_name"]
