"""The folder of a topic, loaded as an `Assignment`.

It is `assignments/NAME/{topic,solution,mistakes}.py` and `handout.md`, with the truth in `reference/NAME.py` (slug `batch-norm`,
module `batch_norm`). The framework knows no topic by name.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

import numpy as np

from ..errors import TopicError
from . import datasets
from .changes import Equivalent, Mistake, Variant
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
            raise TopicError(f"{self.folder / 'topic.py'}: defines no `topic = Topic(...)`")
        return topic

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The functions and classes that the student writes, in the order of declaration."""
        return declared_targets(self.topic_module)

    @cached_property
    def solution(self) -> str:
        return (self.folder / "solution.py").read_text(encoding="utf-8")

    @cached_property
    def handout(self) -> str:
        return (self.folder / "handout.md").read_text(encoding="utf-8")

    @cached_property
    def _mistakes_module(self) -> ModuleType:
        return load_module(self.folder / "mistakes.py", f"course_mistakes_{self.module}")

    @property
    def mistakes(self) -> Sequence[Mistake]:
        return list(self._mistakes_module.mistakes)

    @property
    def variants(self) -> Sequence[Variant]:
        return list(self._mistakes_module.variants)

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
        raise TopicError(f"{path}: {error}") from error
    except Exception as error:
        raise TopicError(f"{path}: {type(error).__name__}: {error}") from error
    return module


def digest(paths: Iterable[Path]) -> str:
    """Return a short hash of the names and contents of files: 16 hexadecimal digits, enough to tell versions apart."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]
