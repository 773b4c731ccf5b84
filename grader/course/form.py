"""The form of `autograder.yml`: its keys, their types, defaults and bounds, and in words what each should be.

docs/autograder-yml.md describes the same keys for people; a test compares the two.
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import fields
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WrapValidator,
    create_model,
)
from pydantic_core import PydanticCustomError

from ..submission.limits import Limits

_DUE = re.compile(r"(2[01]\d\d-\d\d-\d\d)(?:[T ]+(\d\d:\d\d(?::\d\d)?)\s*(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_END_OF_DAY = "23:59:59"


def _expects(phrase: str) -> WrapValidator:
    """Say what a field should be, in words, wherever a value of it fails; what is wrong inside speaks for itself."""

    def validate(value: Any, handler: Any) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            if any(problem["loc"] for problem in error.errors()):
                raise
            raise PydanticCustomError("expected", "{phrase}", {"phrase": phrase}) from None

    return WrapValidator(validate)


def _moment(value: Any) -> Any:
    """Text as a time, naive where it has no offset. A date alone lasts until its end."""
    if value is None:
        return None
    match = _DUE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("neither a date nor a time")
    return datetime.fromisoformat(f"{match[1]}T{match[2] or _END_OF_DAY}{match[3] or ''}")


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("not one line of text")
    return text


def zone(name: str) -> tzinfo:
    """UTC needs no database of time zones; all others do. Raises ValueError for what is not known."""
    if name == "UTC":
        return UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(name) from error


def _zone_name(name: str) -> str:
    zone(name)
    return name


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TopicForm(_Form):
    """What the file says of one topic."""

    weight: Annotated[float, Field(gt=0, le=1e6), _expects("a number above 0 (at most 1000000)")] = 1.0
    due: Annotated[
        datetime | None,
        BeforeValidator(_moment),
        _expects("a date such as 2027-02-01, or a time such as 2027-02-01T18:00:00+01:00"),
    ] = None


def _limits_form() -> type[_Form]:
    """The form of `limits`, made from the dataclass: names, types, defaults and bounds are declared there alone."""
    hints, form = get_type_hints(Limits), dict[str, Any]()
    for limit in fields(Limits):
        low, high = limit.metadata["bounds"]
        kind = "a whole number" if hints[limit.name] is int else "a number"
        expects = _expects(f"{kind} from {low:.15g} to {high:.15g}")
        form[limit.name] = (Annotated[hints[limit.name], Field(ge=low, le=high), expects], limit.default)
    return create_model("LimitsForm", __base__=_Form, **form)


LimitsForm = _limits_form()
_Package = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), _expects("the name of a package, such as numpy")]
_Topic = Annotated[TopicForm | None, _expects("a mapping such as {weight: 1, due: 2027-02-01}, or nothing")]


class CourseForm(_Form):
    """The keys of `autograder.yml`."""

    name: Annotated[
        str, AfterValidator(_one_line), _expects("one line of text (in quotes where it looks like a number)")
    ]
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
        Field(pattern=r"^[A-Z][A-Z0-9_]*$"),
        _expects("the name of an environment variable, in capitals"),
    ] = "GRADER_SECRET"
    timezone: Annotated[
        str,
        AfterValidator(_zone_name),
        _expects("a time zone that this machine knows, such as UTC or Europe/Berlin"),
    ] = "UTC"


FORMS: dict[int, type[BaseModel]] = {
    1: CourseForm,
    2: LimitsForm,
    3: TopicForm,
}  # by the length of a key's path: name, limits.x, topics.adam.x
EXAMPLES = {"name": "name: Deep learning from scratch", "topics": "topics: {adam: {weight: 1}}"}
