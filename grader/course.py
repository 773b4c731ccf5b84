"""A course: the folder of an `autograder.yml`, and what that file says, validated.

Python says *what* is graded, `autograder.yml` *when and how much*. Every fault of the file is reported at once, each
as `autograder.yml:6:13: topics.adam.weight: should be a number …, not 'two'.` All keys: docs/autograder-yml.md.
"""

from __future__ import annotations

import difflib
import os
import re
import reprlib
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WrapValidator, create_model
from pydantic_core import PydanticCustomError

from . import yamlmarks
from .limits import Limits
from .yamlmarks import Fault

FILE_NAME = "autograder.yml"
MAX_BYTES = 64 * 1024
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,63}")
_DUE = re.compile(r"(2[01]\d\d-\d\d-\d\d)(?:[T ]+(\d\d:\d\d(?::\d\d)?)\s*(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_END_OF_DAY = "23:59:59"


class CourseError(Exception):
    """The course cannot be used as it is; every line of the message is one fault and what to do about it."""


# --- The form of the file ---------------------------------------------------------------------------------------------


def _expects(phrase: str) -> WrapValidator:
    """Say what a field should be, in words, wherever a value of it fails; faults inside the value speak for themselves."""

    def validate(value: Any, handler: Any) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            if any(fault["loc"] for fault in error.errors()):
                raise
            raise PydanticCustomError("expected", "{phrase}", {"phrase": phrase}) from None

    return WrapValidator(validate)


def _due_text(text: str) -> str:
    match = _DUE.fullmatch(text)
    if not match:
        raise ValueError("no date")
    datetime.fromisoformat(match[1] + "T" + (match[2] or _END_OF_DAY) + (match[3] or ""))
    return text


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("not one line of text")
    return text


def _zone_name(name: str) -> str:
    _zone(name)
    return name


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class TopicForm(_Form):
    """What the file says of one topic."""

    weight: Annotated[float, Field(gt=0, le=1e6), _expects("a number above 0 (at most 1000000)")] = 1.0
    due: Annotated[
        Annotated[str, AfterValidator(_due_text)] | None,
        _expects("a date such as 2027-02-01, or a time such as 2027-02-01T18:00:00+01:00"),
    ] = None


def _limits_form() -> type[_Form]:
    """The form of `limits`, made from the dataclass: names, types, defaults and bounds are declared there alone."""
    hints, form = get_type_hints(Limits), {}
    for limit in fields(Limits):
        low, high = limit.metadata["bounds"]
        kind = "a whole number" if hints[limit.name] is int else "a number"
        bounds = Field(ge=low, le=high)
        annotation = Annotated[hints[limit.name], bounds, _expects(f"{kind} from {low:.15g} to {high:.15g}")]
        form[limit.name] = (annotation, limit.default)
    return create_model("LimitsForm", __base__=_Form, **form)  # type: ignore[call-overload, no-any-return]


LimitsForm = _limits_form()
_Package = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), _expects("the name of a package, such as numpy")]
_Topic = Annotated[TopicForm | None, _expects("a mapping such as {weight: 1, due: 2027-02-01}, or nothing")]


class CourseForm(_Form):
    """The keys of `autograder.yml`."""

    name: Annotated[str, AfterValidator(_one_line), _expects("one line of text; put it in quotes")]
    topics: Annotated[
        dict[str, _Topic], Field(min_length=1), _expects("a mapping with a key for each topic, such as `adam:`")
    ]
    limits: Annotated[
        LimitsForm | None,  # type: ignore[valid-type]
        _expects("a mapping such as {row_cpu_seconds: 5}"),
    ] = None
    device: Annotated[Literal["auto", "cpu", "cuda"], _expects("auto, cpu or cuda")] = "auto"
    imports: Annotated[list[_Package], _expects("a list of packages, such as [numpy]")] = ["numpy"]
    secret: Annotated[
        str,
        Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"),
        _expects("the name of an environment variable (letters, digits and _), never the secret itself"),
    ] = "GRADER_SECRET"
    timezone: Annotated[
        str,
        AfterValidator(_zone_name),
        _expects("a time zone that this machine knows, such as UTC or Europe/Berlin"),
    ] = "UTC"


# --- The course -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TopicPlan:
    """When a topic is due and how much it counts. `due` always has an offset."""

    slug: str
    weight: float = 1.0
    due: datetime | None = None

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
    limits: Limits = Limits()
    device: Literal["auto", "cpu", "cuda"] = "auto"
    imports: tuple[str, ...] = ("numpy",)
    secret: str = "GRADER_SECRET"

    @classmethod
    def load(cls, path: Path) -> Course:
        """Read and validate the file at `path`. Raises CourseError with all faults, each with line and column."""
        file = Path(os.path.abspath(path))
        text = _text(file)
        try:
            document = yamlmarks.read(text)
        except yamlmarks.Unreadable as error:
            raise _course_error(file, [error.fault]) from None
        form, faults = _validated(document)
        faults += _topic_faults(document, _folders(file.parent))
        if form is None or faults:
            raise _course_error(file, faults)
        return cls._from_form(file.parent, form)

    @classmethod
    def find(cls, start: Path) -> Course:
        """The course that `start` lies in: the nearest `autograder.yml` in that folder or above it."""
        here = Path(os.path.abspath(start))
        for folder in (here, *here.parents):
            if os.path.isfile(folder / FILE_NAME):
                return cls.load(folder / FILE_NAME)
        raise CourseError(
            f"{here}: no {FILE_NAME} here or in any folder above. Go to the folder of a course, or write one "
            f"(docs/autograder-yml.md): it needs `name:` and `topics:`."
        )

    def secret_bytes(self) -> bytes | None:
        """The course's secret, from the environment; None where the variable is unset or empty."""
        return os.environb.get(os.fsencode(self.secret)) or None

    @classmethod
    def _from_form(cls, root: Path, form: CourseForm) -> Course:
        zone = _zone(form.timezone)
        plans = ((slug, topic or TopicForm()) for slug, topic in form.topics.items())
        return cls(
            root=root,
            name=form.name,
            topics={slug: TopicPlan(slug, topic.weight, _due(topic.due, zone)) for slug, topic in plans},
            limits=Limits(**form.limits.model_dump()) if form.limits else Limits(),
            device=form.device,
            imports=tuple(form.imports),
            secret=form.secret,
        )


def _zone(name: str) -> tzinfo:
    """UTC needs no database of time zones; all others do. Raises ValueError for what is not known."""
    if name == "UTC":
        return UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(name) from error


def _due(text: str | None, zone: tzinfo) -> datetime | None:
    """A time without an offset is the course's own; a date without a time lasts until its end."""
    match = _DUE.fullmatch(text or "")
    if not match:
        return None
    moment = datetime.fromisoformat(match[1] + "T" + (match[2] or _END_OF_DAY) + (match[3] or ""))
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
