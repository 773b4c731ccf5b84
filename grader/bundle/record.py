"""Answers on record: what a student's machine, without torch, checks against.

A record holds the public rows of a topic, and for each everything that its check learnt from outside, in order: cases
(inputs, because numpy's streams change between versions), random numbers, and the reference's answers. It also holds what
known mistakes answer, so that they are named at home too. Nothing in it is secret: hidden rows, the solution, the
reference and the grading seeds are not there.
"""

from __future__ import annotations

import ast
import sys
import types
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..checks import Trial
from ..errors import BadRecord, OffTheRecord, TopicError
from ..inside.plan import Implementation, Plan
from ..inside.wire import WireError, decode, encode
from ..numerics.compare import Truth
from ..topics.datasets import dataset
from ..topics.folder import Assignment
from ..topics.rubric import Case, Cases, Row, Topic
from ..truth.trials import PUBLIC_SEED, SeededTrial, TruthSource

FORMAT = 3  # of a record; raised where an older grader could not read a newer one, or the other way round
SUFFIX = ".answers"
DAMAGED = "damaged, or no file of recorded answers: download the bundle again"
DECLARING = {"Reals", "Ints", "Opaque", "Random"}  # a function whose answer is one of these is what the student writes
MAX_BYTES = 256 << 20  # unpacked: a record is a file that a student may have been given by anyone


@dataclass
class Log:
    """What one row's check (or one of its branches) learnt from outside, in the order of asking."""

    cases: list[list[Case]] = field(default_factory=list)
    normals: list[np.ndarray] = field(default_factory=list)
    answers: list[list[Truth]] = field(default_factory=list)
    learnt: list[Any] = field(default_factory=list)

    def to_wire(self) -> dict[str, Any]:
        answers = [[(truth.value, truth.scale) for truth in each] for each in self.answers]
        return {"cases": self.cases, "normals": self.normals, "answers": answers, "learnt": self.learnt}

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Log:
        answers = [[Truth(np.asarray(value), scale) for value, scale in each] for each in data["answers"]]
        cases = [[(name, case) for name, case in each] for each in data["cases"]]
        return cls(cases, list(data["normals"]), answers, list(data["learnt"]))


class RecordingTrial(SeededTrial):
    """A drawn trial of the public seed that writes down what is learnt, in every alternative."""

    exhaustive = True

    def __init__(
        self, topic: Topic, student: Implementation, truth: TruthSource, path: str, logs: dict[str, Log]
    ) -> None:
        super().__init__(topic, student, truth, PUBLIC_SEED, path)
        self.logs = logs
        self.log = logs.setdefault(path, Log())

    def cases(self, generator: Cases | None = None) -> Sequence[Case]:
        found = list(super().cases(generator))
        self.log.cases.append(found)
        return found

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        drawn = super().normal(shape)
        self.log.normals.append(drawn)
        return drawn

    def expect(self, plan: Plan) -> list[Truth]:
        answers = super().expect(plan)
        self.log.answers.append(answers)
        return answers

    def learn(self, compute: Callable[[], Any]) -> Any:
        found = super().learn(compute)
        self.log.learnt.append(found)
        return found

    def _branch(self, name: str) -> Trial:
        return RecordingTrial(self.topic, self.student, self.truth, f"{self.path}/{name}", self.logs)


class ReplayTrial(Trial):
    """A trial that learns from the record what was learnt when it was made."""

    adaptive = False

    def __init__(self, student: Implementation, path: str, logs: Mapping[str, Log]) -> None:
        self.student, self.path, self.logs = student, path, logs
        log = logs.get(path, Log())
        self._cases, self._normals = iter(log.cases), iter(log.normals)
        self._answers, self._learnt = iter(log.answers), iter(log.learnt)

    def cases(self, generator: Cases | None = None) -> Sequence[Case]:
        return _next(self._cases, self.path)

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return _next(self._normals, self.path)

    def expect(self, plan: Plan) -> list[Truth]:
        return _next(self._answers, self.path)

    def learn(self, compute: Callable[[], Any]) -> Any:
        return _next(self._learnt, self.path)

    def _branch(self, name: str) -> Trial:
        return ReplayTrial(self.student, f"{self.path}/{name}", self.logs)


def _next(recorded: Any, path: str) -> Any:
    try:
        return next(recorded)
    except StopIteration:
        raise OffTheRecord(f"{path.partition('/')[0]!r} can be judged only when your work is graded") from None


@dataclass(frozen=True)
class Record:
    """A topic as students have it. `mistakes` is what diagnosis looks up: see `diagnose.from_record`.

    `data` names the topic's data sets, whose files lie where the record lies: in the folder `home`, or in `data/` there.
    """

    slug: str
    stamp: Mapping[str, str]
    source: str  # topic.py without its hidden rows
    logs: Mapping[str, Log]
    mistakes: Sequence[Mapping[str, Any]] = ()
    data: Sequence[str] = ()
    home: Path = field(default=Path(), compare=False)

    def topic(self) -> Topic:
        """The public rows. The text comes from the course, like the rest of the bundle. Raises BadRecord."""
        module = types.ModuleType(f"record_{self.slug.replace('-', '_')}")
        module.__file__ = str(self._path)  # for dataset(NAME, beside=__file__)
        sys.modules[module.__name__] = module
        try:
            exec(compile(self.source, f"{self.slug}{SUFFIX}", "exec", dont_inherit=True), module.__dict__)
        except Exception as error:
            raise BadRecord(f"{self.slug}{SUFFIX}: cannot be used: {type(error).__name__}: {error}") from error
        topic = module.__dict__.get("topic")
        if not isinstance(topic, Topic):
            raise BadRecord(f"{self.slug}{SUFFIX}: {DAMAGED}")
        return topic

    def datasets(self) -> dict[str, np.ndarray]:
        """The topic's data sets, for a process that can read no file. Raises BadRecord where one is missing or damaged."""
        try:
            return {name: dataset(name, beside=self._path) for name in self.data}
        except (OSError, ValueError) as error:
            raise BadRecord(str(error)) from error

    @property
    def _path(self) -> Path:
        return self.home / f"{self.slug}{SUFFIX}"

    def trials(self, student: Implementation) -> Callable[[Row], Trial]:
        return lambda row: ReplayTrial(student, row.id, self.logs)

    def to_bytes(self) -> bytes:
        logs = {path: log.to_wire() for path, log in self.logs.items()}
        data = {"format": FORMAT, "slug": self.slug, "stamp": dict(self.stamp), "source": self.source}
        rest = {"logs": logs, "mistakes": list(self.mistakes), "data": list(self.data)}
        return zlib.compress(encode({**data, **rest}), 9)

    @classmethod
    def from_bytes(cls, raw: bytes, name: str) -> Record:
        """Raises BadRecord for what is no record of this version."""
        try:
            unpacker = zlib.decompressobj()
            data = decode(unpacker.decompress(raw, MAX_BYTES))
            _require_format(data.get("format"), name)
            logs = {path: Log.from_wire(log) for path, log in data["logs"].items()}
            slug, stamp, source, mistakes = data["slug"], data["stamp"], data["source"], data["mistakes"]
            names = data.get("data", [])
            if [type(part) for part in (slug, stamp, source, mistakes, names)] != [str, dict, str, list, list]:
                raise BadRecord(f"{name}: {DAMAGED}")
            return cls(slug, stamp, source, logs, mistakes, names)
        except (zlib.error, WireError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise BadRecord(f"{name}: {DAMAGED}") from error

    @classmethod
    def read(cls, path: Path) -> Record:
        try:
            return replace(cls.from_bytes(path.read_bytes(), path.name), home=path.resolve().parent)
        except OSError as error:
            raise BadRecord(f"{path}: cannot be read: {error.strerror}") from error


def _require_format(found: Any, name: str) -> None:
    """Raise BadRecord, with what to do, for a record of another format than this version reads."""
    if type(found) is int and found > FORMAT:
        raise BadRecord(
            f"{name}: has format {found}, and the installed grader reads format {FORMAT}: pip install --upgrade graded-descent"
        )
    if found != FORMAT:
        raise BadRecord(f"{name}: was made by an older grader than the one installed here: get the course's new bundle")


def record(
    assignment: Assignment, student: Implementation, truth: TruthSource, mistakes: Sequence[Mapping[str, Any]]
) -> Record:
    """Put the public rows to the model solution and write down everything. Raises TopicError where it does not earn one."""
    logs: dict[str, Log] = {}
    topic = assignment.topic
    for row in topic.rubric:
        if not row.hidden:
            student.begin_row()
            try:
                row.check(RecordingTrial(topic, student, truth, row.id, logs))
            except Exception as error:
                raise TopicError(f"{assignment.slug}: the model solution does not earn {row.id!r}: {error}") from error
    source = public_source((assignment.folder / "topic.py").read_text(encoding="utf-8"))
    made = Record(assignment.slug, assignment.hashes, source, logs, mistakes, list(assignment.data), assignment.folder)
    _require_public(assignment, made)
    return made


def _require_public(assignment: Assignment, made: Record) -> None:
    """Raise TopicError unless the record's topic loads by itself and has the public rows and no other."""
    public = [row.id for row in assignment.topic.rubric if not row.hidden]
    try:
        found = [row.id for row in made.topic().rubric]
    except BadRecord as error:
        raise TopicError(f"{assignment.slug}: without its hidden rows, topic.py does not load: {error}") from error
    if found != public:
        sentence = "write each row as Row(..., hidden=True) in the list of the rubric itself"
        raise TopicError(f"{assignment.slug}: the hidden rows cannot be taken out of topic.py: {sentence}")


def public_source(source: str) -> str:
    """topic.py without comments, hidden rows, and the helpers and constants that only these use."""
    tree = _WithoutHiddenRows().visit(ast.parse(source))
    helpers = {name: node for node in tree.body for name in _names_of_helper(node)}
    used = _names_in(node for node in tree.body if node not in helpers.values())
    reached: set[str] = set()
    while used - reached:
        reached |= used
        used = _names_in(helpers[name] for name in reached if name in helpers)
    tree.body = [node for node in tree.body if node not in helpers.values() or reached & set(_names_of_helper(node))]
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _names_of_helper(node: ast.stmt) -> list[str]:
    """What a statement defines that nobody needs unless something names it: no declaration, not the topic itself."""
    if isinstance(node, ast.FunctionDef) and not _names_in([node.returns]) & DECLARING:
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    names = [leaf.id for target in targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name)]
    return [] if "topic" in names else names


def _names_in(nodes: Iterable[ast.AST | None]) -> set[str]:
    return {leaf.id for node in nodes if node for leaf in ast.walk(node) if isinstance(leaf, ast.Name)}


class _WithoutHiddenRows(ast.NodeTransformer):
    def visit_List(self, node: ast.List) -> ast.List:
        node.elts = [self.visit(item) for item in node.elts if not _is_hidden(item)]
        return node


def _is_hidden(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and any(
        k.arg == "hidden" and not (isinstance(k.value, ast.Constant) and k.value.value is False) for k in node.keywords
    )
