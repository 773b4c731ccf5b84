"""The folder of a topic, loaded as an `Assignment`.

That is `assignments/NAME/{topic,solution,mistakes}.py`, `variants/*.py`, `handout.md`, and the truth in `reference/NAME.py` (slug
`batch-norm`, module `batch_norm`). The framework knows no topic by name.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ..errors import TopicError
from . import datasets
from .changes import Change, Equivalent, Mistake
from .rubric import Topic
from .signature import Target, is_declaration, targets_of


@dataclass(frozen=True)
class Assignment:
    """A topic's folder, below the course's `root`. Each part is loaded when it is first asked for. Raises TopicError."""

    slug: str
    root: Path

    @property
    def module(self) -> str:
        return self.slug.replace("-", "_")

    @property
    def folder(self) -> Path:
        return self.root / "assignments" / self.module

    @property
    def reference_path(self) -> Path:
        return self.root / "reference" / f"{self.module}.py"

    @cached_property
    def topic_module(self) -> ModuleType:
        return load_module(self.folder / "topic.py", f"course_topic_{self.module}")

    @cached_property
    def topic(self) -> Topic:
        topic = getattr(self.topic_module, "topic", None)
        if not isinstance(topic, Topic):
            raise TopicError(f"{self.folder / 'topic.py'}: defines no `topic = Topic(…)`")
        return topic

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The functions and classes that the student writes, in the order of declaration."""
        return declared_targets(self.topic_module)

    @cached_property
    def solution(self) -> str:
        return _text(self.folder / "solution.py", "the model solution, in numpy")

    @cached_property
    def handout(self) -> str:
        return _text(self.folder / "handout.md", "the prose of the student's notebook")

    @cached_property
    def _mistakes_module(self) -> ModuleType:
        return load_module(self.folder / "mistakes.py", f"course_mistakes_{self.module}")

    @property
    def mistakes(self) -> Sequence[Mistake]:
        return self._changes("mistakes")

    @property
    def variant_files(self) -> Sequence[Path]:
        return sorted((self.folder / "variants").glob("*.py"))

    @property
    def variants(self) -> Sequence[Change]:
        """Other right ways, which cost nothing. A file holds definitions that replace those of the same name in the model
        solution; the first line of its docstring is its name."""
        return [variant(path) for path in self.variant_files]

    def _changes(self, name: str) -> list[Any]:
        found = getattr(self._mistakes_module, name, None)
        if not isinstance(found, list | tuple):
            raise TopicError(f"{self.folder / 'mistakes.py'}: defines no list `{name}` (it may be empty)")
        return list(found)

    def place_of_row(self, id: str) -> str:
        """Return FILE:LINE of a row in topic.py; the file alone where the row is not written out there."""
        path = self.folder / "topic.py"
        written = re.search(rf"""\bRow\(\s*["']{re.escape(id)}["']""", _text(path, "the topic"))
        return f"{path}:{written.string[: written.start()].count(chr(10)) + 1}" if written else str(path)

    def require_reference(self, defined: Collection[str]) -> None:
        """Raise TopicError, once for the topic, unless all that its rows ask the reference for is among what it defines."""
        wanted = {name: row.id for row in reversed(self.topic.rubric) for name in sorted(row.check.references)}
        if missing := [name for name in sorted(wanted) if name not in defined]:
            what = " and ".join(f"`{name}`" for name in missing)
            row = wanted[missing[0]]
            sentence = f"defines no {what}, which the rubric compares with (first in row {row!r})"
            raise TopicError(sentence, str(self.reference_path))

    @property
    def families(self) -> Sequence[Mistake]:
        """More known mistakes, made for a list of numbers: they are named and priced, but neither proven one by one nor paired."""
        return list(getattr(self._mistakes_module, "families", []))

    @property
    def equivalents(self) -> Sequence[Equivalent]:
        return list(getattr(self._mistakes_module, "equivalents", []))

    @property
    def data_files(self) -> Sequence[Path]:
        """The files NAME.csv.gz of the topic's data sets. Beside each lies NAME.md, with its source and licence."""
        return sorted((self.folder / "data").glob(f"*{datasets.SUFFIX}"))

    @cached_property
    def data(self) -> Mapping[str, np.ndarray]:
        """The data sets by name, as `dataset` returns them. Raises TopicError if one cannot be read."""
        found = {path.name.removesuffix(datasets.SUFFIX): path for path in self.data_files}
        try:
            for name, path in found.items():
                if not datasets.is_name(name):
                    raise TopicError(f"{path}: a data set's name takes small letters, digits and _")
            return {name: datasets.read(path) for name, path in found.items()}
        except (OSError, ValueError) as error:
            raise TopicError(f"{self.folder / 'data'}: {error}") from error

    @property
    def files(self) -> Sequence[Path]:
        """The files that decide a grade: Python and data sets. The handout's prose and the matrix decide nothing."""
        return [*sorted(self.folder.rglob("*.py")), *self.data_files]

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Hashes of the topic's and the reference's files, so that a Result says what has graded it."""
        return {
            "topic": digest(self.files),
            "reference": digest([self.reference_path]),
        }


def variant(path: Path) -> Change:
    """The variant in a file. Raises TopicError where it has no name.

    It is not parsed, so that one with a slip in its syntax has a name to be reported under.
    """
    code = path.read_text(encoding="utf-8")
    if not (said := re.match(r'"""(.+?)\s*("""|\n)', code)):
        raise TopicError(f"{path}: begin with a docstring whose first line is the variant's name")
    return Change(said[1], code=code)


def declared_targets(module: ModuleType) -> tuple[Target, ...]:
    """Return the functions and classes that a module declares itself, in order. What it imports is not its own."""
    own = (value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__)
    return tuple(f for value in own if is_declaration(value) for f in targets_of(value))


def load_module(path: Path, name: str) -> ModuleType:
    """Load the module in a file, under a `name` of its own, for a course is no package. Raises TopicError if it does not load."""
    if not path.is_file():
        raise TopicError(f"{path}: there is no such file")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where `dataclasses` looks for the names in annotations that are texts
    try:
        spec.loader.exec_module(module)
    except TopicError as error:
        error.where = error.where or _where(path, error)
        raise
    except SyntaxError as error:
        raise TopicError(f"SyntaxError: {error.msg}", f"{path}:{error.lineno}") from error
    except Exception as error:
        raise TopicError(f"{type(error).__name__}: {error}", _where(path, error)) from error
    return module


def _where(path: Path, error: Exception) -> str:
    """FILE:LINE of a module's own code where an error happened; the file alone where it happened elsewhere."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f"{path}:{lines[-1]}" if lines else str(path)


def _text(path: Path, what: str) -> str:
    """A file of the topic. Raises TopicError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise TopicError(f"{path}: there is no such file; it is {what} (docs/add-a-topic.md)") from error
    except (OSError, ValueError) as error:
        raise TopicError(f"{path}: cannot be read: {error}") from error


def digest(paths: Iterable[Path]) -> str:
    """Return a short hash of the names and contents of files: 16 hexadecimal digits, enough to tell versions apart."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]
