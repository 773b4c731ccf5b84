"""Cases: the named arguments that a rubric asks its questions with, drawn by a generator of the topic.

The generator, like the claims and scripts of a topic, is an author's code. Whatever it raises becomes a `TopicError` with the
file and line where it happened.
"""

from __future__ import annotations

import contextlib
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import GradedDescentError, Lacks, TopicError
from .targets import Function, Target, has

Case = tuple[str, dict[str, Any]]
Cases = Callable[[Any], Iterable[Case]]


class Arguments(dict[str, Any]):
    """The arguments of a case as an author's code is given them.

    A hyper-parameter that the case leaves out is read with the default that is declared, and is still left out of a call with
    `**case`. Another name that is not there is a TopicError, no KeyError.
    """

    def __init__(self, case: Mapping[str, Any], defaults: Mapping[str, Any] = MappingProxyType({})) -> None:
        super().__init__(case)
        self.defaults = defaults

    def __missing__(self, name: str) -> Any:
        if name in self.defaults:
            return self.defaults[name]
        raise Lacks(f"`{name}` is asked for, which {has(self)}")


def defaults_of(targets: Iterable[Target]) -> dict[str, Any]:
    """Return the hyper-parameters of functions with their defaults; those on which they do not agree are left out."""
    found: dict[str, Any] = {}
    clash = set[str]()
    for target in targets:
        for name, value in target.defaults.items() if isinstance(target, Function) else ():
            clash |= {name} if name in found and found[name] != value else set()
            found[name] = value
    return {name: value for name, value in found.items() if name not in clash}


def draw(generator: Cases, rng: Any) -> list[Case]:
    """Return the cases of a generator. Raise TopicError where it fails, or yields none, or something else than cases. Of
    cases of one name, as chance may draw them, the second has a 2 behind it."""
    with authors_code(generator):
        found = list(generator(rng))
        if not found:
            raise TopicError(
                f"{code_name(generator)} yields no case: then nothing is asked, and everybody earns the row"
            )
        for case in found:
            if not _is_case(case):
                expected = 'a name and its arguments, as in `yield "a batch", {"x": x}`'
                raise TopicError(f"{code_name(generator)} yields {repr(case)[:60]}, expected {expected}")
        return list(_told_apart(found))


def _told_apart(cases: Iterable[Case]) -> Iterator[Case]:
    """Yield the cases under names that a student can tell apart."""
    seen = Counter[str]()
    for name, case in cases:
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), case


def _is_case(value: Any) -> bool:
    match value:
        case (str(), Mapping()):
            return True
    return False


@contextlib.contextmanager
def authors_code(code: Callable[..., Any], on: str = "") -> Iterator[None]:
    """Run a piece of an author's code; `on` names the case. What it raises by mistake becomes a TopicError with its place. numpy
    does not warn where a claim computes with the infinities of a submission.

    What is said of a submission passes as it is: Wrong, Raised and their like; so does what the machine cannot do.
    """
    try:
        with np.errstate(all="ignore") if on else contextlib.nullcontext():
            yield
    except TopicError as error:
        error.where = error.where or place(code, error)
        raise
    except (GradedDescentError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:  # a full disk, a lost process: not the author's
            raise
        sentence = f"{code_name(code)} raised {type(error).__name__}{': ' if str(error) else ''}{error}"
        raise TopicError(sentence + (f", on {on}" if on else ""), place(code, error)) from error


def code_name(code: Callable[..., Any]) -> str:
    """How a sentence names a piece of an author's code."""
    name = getattr(code, "__name__", type(code).__name__)
    return "a lambda" if name == "<lambda>" else f"`{name}`"


def place(code: Callable[..., Any], error: Exception | None = None) -> str:
    """FILE:LINE of the author's file where an error happened, or else where the code is defined; "" where it has no file."""
    written = getattr(code, "__code__", None)
    if written is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    lines = [frame.lineno for frame in frames if frame.filename == written.co_filename and frame.lineno]
    return f"{written.co_filename}:{lines[-1] if lines else written.co_firstlineno}"
