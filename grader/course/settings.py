"""A course: the folder of an `autograder.yml`, and what that file says, validated.

Python says *what* is graded, `autograder.yml` *when and how much*. Every problem of the file is reported at once, each
as `autograder.yml:6:13: topics.adam.weight: should be a number …, not 'two'.` All keys: docs/autograder-yml.md.
"""

from __future__ import annotations

import difflib
import os
import re
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from ..errors import CourseError
from ..submission.limits import Limits
from . import yaml_positions
from .form import EXAMPLES, FORMS, CourseForm, TopicForm, zone
from .yaml_positions import Mark, Problem

FILE_NAME = "autograder.yml"
MAX_BYTES = 64 * 1024
MAX_LINES = 100
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,63}")
_repr = reprlib.Repr()
_repr.maxstring = 64


@dataclass(frozen=True)
class TopicPlan:
    """When a topic is due and how much it counts. `due` always has an offset."""

    slug: str
    weight: float
    due: datetime | None

    @property
    def module(self) -> str:
        """The name of the topic's folder and of its reference: `batch_norm` for `batch-norm`."""
        return self.slug.replace("-", "_")


@dataclass(frozen=True)
class Course:
    """A validated `autograder.yml`; `root` is the folder that holds it."""

    root: Path
    name: str
    topics: Mapping[str, TopicPlan]
    limits: Limits
    device: Literal["auto", "cpu", "cuda"]
    imports: tuple[str, ...]
    secret: str

    @classmethod
    def load(cls, path: Path) -> Course:
        """Read and validate the file at `path`. Raises CourseError with all problems, each with line and column."""
        file = _absolute(path)
        try:
            document = yaml_positions.read(_text(file))
        except yaml_positions.Unreadable as error:
            raise _course_error(file, [error.problem]) from None
        form, problems = _validated(document)
        problems += _topic_problems(document, file.parent)
        if form is None or problems:
            raise _course_error(file, problems)
        return cls._from_form(file.parent, form)

    @classmethod
    def find(cls, start: Path) -> Course:
        """The course that `start` lies in: the nearest `autograder.yml` in that folder or above it."""
        here = _absolute(start)
        for folder in (here, *here.parents):
            if os.path.isfile(folder / FILE_NAME):
                return cls.load(folder / FILE_NAME)
        raise CourseError(
            f"{here}: no {FILE_NAME} here or in any folder above. Go to the folder of a course, or write one "
            f"(docs/autograder-yml.md): it needs `name:` and `topics:`."
        )

    def secret_bytes(self) -> bytes | None:
        """The course's secret, from the environment; None where the variable is unset or empty."""
        return os.environ.get(self.secret, "").encode("utf-8", "surrogateescape") or None

    @classmethod
    def _from_form(cls, root: Path, form: CourseForm) -> Course:
        topics = {slug: topic or TopicForm() for slug, topic in form.topics.items()}
        local = zone(form.timezone)
        return cls(
            root=root,
            name=form.name,
            topics={slug: TopicPlan(slug, topic.weight, _aware(topic.due, local)) for slug, topic in topics.items()},
            limits=Limits(**form.limits.model_dump()) if form.limits else Limits(),
            device=form.device,
            imports=tuple(form.imports),
            secret=form.secret,
        )


def _aware(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return moment.replace(tzinfo=zone) if moment and moment.tzinfo is None else moment


def _absolute(path: Path) -> Path:
    try:
        return Path(os.path.abspath(path))
    except OSError:
        raise CourseError(f"{path}: the working directory no longer exists. Go to one that does.") from None


def _text(file: Path) -> str:
    """The file's text. It is small, a plain file, and UTF-8, or there is a sentence about it."""
    if not os.path.isfile(file):
        raise CourseError(f"{_shown(file)}: there is no such file. Write it as docs/autograder-yml.md describes.")
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(f"{_shown(file)}: cannot be read ({error.strerror}). Check its permissions.") from None
    if len(raw) > MAX_BYTES:
        raise CourseError(f"{_shown(file)}: is larger than {MAX_BYTES // 1024} KiB. Is this the right file?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        sentence = f"the byte 0x{error.object[error.start]:02x} is not UTF-8. Save the file as UTF-8."
        raise _course_error(file, [Problem(yaml_positions.position(before, len(before)), (), sentence)]) from None


def _validated(document: yaml_positions.Document) -> tuple[CourseForm | None, list[Problem]]:
    """The form, where the document has it, and the problems found so far. A value has one, not two."""
    problems, spoken = list(document.problems), {problem.path for problem in document.problems}
    if () in spoken:
        return None, problems
    if document.data is None:
        return None, [*problems, Problem(Mark(1, 1), (), "the file is empty. A course needs `name:` and `topics:`.")]
    if not isinstance(document.data, dict):
        sentence = f"should be keys such as `name:` and `topics:`, not {_named(document.data)}."
        return None, [*problems, Problem(document.value_mark(()), (), sentence)]
    try:
        return CourseForm.model_validate(document.data), problems
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, problems + [_problem(document, one) for one in found if one["loc"] not in spoken]


def _problem(document: yaml_positions.Document, error: Mapping[str, Any]) -> Problem:
    """What pydantic found, in our words."""
    path = error["loc"]
    if error["type"] == "missing":
        return Problem(document.value_mark(path), path, f"is missing. Add a line such as `{EXAMPLES[path[-1]]}`.")
    if error["type"] == "extra_forbidden":
        known = list(FORMS[len(path)].model_fields)
        advice = _did_you_mean(path[-1], known) or f"The keys here are {_listed(known)}."
        return Problem(document.key_mark(path), path, f"is no key here. {advice}")
    hidden = path == ("secret",)  # what stands there may be the secret itself
    got = "what is written (not repeated here)" if hidden else _named(error["input"])
    return Problem(document.value_mark(path), path, f"should be {error['ctx']['phrase']}, not {got}.")


def _topic_problems(document: yaml_positions.Document, root: Path) -> Iterator[Problem]:
    """Topics whose name is no slug, or that have no topic.py."""
    topics = document.data.get("topics") if isinstance(document.data, dict) else None
    there = sorted(file.parent.name.replace("_", "-") for file in root.glob("assignments/*/topic.py"))
    for slug in topics if isinstance(topics, dict) else ():
        path: yaml_positions.KeyPath = ("topics", slug)
        meant = _did_you_mean(slug.lower().replace("_", "-"), there)
        if not _SLUG.fullmatch(slug):
            sentence = "should be at most 64 lower-case letters, digits and hyphens, a letter first."
        elif slug not in there:
            sentence = f"there is no assignments/{slug.replace('-', '_')}/topic.py."
            meant = meant or f"Write it, or leave this topic out. There is {_listed(there)}."
        else:
            continue
        yield Problem(document.key_mark(path), path, f"{sentence} {meant}".rstrip())


def _did_you_mean(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word[:64], known, n=1)
    return f"Did you mean `{close[0]}`?" if close else ""


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none yet"


def _named(value: Any) -> str:
    """A value as the author of the file wrote it, in short."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, list | dict):
        kind = "list" if isinstance(value, list) else "mapping"
        return f"a {kind}" if value else f"an empty {kind}"
    return _repr.repr(value)


def _shown(file: Path) -> str:
    """The file's name relative to the working directory, where it lies inside."""
    try:
        return str(file.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(file)


def _course_error(file: Path, problems: Iterable[Problem]) -> CourseError:
    lines = [_line(_shown(file), problem) for problem in sorted(problems)]
    if len(lines) > MAX_LINES:
        lines[MAX_LINES:] = [f"{_shown(file)}: and {len(lines) - MAX_LINES} more. Is this the right file?"]
    return CourseError("\n".join(lines))


def _line(file: str, problem: Problem) -> str:
    keys = [str(key) if str(key).isprintable() and len(str(key)) <= 64 else _repr.repr(key) for key in problem.path]
    return f"{file}:{problem.mark.line}:{problem.mark.column}: {'.'.join(keys)}{': ' if keys else ''}{problem.sentence}"
