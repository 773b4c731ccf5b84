"""What a check is given: the student, the truth, cases, and chance.

Checks ask for everything through a `Trial`, so that the same check grades (truth from the oracle), is put on record for
students (`bundle.record`), and is replayed on a machine without torch.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from ..curves import read_curve
from ..errors import TopicError, Wrong
from ..inside.plan import Implementation, Plan
from ..inside.wire import Seeded
from ..numerics.compare import Truth, as_array, chosen, require_array, require_precision
from ..result import plain
from .asking import Answer, Asking, asking
from .cases import Case, Cases
from .signature import Declared
from .targets import Function, Spec, Target

MAX_SHOWN = 10_000  # entries of a list or an array on show: what a student returns may be of any size
Write = Callable[[Mapping[str, Any], Wrong], list[str]]  # lines of Python for a case and what was wrong with it


class TruthSource(Protocol):
    """Answers plans with what is right: the oracle, or a record of its answers."""

    def run(self, plan: Plan) -> list[Truth]: ...


class Inputs(abc.ABC):
    """Where the cases and the chance of one row come from: drawn from a seed, or read from a record.

    What is drawn is drawn again for each trial of the row, in the order of asking.
    """

    @abc.abstractmethod
    def cases(self, generator: Cases | None) -> Sequence[Case]:
        """Return the topic's cases, or those of another generator."""

    @abc.abstractmethod
    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return standard normal numbers that the student cannot foresee: cotangents, directions, gradients."""

    @abc.abstractmethod
    def computed(self, compute: Callable[[], Any]) -> Any:
        """Return what `compute` returns, or what it returned when the record was made."""

    @abc.abstractmethod
    def branch(self, name: str) -> Inputs:
        """Return the same cases, with chance of their own, for one of several alternatives."""


class Trial:
    """One row put to one student. All that a check may learn from outside it asks here."""

    def __init__(self, student: Implementation, truth: TruthSource, inputs: Inputs) -> None:
        self.student, self.truth, self.inputs = student, truth, inputs

    def cases(self, generator: Cases | None = None) -> Sequence[Case]:
        """Return the topic's cases, or those of another generator, as (name, arguments)."""
        return self.inputs.cases(generator)

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return standard normal numbers that the student cannot foresee: cotangents, directions, gradients."""
        return self.inputs.normal(shape)

    def computed(self, compute: Callable[[], Any]) -> Any:
        """Return what `compute()` returns; on a student's machine, what it returned when the topic was released.

        Use it for arrays that the reference is asked with and that are made from cases or chance by more than + - * /: powers,
        tanh or @ may differ in the last bit on another machine, and then the question is not on record. Use it too for what
        students lack the means to compute (a quantile of a distribution). The value is plain data or arrays.
        """
        return self.inputs.computed(compute)

    def expect(self, plan: Plan) -> list[Truth]:
        """Return what the reference answers. Raise OffTheRecord where the question is not among the recorded ones."""
        return self.truth.run(plan)

    def branch(self, name: str) -> Trial:
        """Return the same trial for one of several alternatives, with chance of its own; what is on show is shared."""
        branch = Trial(self.student, self.truth, self.inputs.branch(name))
        branch.exhibits = self.exhibits
        return branch

    @cached_property
    def exhibits(self) -> dict[str, Any]:
        """What the check puts on show, whether its claim holds or not: plain data, which becomes part of the evidence."""
        return {}

    def show(self, **exhibits: Any) -> None:
        """Put something on show under a name, in place of what was there; lists are cut after `MAX_SHOWN` entries.

        `curve` is drawn in reports; its form is in result.md. Raises ValueError for a curve of another form.
        """
        exhibits = {name: plain(_cut(value)) for name, value in exhibits.items()}
        if "curve" in exhibits and read_curve(exhibits["curve"]) is None:
            raise ValueError("`curve` is not of the form that grader/curves.py describes")
        self.exhibits.update(exhibits)

    def call(self, asked: Declared | Asking, **case: Any) -> Any:
        """Return the student's answer to one question: an array, or a list of them (opaque outputs left out). An output that is a
        list is one of these.

        Each is an array of the declared shape: float64 where real numbers are declared, whole numbers where those are, so
        that a claim need not look; a choice is its word. Raise Wrong for an answer of another form or shape; less precision is no
        fault here.
        """
        return _grouped(asking(asked).ask(Plan(), case), self.answers(asked, case))

    def repeat(self, asked: Declared | Asking, times: int, **case: Any) -> list[Any]:
        """Return the student's answers to one question, asked `times` times in one message, each as `call` returns it. A generator
        of the case is one for all of them: each call draws on."""
        shared = {name: value for name, value in case.items() if isinstance(value, Seeded)}
        answers = self._answers(
            asked, lambda plan: [{**case, **{name: plan.let(seed) for name, seed in shared.items()}}] * times
        )
        return [each[0] if len(each) == 1 else each for each in answers]

    def exact(self, asked: Declared | Asking, **case: Any) -> Any:
        """Return the student's answer as `call` does. Raise Wrong for one of less precision than float64, too."""
        answers = self.answers(asked, case, exact=True)
        return answers[0] if len(answers) == 1 else answers

    def answers(self, asked: Declared | Asking, case: Mapping[str, Any], exact: bool = False) -> list[np.ndarray]:
        """Return the student's answers as `call` or `exact` does, as a list even where there is one."""
        return self._answers(asked, lambda plan: [case], exact)[0]

    def _answers(
        self, asked: Declared | Asking, cases: Callable[[Plan], Sequence[Mapping[str, Any]]], exact: bool = False
    ) -> list[list[np.ndarray]]:
        """Return the student's answers to one question on each of the cases that `cases` makes in a plan."""
        question, plan = asking(asked), Plan()
        asked_on = [question.ask(plan, case) for case in cases(plan)]
        for answer in asked_on[0]:
            if answer.shape is None and not question.any_shape:
                raise TopicError(f"nothing in the case says what shape {answer.label} has: yield it from a script")
        plan.want(*(answer.ref for wanted in asked_on for answer in wanted))
        found = iter(self.student.run(plan))
        return [[_read(next(found), answer, wanted, exact) for answer in wanted] for wanted in asked_on]

    def expected(self, asked: Declared | Asking, **case: Any) -> Any:
        """Return the reference's answer to one question, in the form of `call`."""
        plan = Plan()
        wanted = asking(asked).ask(plan, case)
        plan.want(*(answer.ref for answer in wanted))
        truths = [truth.value for truth in self.expect(plan)]
        answers = [np.asarray(a.words[int(t)]) if a.words else t for a, t in zip(wanted, truths, strict=True)]
        return answers[0] if len(answers) == 1 else answers


class Check(abc.ABC):
    """A claim about an implementation: returns None (or a FollowThrough) where it holds, raises Wrong where it does not."""

    functions: tuple[Target, ...] = ()  # what the student must have written for the claim to be asked

    @property
    def references(self) -> frozenset[str]:
        """The names that the reference must define for the claim to be judged."""
        return frozenset()

    @property
    def judges(self) -> frozenset[str]:
        """What is wrong where the claim is lost, and may be blamed by a follow-through: names of functions, labels of single
        outputs."""
        return frozenset(f.name for f in self.functions)

    @abc.abstractmethod
    def __call__(self, trial: Trial) -> FollowThrough | None: ...

    def rehearse(self, trial: Trial) -> None:
        """Ask all that the claim may ask, in every alternative, so that it is on record. The student is the model solution.

        Raise Wrong where an alternative does not hold for it.
        """
        self(trial)

    def single_case(self, trial: Trial) -> SingleCase | None:
        """The claim on single cases, where it can be taken apart so; None where not."""
        return None

    def alone(self, trial: Trial) -> None:
        """Make the claim without any that may stand in for it."""
        self(trial)


@dataclass(frozen=True)
class SingleCase:
    """A check whose trial may be any one case, where it raises Wrong or does not.

    `cases` are whole: with whatever the check draws besides. `specs` gives kind and letters of each argument that is an
    array; `defaults` are those of the hyper-parameters. `write` makes Python of a case: arguments, then the call.
    """

    check: Check
    cases: Sequence[Case]
    specs: Mapping[str, Spec]
    defaults: Mapping[str, Any]
    write: Write

    @classmethod
    def of(cls, check: Check, cases: Sequence[Case], write: Write, others: bool = False) -> SingleCase:
        """Of a check whose cases are arguments of its functions; with `others` they hold other entries, too."""
        functions = [f for f in check.functions if isinstance(f, Function)]
        parameters = [p for f in functions for p in f.parameters]
        specs = {p.name: p.spec for p in parameters if p.spec is not None and p.spec.is_array}
        defaults = {name: value for f in functions for name, value in f.defaults.items()}
        names = {p.name for p in parameters}
        kept = [(name, {k: v for k, v in case.items() if others or k in names}) for name, case in cases]
        return cls(check, kept, specs, defaults, write)


@dataclass(frozen=True)
class FollowThrough:
    """The claim does not hold against the reference (that is `wrong`), but follows from the student's `own` function or
    quantity, where one of those that it `blames` was lost in another row."""

    own: str
    blames: frozenset[str]
    wrong: Wrong


def _grouped(answers: Sequence[Answer], arrays: Sequence[np.ndarray]) -> Any:
    """Return the arrays with those that are items of one output in a list; what is alone, alone."""
    found: list[Any] = []
    for answer, array in zip(answers, arrays, strict=True):
        if answer.item:
            found[-1].append(array)
        else:
            found.append(array if answer.item is None else [array])
    return found[0] if len(found) == 1 else found


def _cut(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value if value.size <= MAX_SHOWN else value.ravel()[:MAX_SHOWN]
    if isinstance(value, Mapping):
        return {key: _cut(item) for key, item in value.items()}
    return [_cut(item) for item in value[:MAX_SHOWN]] if isinstance(value, list | tuple) else value


def _of_form(got: Any, answer: Answer, wanted: Sequence[Answer]) -> np.ndarray:
    """Raise Wrong unless an answer has the declared form; with a question, where it has the shape of another one of those
    that are wanted, and of that alone."""
    array = as_array(got)
    shape = answer.shape if answer.shape is not None else () if array is None else array.shape
    try:
        return require_array(got, shape, answer.kind, answer.label)
    except Wrong as wrong:
        fitting = [other.name for other in wanted if other.name and other.shape == np.shape(wrong.evidence.answer)]
        if wrong.evidence.answer is None or len(fitting) != 1 or len(wanted) == 1:
            raise
        asked = (
            f"{wrong.evidence.sentence}, and that is the shape of `{fitting[0]}`: are they returned in another order?"
        )
        raise Wrong.of(replace(wrong.evidence, sentence=asked)) from None


def _read(got: Any, answer: Answer, wanted: Sequence[Answer], exact: bool) -> np.ndarray:
    """Return an answer as the array that it is declared to be, real numbers in float64; `exact` asks for that precision. A word is
    returned as text."""
    if answer.words:
        return np.asarray(chosen(got, answer.words, answer.label))
    array = _of_form(got, answer, wanted)
    if exact:
        require_precision(array, answer.label)
    return array.astype(float, copy=False) if answer.kind == "f" else array


def on_case(wrong: Wrong, case_name: str) -> Wrong:
    """The same evidence, with the case that shows it; a function that is missing is so on every case."""
    if not wrong.evidence.where:
        return wrong
    return Wrong.of(replace(wrong.evidence, where=f"{wrong.evidence.where} on {case_name}"))
