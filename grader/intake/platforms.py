"""How platforms name what they export: who handed a file in, when, and what the student called it.

A folder is a platform's where every file in it that could be graded has such a name. Names and separators are those of the
platforms' own exporters: Canvas lib/content_zipper.rb, Moodle mod/assign/classes/downloader.php; Gradescope's are in
submission_metadata.yml, nbgrader's in its documentation of the course's folders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

Parts = tuple[str, ...]  # a path inside what was given


@dataclass(frozen=True)
class Claim:
    """What a name says of a file: whose it is, by name and by the platform's own `id`; when it came, and what its author called it,
    where that is said."""

    student: str
    id: str = ""
    stamp: datetime | None = None
    late: bool = False
    file: str = ""


Read = Callable[[Parts], Claim | None]


@dataclass(frozen=True)
class Platform:
    """A form of export: its name, and how a path is read. What a lone file may be called by chance is believed of `several` people
    only."""

    name: str
    read: Read
    several: bool = False

    def fits(self, paths: Sequence[Parts]) -> bool:
        """Say whether all these paths are named so."""
        claims = [self.read(parts) for parts in paths]
        people = {(claim.student, claim.id) for claim in claims if claim is not None}
        return bool(claims) and all(claims) and len(people) > self.several


def _by(pattern: str, at: int = 0, **fixed: str) -> Read:
    compiled = re.compile(pattern, re.IGNORECASE)

    def read(parts: Parts) -> Claim | None:
        found = compiled.fullmatch(parts[at]) if len(parts) > at else None
        if found is None:
            return None
        said = {name: text or "" for name, text in found.groupdict().items()}
        name, id = said.get("name", ""), said.get("id", "")
        return Claim(
            " ".join(name.replace("_", " ").split()) or id,
            id,
            _moment(said.get("stamp", "")),
            bool(said.get("late")),
            said.get("file", ""),
        )

    return read


def _moment(text: str) -> datetime | None:
    """Return the moment in a name, 2026-10-05-23-59-01, by the platform's clock; None where there is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None


def _flat(read: Read) -> Read:
    return lambda parts: read(parts) if len(parts) == 1 else None


def _in_folders(read: Read) -> Read:
    return lambda parts: read(parts) if len(parts) > 1 else None


def _nbgrader(parts: Parts) -> Claim | None:
    """submitted/STUDENT/ASSIGNMENT/NOTEBOOK, from the folder `submitted` or from above it."""
    inside = parts[1:] if parts[0] == "submitted" else ()
    return Claim(inside[0], inside[0]) if len(inside) >= 3 else None


_CANVAS = r"(?:(?P<name>\w+?)_)??(?:(?P<late>LATE)_)?(?P<id>\d+|anon_[^_]+)"
_MOODLE = r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)"
_BLACKBOARD = r".+?_(?P<id>[^_]+)_attempt_(?P<stamp>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)"
PLATFORMS: Sequence[Platform] = (
    Platform("nbgrader's folder `submitted`", _nbgrader),
    Platform("Moodle, a folder for each student", _in_folders(_by(f"{_MOODLE}_?"))),
    Platform("Moodle, without folders", _flat(_by(f"{_MOODLE}_(?P<file>.+)"))),
    Platform("Blackboard", _flat(_by(rf"{_BLACKBOARD}(?:_(?P<file>.+)|\.\w+)"))),
    Platform("Canvas", _flat(_by(rf"{_CANVAS}_\d{{4,}}_(?P<file>.+)"))),
    Platform("Canvas", _flat(_by(rf"{_CANVAS}_\d+_(?P<file>.+)")), several=True),
    Platform("Google Classroom", _flat(_by(r"(?P<name>[^\d\W][^\d_]*?) - (?P<file>.+)")), several=True),
)


def recognise(paths: Iterable[Parts]) -> Platform | None:
    """Return the platform whose names all these paths have, if one has."""
    found = list(paths)
    return next((platform for platform in PLATFORMS if platform.fits(found)), None)


def gradescope(metadata: Mapping[str, object]) -> dict[str, Claim]:
    """Return, for each folder of a Gradescope export, what its submission_metadata.yml says: keys begin with a colon, as in Ruby.

    Of a group the first submitter stands for all, in the order of the file. Folders of which nothing is said are left out.
    """
    found = dict[str, Claim]()
    for folder, about in metadata.items():
        submitters = about.get(":submitters") if isinstance(about, Mapping) else None
        first = submitters[0] if isinstance(submitters, list) and submitters else None
        if isinstance(first, Mapping) and isinstance(about, Mapping):
            name, id = (str(first.get(key) or "") for key in (":name", ":sid"))
            created = about.get(":created_at")
            stamp = created if isinstance(created, datetime) else None
            found[str(folder)] = Claim(name or id or str(first.get(":email") or folder), id, stamp)
    return found
