"""Everything that can go wrong, as one tree of exceptions; and the sentences for what a submission lacks.

    GradedDescentError
    ├── Wrong                 a claim about the submission is false: carries `Evidence`
    ├── Fault                 the submission did not answer
    │   ├── Raised            it raised an exception
    │   ├── TimedOut          it used up its time
    │   └── Died              its process ended
    ├── GraderError           the grader failed, not the submission: the row is void
    │   └── OffTheRecord      what a check asks is not among the recorded answers
    └── InputError            something that was handed to us cannot be used: a sentence with what to do
        ├── TopicError        a topic's folder
        │   └── Lacks         a case has no argument of a name that is asked for
        ├── CourseError       an autograder.yml
        ├── GradebookError    a gradebook's file
        ├── BadRecord         a file of recorded answers
        ├── Unreadable        a notebook
        └── NothingThere      a folder of submissions

`inside/` stands below this module and has three of its own, which never leave a conversation with a submission: `Missing` and
`Misfit` (plan) become `Wrong`, `WireError` becomes `Died` or `Wrong`.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class GradedDescentError(Exception):
    """Base of all exceptions of this package."""


@dataclass(frozen=True)
class Evidence:
    """Why a claim is false.

    `where` names the function and the case ("adam, step 3 of 30"), `sentence` says what is wrong with numbers, `id` is
    the kind of error (docs/errors.md lists them). `answer` is the array that came back: recognition compares it with what
    known mistakes return. `details` are the parts of the sentence for programs (entry, got, expected). `by_chance`: how far
    the answers of two programs with the same fault may differ, where they draw random numbers of their own.

    Where an answer was compared with a truth, that is kept as it is for whoever describes the fault: `truth` (a
    `compare.Truth`; with the id "claim" both may be made of what came back: a factor), what was `given` by name (arguments,
    sizes, hyper-parameters), `nearby` right answers to other questions, by what they are ("the right change of the step
    before"), and the right other `outputs` of the same call.
    `because` describes the fault in words, without a full stop, where the check itself has found what explains the answer.
    `also` is the evidence of the row's other cases at which the claim falls, where their answers are small: a sentence about a
    few numbers is proven by several questions.
    """

    where: str
    sentence: str
    answer: Any = None
    id: str = "claim"
    details: Mapping[str, Any] = field(default_factory=dict)
    by_chance: float = 0.0
    truth: Any = None
    given: Mapping[str, Any] = field(default_factory=dict)
    nearby: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    also: tuple[Evidence, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}" if self.where else self.sentence


class Wrong(GradedDescentError):
    """A claim is false; `evidence` says why.

    `Wrong(where, sentence, answer, id=…, because=…, got=…)` makes the evidence from its parts; `Wrong.of(evidence)` carries
    evidence that there is, moved to another place with `dataclasses.replace`, say, so that no part of it is lost.
    """

    def __init__(
        self, where: str, sentence: str, answer: Any = None, *, id: str = "claim", because: str = "", **details: Any
    ) -> None:
        self.evidence = Evidence(where, sentence, answer, id, details, because=because)
        super().__init__(str(self.evidence))

    @classmethod
    def of(cls, evidence: Evidence) -> Wrong:
        made = cls(evidence.where, evidence.sentence)
        made.evidence = evidence
        return made


class Fault(GradedDescentError):
    """The submission did not answer. `str` is a sentence for the student, `id` the kind of error."""

    id = "fault"


class Raised(Fault):
    """It raised: `type` and `message` as reported, in code cell `cell` (from 1) at `line`, where known."""

    def __init__(
        self, type: str, message: str, cell: int | None = None, line: int | None = None, calling: str = ""
    ) -> None:
        self.id = "not-written" if type == "NotImplementedError" else "raised"
        where = f" in cell {cell}, line {line}" if cell else ""
        if type == "NotImplementedError":
            sentence = f"`{calling or message}` is not written yet"
        else:
            call = f"`{calling}` raised " if calling else ""
            sentence = f"{call}{type}{': ' + message if message else ''}{where}"
        super().__init__(sentence)
        self.type, self.message, self.cell, self.line = type, message, cell, line


class TimedOut(Fault):
    """It used up its time and was stopped."""

    id = "timeout"


class Died(Fault):
    """Its process ended: killed, crashed, or it left."""

    id = "died"


class GraderError(GradedDescentError):
    """The grader, not the submission, failed: the row is void."""


class OffTheRecord(GraderError):
    """A check asked what was not recorded: the row can be judged only when the work is graded."""


class InputError(GradedDescentError):
    """Something that was handed to us cannot be used; every line of the message is one problem and what to do about it."""


class TopicError(InputError):
    """A topic that cannot be used as it stands: what is wrong, what to do, and `where` (FILE:LINE), if that is known."""

    def __init__(self, sentence: str, where: str = "") -> None:
        super().__init__(sentence)
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {super().__str__()}" if self.where else super().__str__()


class Lacks(TopicError):
    """A case has no argument of a name that is asked for."""


class CourseError(InputError):
    """The course cannot be used as it is."""


class GradebookError(InputError):
    """The file is no gradebook, or cannot be read or written; nothing in it was changed."""


class BadRecord(InputError):
    """A record that cannot be used."""


class Unreadable(InputError):
    """A notebook that is none: one sentence for the student. `sha256` is "" if the file was not read."""

    sha256: str = ""


class NothingThere(InputError):
    """A PATH that does not exist or holds no submission. The sentence is for the instructor."""


def missing(name: str, have: Iterable[str], asked: Collection[str] = (), because: str = "") -> Wrong:
    """Return the error for a function, a class, or (`CLASS.NAME`) a method or attribute that is not there.

    Suggest names that come close, except those `asked` themselves. `because` says where it should have been, if known.
    """
    owner, _, own = name.rpartition(".")
    near = difflib.get_close_matches(own, [n for n in have if n not in asked], n=2, cutoff=0.6)
    hint = f" (did you mean to call `{'` or `'.join(near)}` that?)" if near else ""
    kind = "method or attribute" if owner else "function" if own[:1].islower() else "class"
    return Wrong("", f"missing {kind}: `{name}`{because or hint}", id="missing", function=name)


def misfit(name: str, sentence: str) -> Wrong:
    """Return the error for an answer that is not of the asked form."""
    return Wrong(name, sentence, id="form")
