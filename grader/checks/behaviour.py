"""Claims about how an answer is found: `pure` (arguments unchanged, same answer again), `cheap` (its cost).

A program that computes nothing keeps both, so each also asks whether something is computed: they need no other row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import Lacks, TopicError, Wrong
from ..inside.plan import Plan, Step
from ..inside.wire import Ref
from ..numerics.compare import SAME, Truth, as_array, require_close
from ..topics.asking import Asking, Backward, asking
from ..topics.cases import Cases
from ..topics.signature import Declared, Layer, layer
from ..topics.targets import Class, Target
from ..topics.trial import Check, Trial
from .alive import elsewhere, require_alive
from .backward import with_cotangent

CHEAP_FORWARDS = 20  # a backward pass costs two or three forwards; numerical differentiation one or two per entry
CHEAP_SECONDS = 0.05  # below this no cost is judged: clocks and first calls


class pure(Check):
    """Asked twice, each function (a layer: forward, then backward; a script) leaves the arrays that it is given alone and
    answers the same. Opaque arguments may be changed, or used up: they are the student's own.

    Each is asked on the first case that has its arguments. Dead functions do not earn it: those whose answers are constant,
    not finite, no arrays, or arguments given back. Give a case where the right answer is none of these.
    """

    def __init__(self, *declared: Declared | Asking, on: Cases | None = None) -> None:
        self.asked = tuple(each for item in declared for each in _both_ways(item))
        self.functions = tuple(dict.fromkeys(target for each in self.asked for target in each.targets))
        self.generator = on

    @property
    def judges(self) -> frozenset[str]:
        return frozenset()  # an answer may be right and its argument changed all the same

    def __call__(self, trial: Trial) -> None:
        cases = trial.cases(self.generator)
        for asked in self.asked:
            self._twice(trial, asked, _first_that_fits(trial, asked, [case for _, case in cases]))

    def _twice(self, trial: Trial, asked: Asking, case: Mapping[str, Any]) -> None:
        plan = _Lending(arguments=_argument_names(asked.targets))
        answers = [*asked.ask(plan, case), *asked.ask(plan, case)]
        others = asked.ask(plan, elsewhere(trial, asked, case))
        plan.want(*(answer.ref for answer in (*answers, *others)))
        plan.want(*(loan.ref for loan in plan.loans.values()), late=True)
        found = trial.student.run(plan)
        n = len(others)
        one, two, other, late = found[:n], found[n : 2 * n], found[2 * n : 3 * n], found[3 * n :]
        for loan, now in zip(plan.loans.values(), late, strict=True):
            if not np.array_equal(loan.value, now, equal_nan=True):
                sentence = f"changed {_argument(asked, loan.name)}: work on a copy"
                raise Wrong(asked.name, sentence, now, id="argument-changed")
        require_alive(asked.name, one, other, _arrays(asked, case))
        for answer, first, again in zip(answers, one, two, strict=False):
            want = as_array(first)
            if want is not None and np.isfinite(want).all():
                try:
                    require_close(again, Truth.of(want), f"{answer.label}, asked twice", SAME)
                except Wrong as wrong:
                    raise Wrong.of(replace(wrong.evidence, id="not-repeatable")) from None


def _argument(asked: Asking, name: str) -> str:
    """How a sentence calls an argument that was changed: a backward reaches those of its forward through the cache."""
    if isinstance(asked, Backward) and name in asked.forward.specs:
        return f"the argument `{name}` of {asked.forward.name}"
    return f"its argument `{name}`"


def _arrays(asked: Asking, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the array arguments of a question; all of a case where nothing declares them."""
    return {name: case[name] for name in asked.specs or case if name in case}


def _both_ways(declared: Declared | Asking) -> list[Asking]:
    if isinstance(declared, type) and issubclass(declared, Layer):
        return [asking(declared), Backward(declared)]
    return [asking(declared)]


def _first_that_fits(trial: Trial, asked: Asking, cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the first case that has the arguments, with a cotangent for a backward. Raise TopicError where there is none."""
    said: Lacks | None = None
    for case in cases:
        try:
            whole = with_cotangent(trial, asked, case) if isinstance(asked, Backward) else case
            asked.ask(Plan(), whole)
        except Lacks as lacks:
            said = said or lacks
        else:
            return whole
    lacking = said.args[0] if said is not None else "there is none"
    where = said.where if said is not None else ""
    raise TopicError(f"pure: no case is one for {asked.name}: {lacking}: name a generator with on=…", where)


@dataclass
class _Loan:
    """An array that is lent to the student: as which argument it was given first, what it was, and where it is in the plan."""

    name: str
    value: np.ndarray
    ref: Ref


@dataclass
class _Lending(Plan):
    """A plan in which an array that several calls are given is one array, so that a change of it is seen."""

    arguments: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of the arguments, by function
    loans: dict[int, _Loan] = field(default_factory=dict)  # by the identity of the array

    def _add(self, step: Step) -> list[Ref]:
        if step.op in ("call", "new"):
            known = self.arguments.get(step.name if step.target is None else f".{step.name}", ())
            names = [*known, *(f"argument {i}" for i in range(len(known) + 1, len(step.args) + 1))]
            args = tuple(self._lend(name, value) for name, value in zip(names, step.args, strict=False))
            kwargs = {name: self._lend(name, value) for name, value in step.kwargs.items()}
            step = replace(step, args=args, kwargs=kwargs)
        return super()._add(step)

    def _lend(self, name: str, value: Any) -> Any:
        if type(value) in (list, tuple):
            return type(value)(self._lend(name, item) for item in value)
        if isinstance(value, np.ndarray):
            if id(value) not in self.loans:
                self.loans[id(value)] = _Loan(name, value, self.let(value))
            return self.loans[id(value)].ref
        if isinstance(value, Ref) and self.steps[value.step].op == "let":  # what a script shares between calls
            shared = self.steps[value.step].args[0]
            if isinstance(shared, np.ndarray):
                self.loans.setdefault(id(shared), _Loan(name, shared, value))
        return value


def _argument_names(targets: Iterable[Target]) -> dict[str, list[str]]:
    """Return the names of the arguments of functions, of what makes an object (by its class), and of methods (".name")."""
    found = {}
    for target in targets:
        if isinstance(target, Class):
            for m in target.methods:
                found[target.name if m.name == "__init__" else f".{m.name}"] = [p.name for p in m.parameters]
        else:
            found[target.name] = [p.name for p in target.parameters]
    return found


class defaults(Check):
    """What is left out of a call is as declared: without a hyper-parameter each function answers as it does with the declared
    value, but for rounding, and otherwise with another value, so that it is used at all.

    A case gives everything but hyper-parameters, or those that have no row here; each of the others must matter on it.
    """

    def __init__(self, *declared: Declared | Asking, on: Cases | None = None) -> None:
        self.asked, self.generator = tuple(asking(each) for each in declared), on
        self.functions = tuple(dict.fromkeys(target for each in self.asked for target in each.targets))

    def __call__(self, trial: Trial) -> None:
        for case_name, case in trial.cases(self.generator):
            for asked in self.asked:
                left_out = {name: value for name, value in asked.defaults.items() if name not in case}
                for name, value in left_out.items():
                    self._judge(trial, asked, {**case, **left_out}, name, value, case_name)

    def _judge(
        self, trial: Trial, asked: Asking, whole: Mapping[str, Any], name: str, value: Any, case_name: str
    ) -> None:
        without = {key: given for key, given in whole.items() if key != name}
        none, declared, other = (
            trial.answers(asked, case) for case in (without, whole, {**whole, name: _another_value(value)})
        )
        where = f"{asked.name} on {case_name}"
        if not _all_close(none, declared):
            why = f"`{name}` has another default: leave the first line of the function as it was given"
            raise Wrong(where, f"without `{name}` it does not answer as with {name}={value}", none[0], because=why)
        if _all_close(other, declared):
            why = f"it does not depend on `{name}`"
            sentence = f"with {name}={value} it answers as with {name}={_another_value(value)}"
            raise Wrong(where, sentence, declared[0], because=why)


def _another_value(value: Any) -> Any:
    """Return another value for a hyper-parameter: half of a number, one for none, what is not so for a yes or no."""
    if isinstance(value, bool):
        return not value
    return type(value)(value / 2 if value else 1)


def _all_close(some: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> bool:
    """Say whether answers are the same but for rounding. What is no number is the same as what is none, too."""
    return all(
        one.shape == other.shape and np.allclose(one, other, rtol=1e-12, atol=0, equal_nan=True)
        for one, other in zip(some, others, strict=True)
    )


class cheap(Check):
    """On a large case, a layer's backward costs the submission's process no more than some forwards of CPU time, and
    computes something (else it is dead, as in `pure`).

    What numbers cannot tell (numerical differentiation) its cost does. Not for element-wise functions, where
    differences are as cheap as derivatives.
    """

    def __init__(self, declared: type[Layer], on: Cases) -> None:
        self.asked, self.generator = Backward(declared), on
        self.forward, self.backward = self.functions = layer(declared)

    @property
    def judges(self) -> frozenset[str]:
        return frozenset()  # what is dear may be right

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            forward = self._cost(trial, case, None)
            both = self._cost(trial, case, trial.normal(self.forward.shape(0, case)))
            backward = both - forward
            if backward > CHEAP_SECONDS and backward > CHEAP_FORWARDS * forward:
                sentence = (  # without times: the same notebook gets the same sentence again
                    f"takes more than {CHEAP_FORWARDS} times as long as forward: "
                    "it should cost a few forwards (is it differentiating numerically?)"
                )
                raise Wrong(f"{self.backward.name} on {name}", sentence, id="cost")
            self._require_alive(trial, name, with_cotangent(trial, self.asked, case))

    def _require_alive(self, trial: Trial, name: str, case: dict[str, Any]) -> None:
        plan = Plan()
        one, other = (self.asked.ask(plan, each) for each in (case, elsewhere(trial, self.asked, case)))
        plan.want(*(answer.ref for answer in (*one, *other)))
        found = trial.student.run(plan)
        answers, others = found[: len(one)], found[len(one) :]
        require_alive(f"{self.backward.name} on {name}", answers, others, _arrays(self.asked, case))

    def _cost(self, trial: Trial, case: dict[str, Any], cotangent: np.ndarray | None) -> float:
        plan = Plan()
        out, cache = self.forward.ask(plan, case)
        if cotangent is not None:
            dout, opaque = (p.name for p in self.backward.parameters[:2])
            out = self.backward.ask(plan, {dout: cotangent, opaque: cache})[0]
        plan.want(out)
        before = trial.student.cpu_seconds()
        trial.student.run(plan)
        return trial.student.cpu_seconds() - before
