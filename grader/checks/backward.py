"""`vjp`: a layer's backward against autograd of the reference's forward; and how backwards are asked, behind all forwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..errors import Fault, Raised, Wrong
from ..inside.plan import Plan
from ..numerics.compare import require_close
from ..topics.asking import Answer, Backward, by_name
from ..topics.cases import Case, Cases
from ..topics.signature import Layer
from ..topics.trial import Check, SingleCase, Trial

SHARED = (
    "here all forwards run before the first backward, as in a network. Is what backward needs kept outside its cache?"
)

Compare = Callable[[Any], None]  # raises Wrong for an answer that is not the right one


class vjp(Check):
    """A layer's backward is the vector-Jacobian product of the reference's forward, for a random cotangent.

    With `output`, the name of one of backward's outputs, that one alone is judged: the others have rows of their own.
    Every forward runs before the first backward: a cache that is kept anywhere but in the cache is then another case's.
    A case may give the cotangent itself, under its name in `backward`.
    """

    def __init__(self, declared: type[Layer], on: Cases | None = None, output: str = "") -> None:
        self.asked, self.generator, self.output = Backward(declared), on, output
        self.functions = self.asked.targets
        backward = self.asked.backward
        self.judged = frozenset([backward.label(backward.index(output))]) if output else self.asked.judged

    @property
    def judges(self) -> frozenset[str]:
        return self.judged

    @property
    def references(self) -> frozenset[str]:
        return frozenset(target.name for target in self.functions)

    def __call__(self, trial: Trial) -> None:
        cases, plan = self._whole(trial), Plan()
        answers = behind_all_forwards(plan, self.asked, [case for _, case in cases])
        plan.want(*(answer.ref for each in answers for answer in self._mine(each)))
        comparisons = list(self._comparisons(trial, plan, cases, answers))
        try:
            _compare(comparisons, trial.student.run(plan))
        except (Wrong, Raised) as error:
            if said := self._right_alone(trial, cases, comparisons, error):
                raise said from None
            raise

    def _whole(self, trial: Trial) -> list[Case]:
        cases = trial.cases(self.generator)
        return [
            (name, case if self.asked.dout in case else with_cotangent(trial, self.asked, case)) for name, case in cases
        ]

    def _mine(self, answers: Sequence[Answer]) -> list[Answer]:
        """Return those of the answers that this row judges."""
        return [answer for answer in answers if self.output in ("", answer.name)]

    def _comparisons(
        self, trial: Trial, plan: Plan, cases: Sequence[Case], answers: Sequence[Sequence[Answer]]
    ) -> Iterator[Compare]:
        """Yield for each answer that is judged what compares it with the truth."""
        right = replace(plan, wanted=[])
        right.want(*(answer.ref for each in answers for answer in each))
        truths = iter(trial.expect(right))
        for (name, case), each in zip(cases, answers, strict=True):
            want = {answer: next(truths) for answer in each}
            given, outputs = self.asked.given(case), by_name(each, list(want.values()))
            for answer in self._mine(each):
                where = f"{answer.label} on {name}"
                yield partial(require_close, want=want[answer], where=where, given=given, outputs=outputs)

    def _right_alone(
        self, trial: Trial, cases: Sequence[Case], comparisons: Sequence[Compare], error: Wrong | Raised
    ) -> Wrong | None:
        """Return the error as one of what calls share, where it is not made if each backward runs right behind its forward."""
        plan = Plan()
        for _, case in cases:
            plan.want(*(answer.ref for answer in self._mine(self.asked.ask(plan, case))))
        try:
            alone = trial.student.run(plan)
            if isinstance(error, Raised):
                sentence = f"raises {error.type}. Right behind its own forward it does not; {SHARED}"
                return Wrong(self.asked.name, sentence, id="shared-cache")
            _compare(comparisons, alone)
        except (Wrong, Fault):
            return None
        sentence = f"{error.evidence.sentence}. Right behind its own forward it is right; {SHARED}"
        return Wrong.of(
            replace(error.evidence, sentence=sentence, id="shared-cache", truth=None)
        )  # nothing to describe

    def single_case(self, trial: Trial) -> SingleCase:
        return SingleCase.of(self, self._whole(trial), self.asked.write)


def behind_all_forwards(plan: Plan, asked: Backward, cases: Sequence[Mapping[str, Any]]) -> list[list[Answer]]:
    """Ask the forwards of all cases, then the backwards, from the middle on and round: so that whoever keeps caches in one
    place, and takes the latest or the earliest, takes a wrong one. Return the answers of each case."""
    caches = [asked.forward.ask(plan, case)[1] for case in cases]
    places = range(len(cases))
    middle = (len(cases) - 1) // 2
    behind = {i: asked.ask_behind(plan, caches[i], cases[i]) for i in (*places[middle:], *places[:middle])}
    return [behind[i] for i in places]


def _compare(comparisons: Sequence[Compare], found: Sequence[Any]) -> None:
    for compare, got in zip(comparisons, found, strict=True):
        compare(got)


def with_cotangent(trial: Trial, asked: Backward, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the case with a random cotangent, of the shape of what forward returns. Raise Lacks where the case is no case."""
    asked.forward.arguments(case)
    return {**case, asked.dout: trial.normal(asked.forward.shape(0, case))}
