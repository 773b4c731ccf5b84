"""`stage`: one quantity of a computation in several steps, judged where its own step is wrong and not where an earlier is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..errors import OffTheRecord, TopicError, Wrong
from ..inside.plan import Plan
from ..numerics.compare import VALUES as TOLERANCE
from ..numerics.compare import Truth, as_array, is_close, require_close
from ..topics.cases import Case, Cases
from ..topics.cell import written
from ..topics.signature import Declared, function
from ..topics.trial import Check, FollowThrough, SingleCase, Trial
from .alive import is_alive, moved

Values = dict[str, Any]


class stage(Check):
    """The output `name` of a function of several named outputs is the reference's, which declares them as `Stages`.

    Or it follows from the submission's own earlier outputs, some of which are wrong: then the slip costs the row of that
    earlier one. Only values that are finite, of the right shape, not zero and different on another case can be followed.
    """

    def __init__(self, declared: Declared, name: str, on: Cases | None = None) -> None:
        self.target, self.name, self.generator = function(declared), name, on
        self.at = self.target.index(name)
        if self.target.outputs[self.at][1].words:
            raise TopicError(
                f"stage({self.target.name}, {name!r}): nothing follows from a word: matches(…, output={name!r})"
            )
        self.earlier = [output for output, _ in self.target.outputs[: self.at]]
        self.functions = (self.target,)

    @property
    def judges(self) -> frozenset[str]:
        return frozenset([self.target.label(self.at)])

    @property
    def references(self) -> frozenset[str]:
        return frozenset([self.target.name])

    def __call__(self, trial: Trial) -> FollowThrough | None:
        found: FollowThrough | None = None
        for case in trial.cases(self.generator):
            own, truths = self._answers(trial, case[1])
            wrong = self._wrong(own, truths[self.name], case, truths)
            if wrong is not None:
                followed = self._follow(trial, case, own, truths, wrong)
                found = found or followed
        return found

    def _answers(self, trial: Trial, case: Mapping[str, Any]) -> tuple[Values, dict[str, Truth]]:
        """Return the submission's outputs up to this one, and all of the reference's."""
        right, plan = Plan(), Plan()
        right.want(*self.target.ask(right, case))
        plan.want(*self.target.ask(plan, case)[: self.at + 1])
        names = [output for output, _ in self.target.outputs]
        truths = dict(zip(names, trial.expect(right), strict=True))
        return dict(zip(names, trial.student.run(plan), strict=False)), truths

    def single_case(self, trial: Trial) -> SingleCase:
        return SingleCase.of(self, trial.cases(self.generator), partial(written, self.target))

    def _wrong(self, own: Values, want: Truth, case: Case, truths: Mapping[str, Truth]) -> Wrong | None:
        name, given = case
        where = f"{self.target.label(self.at)} on {name}"
        outputs = {output: truth.value for output, truth in truths.items()}
        try:
            require_close(own[self.name], want, where, given=self.target.given(given), outputs=outputs)
        except Wrong as wrong:
            return wrong
        return None

    def _follow(
        self, trial: Trial, case: Case, own: Values, truths: Mapping[str, Truth], wrong: Wrong
    ) -> FollowThrough:
        """Return what this output follows from. Raise `wrong` if it does not follow from usable earlier ones."""
        off = [name for name in self.earlier if not _agrees(own[name], truths[name])]
        alive = [name for name in off if self._is_alive(trial, case[1], name, own, truths)]
        try:
            culprits = self._has_effect(trial, case[1], own, truths, alive)
        except OffTheRecord:  # what the reference makes of the student's own values, no record can know
            later = f"Whether it follows from your own {_names(alive)} is seen when your work is graded"
            raise Wrong.of(replace(wrong.evidence, sentence=f"{wrong.evidence.sentence}. {later}")) from None
        if not culprits:
            raise wrong
        continued = self._continued(trial, case[1], own, truths, culprits)
        if self._wrong(own, continued, case, truths) is not None:
            raise wrong
        labels = [self.target.label(self.earlier.index(name)) for name in culprits]
        return FollowThrough(_names(culprits), frozenset(labels), wrong)

    def _continued(
        self, trial: Trial, case: Mapping[str, Any], own: Values, truths: Mapping[str, Truth], culprits: Sequence[str]
    ) -> Truth:
        """Return what the reference's step makes of the submission's own `culprits` and the right values of the rest."""
        values = {name: own[name] if name in culprits else truths[name].value for name in self.earlier}
        plan = Plan()
        plan.want(*plan.call(f"{self.target.name}.{self.name}", **self.target.defaults | dict(case) | values))
        return trial.expect(plan)[0]

    def _has_effect(
        self, trial: Trial, case: Mapping[str, Any], own: Values, truths: Mapping[str, Truth], off: Sequence[str]
    ) -> list[str]:
        """Return those of the submission's own quantities that the reference's step makes something else of."""
        right = truths[self.name]
        return [
            name
            for name in off
            if not is_close(self._continued(trial, case, own, truths, [name]).value, right, TOLERANCE).all()
        ]

    def _is_alive(
        self, trial: Trial, case: dict[str, Any], name: str, own: Values, truths: Mapping[str, Truth]
    ) -> bool:
        """Say whether anything can follow from the submission's own `name`; it need not depend on every argument."""
        plan, i = Plan(), self.earlier.index(name)
        for other in moved(trial, self.target, case):
            plan.want(self.target.ask(plan, other)[i])
        others = [as_array(answer) for answer in trial.student.run(plan)]
        return is_alive(as_array(own[name]), others, truths[name].value.shape, every=False, nonzero=True)


def _names(outputs: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in outputs)


def _agrees(got: Any, want: Truth) -> bool:
    array = as_array(got)
    return array is not None and array.shape == want.value.shape and bool(is_close(array, want, TOLERANCE).all())
