"""What decided a grade, as two hashes: `ran`, of what the submission was run by, and `judged`, of what judged its answers.

They are over whole folders, so that nobody has to remember to name a file. With the same `ran` a submission gave the same
answers; with the same `judged`, too, it got the same grade.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path

from ..submission.jail import packages
from ..submission.limits import Limits
from ..topics.folder import Assignment

GRADER = Path(__file__).resolve().parent.parent
RAN = ("inside", "submission")  # folders and files of `grader/`
JUDGED = ("topics", "numerics", "checks", "truth", "judging", "course/repairing.py")


def ran(assignment: Assignment, limits: Limits, imports: Sequence[str], round: str) -> str:
    """Return the hash of everything that a submission was run by: our code, Python and packages, limits, data, and round."""
    installed = {name: importlib.metadata.version(name) for name in packages.needed(imports)}
    settings = [platform.python_version(), sorted(installed.items()), sorted(asdict(limits).items()), imports, round]
    return _digest(_framework(RAN), _contents(assignment.data_files, assignment.root), repr(settings))


def judged(assignment: Assignment, slip_share: float) -> str:
    """Return the hash of everything that judged the answers: our code, the topic with its prices and the course's share of a slip,
    the truth, numpy and torch."""
    course = _contents([*assignment.files, assignment.reference_path], assignment.root)
    versions = [importlib.metadata.version(name) for name in ("numpy", "torch")]
    return _digest(_framework(JUDGED), course, repr([versions, slip_share]))


@cache
def _framework(folders: tuple[str, ...]) -> str:
    """Return the hash of these Python files and folders, and of the top, which everything uses; read once a process."""
    chosen = (GRADER / name for name in folders)
    files = (path for place in chosen for path in ([place] if place.is_file() else place.rglob("*.py")))
    return _contents([*GRADER.glob("*.py"), *files], GRADER)


def _contents(paths: Iterable[Path], root: Path) -> str:
    """Return the hash of files' contents and of their places below `root`."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _digest(*parts: str) -> str:
    """Return 16 hex digits: enough to tell versions apart."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
