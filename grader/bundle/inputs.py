"""The inputs of a row on record: cases, chance, and what was computed from them, under (row, branch, number of the asking).

They are read at home, never drawn or computed again: numpy's streams change between versions, and `tanh`, `cos` and `@` differ
in the last bit between processors. With another last bit, a question to the reference would have another address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import OffTheRecord
from ..inside.wire import decode, encode
from ..numerics.compare import Truth
from ..topics.rubric import Case, Cases
from ..topics.trial import Inputs
from ..truth.record import InMemory
from ..truth.trials import SeededInputs


@dataclass
class Log:
    """The inputs of a row, or of one of its branches, in the order of asking."""

    cases: list[list[Case]] = field(default_factory=list)
    normals: list[np.ndarray] = field(default_factory=list)
    computed: list[Any] = field(default_factory=list)

    def to_wire(self) -> dict[str, Any]:
        return {"cases": self.cases, "normals": self.normals, "computed": self.computed}

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Log:
        cases = [[(name, case) for name, case in each] for each in data["cases"]]
        return cls(cases, list(data["normals"]), list(data["computed"]))


Logs = dict[str, Log]


class RecordingInputs(Inputs):
    """Inputs that write down what they give, in the form in which it will be read."""

    def __init__(self, drawn: SeededInputs, logs: Logs, answers: InMemory[list[Truth]]) -> None:
        self.drawn, self.logs, self.answers = drawn, logs, answers
        self.log = logs.setdefault(drawn.path, Log())

    def cases(self, generator: Cases | None) -> Sequence[Case]:
        self.log.cases.append([(name, _as_read(case)) for name, case in self.drawn.cases(generator)])
        return self.log.cases[-1]

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        self.log.normals.append(self.drawn.normal(shape))
        return self.log.normals[-1]

    def computed(self, compute: Callable[[], Any]) -> Any:
        # What is asked of the reference meanwhile (an ensemble of trainings) stays off the record: its outcome is on it.
        before = dict(self.answers.answers)
        self.log.computed.append(_as_read(compute()))
        self.answers.answers = before
        return self.log.computed[-1]

    def branch(self, name: str) -> RecordingInputs:
        return RecordingInputs(self.drawn.branch(name), self.logs, self.answers)


class RecordedInputs(Inputs):
    """Inputs that are read from a record. Raise OffTheRecord for those that are not there."""

    def __init__(self, logs: Mapping[str, Log], path: str) -> None:
        self.logs, self.path = logs, path
        log = logs.get(path, Log())
        self._cases, self._normals, self._computed = iter(log.cases), iter(log.normals), iter(log.computed)

    def cases(self, generator: Cases | None) -> Sequence[Case]:
        return self._next(self._cases)

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return self._next(self._normals)

    def computed(self, compute: Callable[[], Any]) -> Any:
        return self._next(self._computed)

    def branch(self, name: str) -> RecordedInputs:
        return RecordedInputs(self.logs, f"{self.path}/{name}")

    def _next(self, recorded: Any) -> Any:
        try:
            return next(recorded)
        except StopIteration:
            raise OffTheRecord(only_when_graded(self.path.partition("/")[0])) from None


def only_when_graded(row: str) -> str:
    return f"{row!r} can be judged only when your work is graded"


def _as_read(value: Any) -> Any:
    return decode(encode(value), code=True)
