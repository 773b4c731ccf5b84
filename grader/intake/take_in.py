"""Take in what was handed in: from the PATHs of the command line to one Submission for each student and topic.

A PATH is a file, a student's folder, a class (a folder of students' folders), a platform's export (`platforms`), or a zip of any of
these. Every file ends as a submission, in a note of one, or in a line about why it is none.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from ..errors import InputError, NothingThere, Unreadable
from ..files import safe_component
from ..result import Note
from ..submission.find import Submission, topic_of, topic_of_name
from ..submission.notebook import bytes_of
from . import zips
from .platforms import Claim, Parts, gradescope, recognise

SUFFIXES = (".ipynb", ".py", ".qmd", ".md")
CODE_IN_MARKDOWN = re.compile(
    rb"^ {0,3}(```+|~~~+)[ \t]*(\{(python|code-cell)|python)", re.MULTILINE
)  # else it is prose
BY_MACHINES = frozenset((".ipynb_checkpoints", "__MACOSX", "__pycache__", ".git", ".venv", "node_modules"))  # folders
HELPER = re.compile(r"(^|[\W_])(tests?|conftest|helpers?|utils?|setup)([\W_]|$)", re.IGNORECASE)
METADATA = "submission_metadata.yml"  # Gradescope's
MOST_METADATA = 16 << 20  # bytes
MOST_ALIKE = 5  # files of one student for one topic: more are a class that nobody recognised
LEVELS = 3  # that are looked at for an export
MOST_NAME = 100  # characters of a student's name


class Implausible(InputError):
    """What was given cannot be what it looks like. The sentence is for the instructor."""


@dataclass(frozen=True)
class Left:
    """A file or folder that is in no submission, and why. It is `wanted` where somebody may wait for its grade."""

    path: Path
    why: str
    wanted: bool = True


@dataclass(frozen=True)
class HandedIn:
    """A file that could be graded, with what is known of it: whose it is, and when it came."""

    claim: Claim
    file: Path

    @property
    def order(self) -> tuple[bool, bool, float, str]:
        """A notebook stands behind a script, that behind a helper; among equals the later by the platform's clock, or else by the
        file's time."""
        stamp = self.file.lstat().st_mtime if self.claim.stamp is None else self.claim.stamp.timestamp()
        return _is_notebook(self.file), not HELPER.search(self.file.stem), stamp, self.file.name


@dataclass
class Intake:
    """All that was taken in: every file that could be graded, and those that count. `said` are sentences on what was recognised."""

    handed: list[HandedIn] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def wanted(self) -> list[Left]:
        """What is in no submission, though it may have been meant as one."""
        return [left for left in self.left if left.wanted]

    def summary(self) -> str:
        """Return a sentence that counts every file that was given."""
        superseded = sum(len(s.notes) for s in self.submissions)
        others = Counter(left.path.suffix.lower() or "no ending" for left in self.left if not left.wanted)
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(others.items()))
        parts = [
            f"{len(self.submissions)} to be graded",
            f"{superseded} superseded" if superseded else "",
            f"{len(self.wanted)} that cannot be" if self.wanted else "",
            f"{sum(others.values())} that are no submissions ({kinds})" if others else "",
        ]
        return f"files: {', '.join(filter(None, parts))}"


def take_in(
    paths: Iterable[Path],
    topics: Sequence[str],
    topic: str | None = None,
    student: str | None = None,
    unpacked: Path | None = None,
) -> Intake:
    """Return the submissions below `paths`, sorted by student and topic, and what is in none.

    `topics` are the slugs of the course; `topic` and `student` overrule what files and folders say. Zips are unpacked into the
    folder `unpacked`. Raises NothingThere for a path that does not exist or has no file that could be a submission, Implausible
    for what cannot be one class's work, Unreadable for a zip that cannot be unpacked.
    """
    intake, claims = Intake(), dict[tuple[str, str], list[HandedIn]]()
    seen: set[Path] = set()
    for path in paths:
        for handed in _distinct(_handed_in(path, topics, unpacked, intake)):
            if (place := Path(os.path.abspath(handed.file))) in seen:  # PATHs that overlap
                continue
            seen.add(place)
            handed = replace(handed, claim=replace(handed.claim, student=student or handed.claim.student))
            intake.handed.append(handed)
            which = topic or topic_of(handed.file, topics)
            if which is None:
                why = f"cannot tell which topic this is (one of {', '.join(topics)}); use -a TOPIC"
                intake.left.append(Left(handed.file, why))
            else:
                claims.setdefault((handed.claim.student, which), []).append(handed)
    _refuse_twins({whose for whose, _ in claims})
    intake.submissions = [_chosen(who, which, files) for (who, which), files in sorted(claims.items())]
    return intake


def _handed_in(path: Path, topics: Sequence[str], unpacked: Path | None, intake: Intake) -> list[HandedIn]:
    """Return the files of one PATH that could be graded, with whose they are; note the others."""
    if not path.exists() and not path.is_symlink():
        raise NothingThere(f"{path}: there is no such file or folder")
    if path.suffix.lower() == ".zip" and path.is_file() and not path.is_symlink():
        return _in_folder(_unzipped(path, unpacked, intake), topics, intake, path)
    if path.is_dir():
        return _in_folder(path, topics, intake, path)
    whose = Path(os.path.abspath(path)).parent.name or path.stem
    return [HandedIn(Claim(name_of(whose)), path)]  # a link is its owner's, not its target's


def _unzipped(path: Path, unpacked: Path | None, intake: Intake) -> Path:
    if unpacked is None:
        raise Implausible(f"{path}: is a zip: unpack it, or take it in with `grader intake {path} -o FOLDER`")
    # Two zips of one name, from different folders, are two; what an earlier grading unpacked is replaced.
    place = hashlib.sha256(os.path.abspath(path).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    folder = unpacked / f"{safe_component(path.stem)} {place}"
    if folder.is_dir():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    intake.left += [Left(path / refused.name, refused.why) for refused in zips.unpack(path, folder)]
    return folder


def _in_folder(folder: Path, topics: Sequence[str], intake: Intake, given: Path) -> list[HandedIn]:
    """Return the files below a folder that could be graded."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_symlink() or not file.is_dir()]
    inside = {file: file.relative_to(folder).parts for file in files}
    files = [file for file in files if not BY_MACHINES.intersection(inside[file]) and not file.name.startswith("._")]
    graded = {file: inside[file] for file in files if could_be_graded(file)}
    if not graded:
        raise NothingThere(
            f"{given}: no notebook or .py file here (expected a file, or a folder of STUDENT/TOPIC.ipynb)"
        )
    intake.left += [Left(file, "", wanted=False) for file in files if file not in graded and file.name != METADATA]
    folder, graded = _innermost(folder, graded)
    if (metadata := folder / METADATA).is_file():
        return _gradescope(metadata, graded, intake)
    platform = recognise(graded.values())
    found = {} if platform is None else {file: platform.read(parts) for file, parts in graded.items()}
    claims = {file: claim for file, claim in found.items() if claim is not None}
    if platform is not None and not any(topic_of_name(claim.student, topics) for claim in claims.values()):
        intake.said.append(f"{given}: read as an export of {platform.name}")
        return [HandedIn(claim, file) for file, claim in claims.items()]
    _note_empty(folder, graded, intake)
    own = name_of(Path(os.path.abspath(folder)).name)
    return [HandedIn(Claim(name_of(parts[0]) if len(parts) > 1 else own), file) for file, parts in graded.items()]


def _innermost(folder: Path, graded: dict[Path, Parts]) -> tuple[Path, dict[Path, Parts]]:
    """Return the folder of an export that was given a level or two too high, or else the same."""
    at, below = folder, graded
    for _ in range(LEVELS):
        if recognise(below.values()) is not None or (at / METADATA).is_file():
            return at, below
        tops = {parts[0] for parts in below.values()}
        if len(tops) > 1 or any(len(parts) == 1 for parts in below.values()):
            break
        at, below = at / tops.pop(), {file: parts[1:] for file, parts in below.items()}
    return folder, graded


def _gradescope(metadata: Path, graded: dict[Path, Parts], intake: Intake) -> list[HandedIn]:
    """Return the files of a Gradescope export, which a file of metadata describes."""
    try:
        raw = metadata.read_bytes()
        said = yaml.safe_load(raw) if len(raw) <= MOST_METADATA else None
    except (OSError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise Implausible(f"{metadata}: cannot be read ({type(error).__name__}): download the export again") from error
    if not isinstance(said, dict):
        raise Implausible(f"{metadata}: is not what Gradescope writes: download the export again")
    folders = gradescope(said)
    intake.said.append(f"{metadata.parent}: read as an export of Gradescope, {len(folders)} submissions")
    unknown = [file for file, parts in graded.items() if parts[0] not in folders]
    intake.left += [Left(file, f"{METADATA} says nothing of its folder") for file in unknown]
    return [HandedIn(folders[parts[0]], file) for file, parts in graded.items() if parts[0] in folders]


def _note_empty(folder: Path, graded: dict[Path, Parts], intake: Intake) -> None:
    """Note the folders of a class in which nothing can be graded: somebody waits for a grade."""
    students = {parts[0] for parts in graded.values() if len(parts) > 1}
    for place in sorted(folder.iterdir()) if students else []:
        if place.is_dir() and place.name not in students and place.name not in BY_MACHINES:
            there = [file.name for file in sorted(place.rglob("*")) if file.is_file()]
            kept = f"none of its files can be graded: {', '.join(there[:5])}" if there else "it is empty"
            intake.left.append(Left(place, kept))


def _distinct(handed: Sequence[HandedIn]) -> list[HandedIn]:
    """Return the same, in which two people of one name, as a platform's ids tell them apart, have the ids behind their names."""
    names = {each.claim.student: name_of(each.claim.student) for each in handed}
    ids: dict[str, set[str]] = {}
    for each in handed:
        ids.setdefault(_folded(names[each.claim.student]), set()).add(each.claim.id)
    found = []
    for each in handed:
        name = names[each.claim.student]
        name = f"{name} {each.claim.id}" if len(ids[_folded(name)]) > 1 and each.claim.id else name
        found.append(replace(each, claim=replace(each.claim, student=name)))
    return found


def _refuse_twins(students: Iterable[str]) -> None:
    """Raise Implausible where two names are one but for case, blanks or the form of an accent: are they one student?"""
    found: dict[str, str] = {}
    for student in sorted(students):
        other = found.setdefault(_folded(student), student)
        if other != student:
            raise Implausible(f"{other!r} and {student!r}: one student or two? Give both one name, or two that differ")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def name_of(text: str) -> str:
    """Return a student's name as it is kept: composed accents, single blanks, nothing that leads to another folder."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    plain = "".join(
        "_" if char in "/\\" or unicodedata.category(char) in ("Cc", "Cf", "Cs") else char for char in plain
    )
    return plain[:MOST_NAME] if plain.strip(". ") else "_"


def could_be_graded(file: Path) -> bool:
    """Say whether a file may be a submission, by its name; of Markdown, by whether it has cells of Python."""
    if _is_notebook(file):
        return True
    return file.suffix.lower() in SUFFIXES and (file.suffix.lower() != ".md" or _has_code(file))


def _is_notebook(file: Path) -> bool:
    """Say whether a name is a notebook's, also where a browser or a mailer has put an ending behind it."""
    return any(suffix.lower() == ".ipynb" for suffix in file.suffixes[-2:])


def _has_code(file: Path) -> bool:
    """Say whether a Markdown file is a notebook: it has cells of Python."""
    try:
        return bool(CODE_IN_MARKDOWN.search(bytes_of(file)))
    except (Unreadable, OSError):  # a link, say: grading says what is wrong with a submission, and this is none
        return False


def _chosen(student: str, topic: str, files: list[HandedIn]) -> Submission:
    """Return the submission of the file that counts, with a note about each of the others."""
    if len(files) > MOST_ALIKE:
        shown = ", ".join(sorted(each.file.name for each in files)[:3])
        raise Implausible(
            f"{student}: {len(files)} files claim to be this student's {topic} ({shown}, …). If they are a class's, put each "
            "into a folder of its student's name, or give the platform's own download"
        )
    *others, best = sorted(files, key=lambda each: each.order)
    return Submission(student, topic, best.file, tuple(_notes(best, others)))


def _notes(best: HandedIn, others: Sequence[HandedIn]) -> Iterator[Note]:
    for each in others:
        if _is_notebook(best.file) and not _is_notebook(each.file):
            which = "the notebook"
        elif HELPER.search(each.file.stem) and not HELPER.search(best.file.stem):
            which = "the file that looks like no helper"
        else:
            which = "the newest file"
        yield Note(f"{each.file.name} was handed in too: {which}, {best.file.name}, is graded")
