"""The file TOPIC.answers: what a student's machine, without torch, checks against.

It holds the public rows of a topic, the inputs of each, and the reference's answers by the digest of the plan that asks for
them. It also holds what known mistakes answer, so that they are named at home too. Nothing in it is secret: hidden rows, the
solution, the reference and the grading seeds are not there.
"""

from __future__ import annotations

import sys
import types
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..checks import Trial
from ..errors import BadRecord, TopicError
from ..inside.plan import Implementation
from ..inside.wire import WireError, decode, encode
from ..numerics.compare import Truth
from ..submission.limits import DEFAULT, Conditions
from ..topics.datasets import dataset
from ..topics.folder import Assignment
from ..topics.rubric import Row, Topic
from ..topics.trial import TruthSource
from ..truth.record import InMemory, Recorded, truths_from_wire, truths_to_wire
from ..truth.trials import PUBLIC_SEED, SeededInputs
from .inputs import Log, Logs, RecordedInputs, RecordingInputs, only_when_graded
from .public import public_source

FORMAT = 5  # of a record; raised where an older grader could not read a newer one, or the other way round
SUFFIX = ".answers"
MOST_BYTES = 256 << 20  # of a file of answers: the largest of the course has 1 MB
DAMAGED = "damaged, or no file of recorded answers: download the bundle again"
MAX_BYTES = 256 << 20  # unpacked: a record is a file that a student may have been given by anyone


@dataclass(frozen=True)
class TopicRecord:
    """A topic as students have it. `mistakes` is what known mistakes answer: see `judging.outcome_wire`.

    `data` names the topic's data sets, whose files lie where the record lies: in the folder `home`, or in `data/` there.
    """

    slug: str
    stamp: Mapping[str, str]
    source: str  # topic.py without its hidden rows
    logs: Mapping[str, Log]
    answers: Mapping[bytes, list[Truth]]
    mistakes: Sequence[Mapping[str, Any]] = ()
    data: Sequence[str] = ()
    conditions: Conditions = DEFAULT
    home: Path = field(default=Path(), compare=False)

    def topic(self) -> Topic:
        """Return the topic with its public rows; its text comes from the course, like the rest of the bundle. Raise BadRecord."""
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
        """Return the topic's data sets, for a process that can read no file. Raise BadRecord if one is missing or damaged."""
        try:
            return {name: dataset(name, beside=self._path) for name in self.data}
        except (OSError, ValueError) as error:
            raise BadRecord(str(error)) from error

    @property
    def _path(self) -> Path:
        return self.home / f"{self.slug}{SUFFIX}"

    def trials(self, student: Implementation) -> Callable[[Row], Trial]:
        """Return the function that makes the trial of a row: what is on record is read, what is not is OffTheRecord."""
        known = InMemory(self.answers, most=None)
        return lambda row: Trial(
            student, Recorded([known], unknown=only_when_graded(row.id)), RecordedInputs(self.logs, row.id)
        )

    def to_bytes(self) -> bytes:
        logs = {path: log.to_wire() for path, log in self.logs.items()}
        data = {"format": FORMAT, "slug": self.slug, "stamp": dict(self.stamp), "source": self.source}
        answers = {digest.hex(): truths_to_wire(truths) for digest, truths in self.answers.items()}
        # Each by itself, as bytes: a topic has hundreds, of hundreds of parts each, and one value may have `wire.MAX_ITEMS`.
        mistakes = [np.frombuffer(encode(dict(mistake)), np.uint8) for mistake in self.mistakes]
        rest = {"logs": logs, "answers": answers, "mistakes": mistakes, "data": list(self.data)}
        rest["conditions"] = self.conditions.to_wire()
        return zlib.compress(encode({**data, **rest}), 9)

    @classmethod
    def from_bytes(cls, raw: bytes, name: str) -> TopicRecord:
        """Read a record. Raise BadRecord for what is none, or has another format."""
        try:
            unpacker = zlib.decompressobj()
            data = decode(unpacker.decompress(raw, MAX_BYTES), code=True)
            _require_format(data.get("format"), name)
            logs = {path: Log.from_wire(log) for path, log in data["logs"].items()}
            answers = {bytes.fromhex(digest): truths_from_wire(truths) for digest, truths in data["answers"].items()}
            slug, stamp, source = data["slug"], data["stamp"], data["source"]
            mistakes = [decode(mistake.tobytes()) for mistake in data["mistakes"]]
            names, conditions = data.get("data", []), Conditions.from_wire(data["conditions"])
            if [type(part) for part in (slug, stamp, source, names)] != [str, dict, str, list]:
                raise BadRecord(f"{name}: {DAMAGED}")
            return cls(slug, stamp, source, logs, answers, mistakes, names, conditions)
        except (zlib.error, WireError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise BadRecord(f"{name}: {DAMAGED}") from error

    @classmethod
    def read(cls, path: Path) -> TopicRecord:
        try:
            if not path.is_file():
                raise BadRecord(f"{path}: is no file: give the course's TOPIC{SUFFIX}")
            if path.stat().st_size > MOST_BYTES:
                raise BadRecord(f"{path}: is larger than {MOST_BYTES >> 20} MB, and so no course's file of answers")
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
    assignment: Assignment,
    student: Implementation,
    truth: TruthSource,
    mistakes: Sequence[Mapping[str, Any]],
    conditions: Conditions = DEFAULT,
) -> TopicRecord:
    """Put the public rows to the model solution and write everything down. Raise TopicError where it does not earn one."""
    topic, logs, answers = assignment.topic, Logs(), InMemory[list[Truth]](most=None)
    recorded = Recorded([answers], truth.run)
    for row in topic.rubric:
        if not row.hidden:
            student.begin_row()
            inputs = RecordingInputs(SeededInputs(topic, PUBLIC_SEED, row.id), logs, answers)
            try:
                row.check.rehearse(Trial(student, recorded, inputs))
            except Exception as error:
                raise TopicError(f"{assignment.slug}: the model solution does not earn {row.id!r}: {error}") from error
    source = public_source((assignment.folder / "topic.py").read_text(encoding="utf-8"))
    names = list(assignment.data)
    made = TopicRecord(
        assignment.slug,
        assignment.hashes,
        source,
        logs,
        answers.answers,
        mistakes,
        names,
        conditions,
        assignment.folder,
    )
    _require_public(assignment, made)
    return made


def _require_public(assignment: Assignment, made: TopicRecord) -> None:
    """Raise TopicError unless the record's topic loads by itself and has the public rows and no other."""
    public = [row.id for row in assignment.topic.rubric if not row.hidden]
    try:
        found = [row.id for row in made.topic().rubric]
    except BadRecord as error:
        raise TopicError(f"{assignment.slug}: without its hidden rows, topic.py does not load: {error}") from error
    if found != public:
        sentence = "write each row as Row(..., hidden=True) in the list of the rubric itself"
        raise TopicError(f"{assignment.slug}: the hidden rows cannot be taken out of topic.py: {sentence}")
