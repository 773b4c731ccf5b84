"""Claims about derivatives: `vjp` against autograd of the reference, `gradient` against the student's OWN function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import TopicError, Wrong
from ..inside.plan import Plan
from ..numerics.compare import as_array, digits_to_differ, require_array, require_close, short
from ..numerics.differentiate import OFFSETS, Slopes, slopes
from ..topics.asking import Asking, Backward, Call, asking
from ..topics.cases import Arguments, Cases, authors_code
from ..topics.signature import Declared, Layer
from ..topics.trial import Check, FollowThrough, SingleCase, Trial
from .alive import is_alive, moved
from .combine import Following

DIRECTIONS = 4  # one sees a 10 % fault in one entry of 100 with probability 0.997
EXPLAIN = 64  # coordinates that are asked one by one to say which entry is wrong

Behind = Callable[[Callable[..., Any], dict[str, Any]], bool]


class vjp(Check):
    """A layer's backward is the vector-Jacobian product of the reference's forward, for a random cotangent.

    Every forward runs before the first backward: a cache that is kept anywhere but in the cache is then another case's.
    A case may give the cotangent itself, under its name in `backward`.
    """

    def __init__(self, declared: type[Layer], on: Cases | None = None) -> None:
        self.asked, self.generator = Backward(declared), on
        self.functions = self.asked.targets

    @property
    def judges(self) -> frozenset[str]:
        return self.asked.judged

    @property
    def references(self) -> frozenset[str]:
        return frozenset(target.name for target in self.functions)

    def __call__(self, trial: Trial) -> None:
        plan, cases = Plan(), trial.cases(self.generator)
        caches = [self.asked.forward.ask(plan, case)[1] for _, case in cases]
        places: list[tuple[str, Mapping[str, Any]]] = []
        for (name, case), cache in zip(cases, caches, strict=True):
            whole = case if self.asked.dout in case else with_cotangent(trial, self.asked, case)
            answers = self.asked.ask_behind(plan, cache, whole)
            plan.want(*(answer.ref for answer in answers))
            given = self.asked.given(whole)
            places += [(f"{answer.label} on {name}", given) for answer in answers]
        truths = trial.expect(plan)
        for (where, given), got, want in zip(places, trial.student.run(plan), truths, strict=True):
            require_close(got, want, where, given=given)

    def single_case(self, trial: Trial) -> SingleCase:
        cases = trial.cases(self.generator)
        whole = [(name, with_cotangent(trial, self.asked, case)) for name, case in cases]
        return SingleCase.of(self, whole, self.asked.write)


def with_cotangent(trial: Trial, asked: Backward, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the case with a random cotangent, of the shape of what forward returns. Raise Lacks where the case is no case."""
    asked.forward.arguments(case)
    return {**case, asked.dout: trial.normal(asked.forward.shape(0, case))}


class gradient(Following):
    """`by` returns the derivative of the student's own `of` with respect to `wrt` (names by blanks, in the order of its
    outputs); a Layer's backward that of its forward. Both may be scripts: the first yields one number, the second its slopes.

    Smooth functions are judged along random directions and explained by coordinates. With `piecewise=True` (a ReLU
    network) coordinates judge, on small cases: a direction would cross a kink. As a fall-back in `either` it counts only
    behind work that is alive; `behind(own, case)` may ask more of that: `own(**case)` is what the student's `of` answers,
    and where `behind` returns False nothing follows from it.
    """

    def __init__(
        self,
        of: Declared | Asking,
        by: Declared | Asking | None = None,
        wrt: str = "",
        on: Cases | None = None,
        piecewise: bool = False,
        behind: Behind | None = None,
    ) -> None:
        self.generator, self.piecewise, self.behind = on, piecewise, behind
        self.forward, self.by = _pair(of, by)
        self.wrt = _variables(self.forward, self.by, wrt)
        self.functions = tuple(dict.fromkeys((*self.forward.targets, *self.by.targets)))

    @property
    def judges(self) -> frozenset[str]:
        return self.by.judged

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            for question in self._questions(trial, name, case):
                self._judge(trial, question)

    def _is_alive(self, trial: Trial, case: Mapping[str, Any]) -> bool:
        """Say whether the student's own function computes something from each argument, or from those of `wrt` in a script."""
        varied = () if isinstance(self.forward, Call) else self.wrt
        plan, declared = Plan(), self.forward.ask(Plan(), case)[0]
        for variation in (case, *moved(trial, self.forward, case, varied)):
            plan.want(self.forward.ask(plan, variation)[0].ref)
        mine, *others = (as_array(answer) for answer in trial.student.run(plan))
        given = [case[name] for name in varied or self.forward.specs if name in case]
        return is_alive(mine, others, declared.shape or (), given=given)

    def follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        self(trial)
        _, case = trial.cases(self.generator)[0]
        if not self._is_alive(trial, case):
            raise wrong
        if self.behind is not None:
            with authors_code(self.behind):
                if not self.behind(lambda **other: trial.call(self.forward, **other), Arguments(case)):
                    raise wrong
        return FollowThrough(self.forward.quoted, self.forward.judged, wrong)

    def _questions(self, trial: Trial, name: str, case: Mapping[str, Any]) -> list[_Slope]:
        """Return what `by` returns on a case, for each variable."""
        for wrt in self.wrt:
            Arguments(case)[wrt]  # raises for a name that the case has not
        cotangent, whole = np.ones(()), case
        if isinstance(self.by, Backward):
            whole = with_cotangent(trial, self.by, case)
            cotangent = whole[self.by.dout]
        plan = Plan()
        answers = self.by.ask(plan, whole)
        if len(answers) < len(self.wrt):
            raise TopicError(
                f"{self.by.name} answers {len(answers)} slopes, asked with respect to {' and '.join(self.wrt)}"
            )
        plan.want(*(answer.ref for answer in answers[: len(self.wrt)]))
        return [
            _Slope(
                where := f"{answer.label} on {name}",
                case,
                cotangent,
                wrt,
                require_array(got, np.shape(case[wrt]), "f", where).astype(float),
            )
            for wrt, answer, got in zip(self.wrt, answers, trial.student.run(plan), strict=False)
        ]

    def _judge(self, trial: Trial, asked: _Slope) -> None:
        size = asked.claim.size
        probes = np.eye(size) if self.piecewise else trial.normal((DIRECTIONS, size))
        measured = self._measure(trial, asked, probes)
        if not measured.trustworthy:
            sentence = f"your {self.forward.quoted} is too rough to have the slope that you return"
            raise Wrong(asked.where, sentence, asked.claim, id="rough")
        with np.errstate(invalid="ignore"):  # where the claim is infinite
            bad = measured.disagree(probes @ asked.claim.ravel())
        if bad.any():
            raise self._explain(trial, asked, measured, probes, bad)

    def _measure(self, trial: Trial, asked: _Slope, probes: np.ndarray) -> Slopes:
        """Return the slopes of  Σ cotangent · forward  along each probe, from one plan."""
        x, plan = np.asarray(asked.case[asked.wrt], float), Plan()
        for probe in probes:
            for offset in OFFSETS:
                at = x + offset * probe.reshape(x.shape)
                first, *_ = self.forward.ask(plan, {**asked.case, asked.wrt: at})
                plan.want(first.ref)
        shape = () if first.shape is None else first.shape
        outputs = [require_array(y, shape, "f", self.forward.name) for y in trial.student.run(plan)]
        with np.errstate(all="ignore"):
            values = [float((asked.cotangent * y).sum()) for y in outputs]
            sizes = [float(np.abs(asked.cotangent * y).sum()) for y in outputs]
        each = (len(probes), len(OFFSETS))
        return slopes(np.reshape(values, each), np.reshape(sizes, each))

    def _explain(self, trial: Trial, asked: _Slope, measured: Slopes, probes: np.ndarray, bad: np.ndarray) -> Wrong:
        """Name the entry whose slope is most wrong, if coordinates can be asked; else the direction."""
        claim = asked.claim
        if not self.piecewise and claim.size <= EXPLAIN:
            probes = np.eye(claim.size)
            measured = self._measure(trial, asked, probes)
            at_coordinates = measured.disagree(claim.ravel())
            bad = at_coordinates if at_coordinates.any() else np.ones(claim.size, bool)
        with np.errstate(invalid="ignore"):
            claimed = probes @ claim.ravel()
        worst = int(np.argmax(np.where(bad, np.abs(claimed - measured.value), -1)))
        mine, slope = digits_to_differ(claimed[worst], measured.value[worst])
        what = f"your {self.forward.quoted}" + (" weighted by dout" if isinstance(self.by, Backward) else "")
        if len(probes) == claim.size:
            entry = [int(k) for k in np.unravel_index(worst, claim.shape)] if claim.ndim else []
            place = f"entry {entry}" if entry else "the value"
            sentence = f"{place} is {mine}, but {what} changes at rate {slope} there"
            return Wrong(asked.where, sentence, claim, id="slope", entry=entry, got=mine, expected=slope)
        sentence = (
            f"along a random direction your gradient predicts a change of {mine}, but {what} changes at rate {slope}"
        )
        got, expected = short(claimed[worst]), short(measured.value[worst])
        return Wrong(asked.where, sentence, claim, id="slope", got=got, expected=expected)


@dataclass(frozen=True)
class _Slope:
    """One claimed slope: what the student returns as that of  Σ cotangent · forward  with respect to `wrt`, and where."""

    where: str
    case: Mapping[str, Any]
    cotangent: np.ndarray
    wrt: str
    claim: np.ndarray


def _pair(of: Declared | Asking, by: Declared | Asking | None) -> tuple[Asking, Asking]:
    """Return what is differentiated, and what returns its slopes. Raise TopicError if these do not go together."""
    if by is None:
        if isinstance(of, Asking) or not isinstance(of, type):
            raise TopicError("gradient(of=…) needs `by`, what returns the slopes; a Layer alone needs none")
        backward = Backward(of)
        return Call(backward.forward), backward
    forward = asking(of)
    if isinstance(forward, Call) and any(spec.dims for _, spec in forward.target.outputs[:1]):
        raise TopicError(
            f"gradient(of={forward.name}, …): {forward.name} returns no single number, so it has no gradient"
        )
    return forward, asking(by)


def _variables(forward: Asking, by: Asking, wrt: str) -> tuple[str, ...]:
    """Return the names of what is varied. Raise TopicError for one that `forward` does not take as real numbers."""
    names = tuple(wrt.split())
    if not isinstance(forward, Call):
        if not names:
            raise TopicError('gradient(of=a script, …) needs `wrt`, the names in the case of what is varied: wrt="w b"')
        return names
    reals = forward.target.arrays
    if unknown := [name for name in names if name not in reals]:
        raise TopicError(
            f"gradient(…, wrt={wrt!r}): {forward.name} has no real argument `{unknown[0]}` ({', '.join(reals)})"
        )
    if isinstance(by, Backward):
        return reals[: len(by.backward.outputs)]
    return names or reals[:1]
