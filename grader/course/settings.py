"""A course: the folder of an `autograder.yml`, and what that file says, validated.

Python says *what* is graded, `autograder.yml` *when and how much*. The dataclasses here and `Limits` declare its keys:
pydantic fills them in, and reads bounds and, in words, what each value should be from their metadata. Every problem of
the file is reported at once, each as `autograder.yml:6:13: topics.adam.weight: should be a number …, not 'two'.`
All keys: docs/autograder-yml.md; a test compares the two.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import reprlib
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic import ValidationInfo as Info

from ..errors import CourseError
from ..submission.limits import Conditions, Limits
from ..topics.rubric import SHARE
from .yaml_positions import Document, Problem

FILE_NAME = "autograder.yml"
MAX_BYTES = 64 * 1024
MAX_LINES = 100
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,63}")
_DUE = re.compile(r"(2[01]\d\d-\d\d-\d\d)(?:[T ]+(\d\d:\d\d(?::\d\d)?)\s*(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_repr = reprlib.Repr()
_repr.maxstring = 64


def _moment(value: Any) -> datetime | None:
    """Return text as a time, naive where it has no offset. A date alone lasts until its end."""
    if value is None:
        return None
    if not (match := _DUE.fullmatch(value if isinstance(value, str) else "")):
        raise ValueError("neither a date nor a time")
    return datetime.fromisoformat(f"{match[1]}T{match[2] or '23:59:59'}{match[3] or ''}")


def _zone(name: str) -> tzinfo:
    """Return the time zone. UTC needs no database of them, all others do."""
    try:
        return UTC if name == "UTC" else zoneinfo.ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError("not known") from error


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("not one line of text")
    return text


def _slug(slug: str, info: Info[list[str]]) -> str:
    """Return the slug. Refuse what is none, and what is not in `info.context`, the slugs that have a topic.py."""
    there = info.context
    meant = _did_you_mean(slug.lower().replace("_", "-"), there)
    if not _SLUG.fullmatch(slug):
        sentence = "should be at most 64 lower-case letters, digits and hyphens, a letter first."
        raise ValueError(f"{sentence} {meant}".rstrip())
    if slug not in there:
        meant = meant or f"Write it, or leave this topic out. There is {_listed(there)}."
        raise ValueError(f"there is no assignments/{slug.replace('-', '_')}/topic.py. {meant}")
    return slug


_NOTHING_IS_DEFAULTS = BeforeValidator(lambda value: {} if value is None else value)


@dataclass(frozen=True)
class TopicPlan:
    """When a topic is due and how much it counts. The `due` of a course always has an offset."""

    weight: float = field(  # strict, because pydantic takes '5' and true for numbers
        default=1.0,
        metadata={"description": "a number above 0 (at most 1000000)", "gt": 0, "le": 1e6, "strict": True},
    )
    due: Annotated[datetime | None, BeforeValidator(_moment)] = field(
        default=None,
        metadata={"description": "a date such as 2027-02-01, or a time such as 2027-02-01T18:00:00+01:00"},
    )


@dataclass(frozen=True)
class Keys:
    """The keys of `autograder.yml`."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: Annotated[str, AfterValidator(_one_line)] = field(
        metadata={"description": "one line of text (in quotes where it looks like a number)"}
    )
    topics: Mapping[Annotated[str, AfterValidator(_slug)], Annotated[TopicPlan, _NOTHING_IS_DEFAULTS]] = field(
        metadata={"description": "a mapping with a key for each topic, such as `adam:`", "min_length": 1}
    )
    limits: Annotated[Limits, _NOTHING_IS_DEFAULTS] = field(
        default=Limits(), metadata={"description": "a mapping such as {row_cpu_seconds: 5}"}
    )
    slip_share: float = field(
        default=SHARE,
        metadata={"description": "a number from 0 to 1", "ge": 0.0, "le": 1.0, "strict": True},
    )
    device: Literal["auto", "cpu", "cuda"] = field(default="auto", metadata={"description": "auto, cpu or cuda"})
    imports: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], ...] = field(
        default=("numpy",), metadata={"description": "a list of packages, such as [numpy]"}
    )
    secret: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")] = field(
        default="GRADER_SECRET", metadata={"description": "the name of an environment variable, in capitals"}
    )
    timezone: Annotated[str, AfterValidator(lambda name: _zone(name) and name)] = field(
        default="UTC", metadata={"description": "a time zone that this machine knows, such as UTC or Europe/Berlin"}
    )


@dataclass(frozen=True, kw_only=True)
class Course(Keys):
    """A validated `autograder.yml`; `root` is the folder that holds it."""

    root: Path

    @classmethod
    def load(cls, path: Path) -> Course:
        """Read and validate the file at `path`. Raise CourseError with all problems, each with line and column."""
        file = _absolute(path)
        document = Document(_text(file))
        there = sorted(topic.parent.name.replace("_", "-") for topic in file.parent.glob("assignments/*/topic.py"))
        keys = _filled_in(document, there)
        if keys is None or document.problems:
            raise CourseError("\n".join(_lines(_shown(file), document.problems)))
        local, topics = _zone(keys.timezone), dict(keys.topics)
        for slug, plan in topics.items():
            if plan.due:
                topics[slug] = replace(plan, due=plan.due.replace(tzinfo=plan.due.tzinfo or local))
        return cls(**(vars(keys) | {"topics": topics}), root=file.parent)

    @classmethod
    def find(cls, start: Path) -> Course:
        """Return the course that `start` lies in: the nearest `autograder.yml` in that folder or above it."""
        here = _absolute(start)
        for folder in (here, *here.parents):
            if os.path.isfile(folder / FILE_NAME):
                return cls.load(folder / FILE_NAME)
        raise CourseError(
            f"{here}: no {FILE_NAME} here or in any folder above. Go to the folder of a course, or write one "
            f"(docs/autograder-yml.md): it needs `name:` and `topics:`."
        )

    @property
    def conditions(self) -> Conditions:
        """What every submission is run under, and what a slip costs."""
        return Conditions(self.limits, self.imports, self.slip_share)

    def secret_bytes(self) -> bytes | None:
        """Return the course's secret, from the environment; None where the variable is unset or empty."""
        return os.environ.get(self.secret, "").encode("utf-8", "surrogateescape") or None


def _absolute(path: Path) -> Path:
    try:
        return Path(os.path.abspath(path))
    except OSError:
        raise CourseError(f"{path}: the working directory no longer exists. Go to one that does.") from None


def _text(file: Path) -> str:
    """Return the file's text. It is small and a plain file, or there is a sentence about it."""
    if not os.path.isfile(file):
        raise CourseError(f"{_shown(file)}: there is no such file. Write it as docs/autograder-yml.md describes.")
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(f"{_shown(file)}: cannot be read ({error.strerror}). Check its permissions.") from None
    if len(raw) > MAX_BYTES:
        raise CourseError(f"{_shown(file)}: is larger than {MAX_BYTES // 1024} KiB. Is this the right file?")
    return raw.decode("utf-8-sig", "surrogateescape")


# What values should be, by the length of a key's path: `name`, `limits.x`, `topics.adam.x`; and what the items of two.
_SHOULD_BE = {
    length: {key.name: str(key.metadata["description"]) for key in fields(form)}
    for length, form in enumerate((Keys, Limits, TopicPlan), 1)
}
_ITEMS = {
    "topics": "a mapping such as {weight: 1, due: 2027-02-01}, or nothing",
    "imports": "the name of a package, such as numpy",
}
_EXAMPLES = {"name": "name: Deep learning from scratch", "topics": "topics: {adam: {weight: 1}}"}


def _filled_in(document: Document, topics: list[str]) -> Keys | None:
    """Return the keys, or None where the document does not fit; why not is added to its problems.

    `topics` are the slugs that have a topic.py. A value has one problem, not two.
    """
    spoken = {path for _, path, _ in document.problems}
    try:
        return None if () in spoken else TypeAdapter(Keys).validate_python(document.data, context=topics)
    except ValidationError as error:
        found = error.errors(include_url=False)
        document.problems += [_problem(document, one) for one in found if one["loc"] not in spoken]
        return None


def _problem(document: Document, error: Any) -> Problem:
    """Return what pydantic found, in our words."""
    kind, path, got = error["type"], error["loc"], _named(error["input"])
    if path == ():
        if document.data is None:
            return (1, 1), (), "the file is empty. A course needs `name:` and `topics:`."
        return document.values[()], (), f"should be keys such as `name:` and `topics:`, not {got}."
    if kind == "missing":
        return document.values[path[:-1]], path, f"is missing. Add a line such as `{_EXAMPLES[path[-1]]}`."
    if kind == "value_error" and path[-1] == "[key]":
        return document.keys[path[:-1]], path[:-1], str(error["ctx"]["error"])
    known = _SHOULD_BE[len(path)]
    if kind == "unexpected_keyword_argument":
        advice = _did_you_mean(path[-1], known) or f"The keys here are {_listed(known)}."
        return document.keys[path], path, f"is no key here. {advice}"
    if path == ("secret",):  # what stands there may be the secret itself
        got = "what is written (not repeated here)"
    should_be = _ITEMS[path[0]] if len(path) == 2 and path[0] in _ITEMS else known[path[-1]]
    return document.values[path], path, f"should be {should_be}, not {got}."


def _lines(file: Path, problems: Iterable[Problem]) -> list[str]:
    """Return the problems, a line each, in the order of the file."""
    lines = []
    for (line, column), path, sentence in sorted(problems, key=lambda problem: problem[0]):
        keys = ".".join(str(key) if str(key).isprintable() and len(str(key)) <= 64 else _repr.repr(key) for key in path)
        lines.append(f"{file}:{line}:{column}: {keys}{': ' if path else ''}{sentence}")
    if len(lines) > MAX_LINES:
        lines[MAX_LINES:] = [f"{file}: and {len(lines) - MAX_LINES} more. Is this the right file?"]
    return lines


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word[:64], list(known), n=1)
    return f"Did you mean `{close[0]}`?" if close else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none yet"


def _named(value: Any) -> str:
    """Return a value as the author of the file wrote it, in short."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, list | dict):
        return f"{'a' if value else 'an empty'} {'list' if isinstance(value, list) else 'mapping'}"
    return _repr.repr(value)


def _shown(file: Path) -> Path:
    """Return the file's name relative to the working directory, where it lies inside."""
    with contextlib.suppress(ValueError, OSError):
        return file.relative_to(Path.cwd())
    return file
