"""`gradient`: a derivative against the student's OWN function, by differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import Raised, TopicError, Wrong
from ..inside.plan import Plan
from ..numerics.compare import as_array, digits_to_differ, require_array, short
from ..numerics.differentiate import OFFSETS, Slopes, slopes
from ..topics.asking import Asking, Backward, Call, asking
from ..topics.cases import Arguments, Cases, authors_code
from ..topics.signature import Declared
from ..topics.trial import FollowThrough, Trial
from .alive import is_alive, moved
from .backward import behind_all_forwards, with_cotangent
from .combine import Following

DIRECTIONS = 4  # one sees a 10 % fault in one entry of 100 with probability 0.997
EXPLAIN = 64  # coordinates that are asked one by one to say which entry is wrong

Behind = Callable[[Callable[..., Any], dict[str, Any]], bool]


class gradient(Following):
    """`by` returns the derivative of the student's own `of` with respect to `wrt` (names by blanks, in the order of its
    outputs). Both may be scripts: the first yields one number, the second its slopes. A Layer's backward returns that of its
    forward with respect to each of its real arguments; `wrt` names those that are judged, if not all are.

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
        self.at, self.judged = (
            [*range(len(self.wrt))],
            self.by.judged,
        )  # where the slopes stand among the outputs of `by`
        if wrt and isinstance(self.by, Backward):
            self.at = [self.by.forward.arrays.index(name) for name in self.wrt]
            self.judged = frozenset(self.by.backward.label(i) for i in self.at)
        self.functions = tuple(dict.fromkeys((*self.forward.targets, *self.by.targets)))

    @property
    def judges(self) -> frozenset[str]:
        return self.judged

    def __call__(self, trial: Trial) -> None:
        for question in self._questions(trial):
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
        try:
            self(trial)
        except Raised:
            raise wrong from None
        _, case = trial.cases(self.generator)[0]
        if not self._is_alive(trial, case):
            raise wrong
        if self.behind is not None:
            with authors_code(self.behind):
                if not self.behind(lambda **other: trial.call(self.forward, **other), Arguments(case)):
                    raise wrong
        return FollowThrough(self.forward.quoted, self.forward.judged, wrong)

    def _questions(self, trial: Trial) -> Iterator[_Slope]:
        """Yield what `by` returns on each case, for each variable. All forwards run before the first backward."""
        cases, plan = trial.cases(self.generator), Plan()
        for _, case in cases:
            for wrt in self.wrt:
                Arguments(case)[wrt]  # raises for a name that the case has not
        if isinstance(self.by, Backward):
            wholes = [with_cotangent(trial, self.by, case) for _, case in cases]
            asked, cotangents = behind_all_forwards(plan, self.by, wholes), [whole[self.by.dout] for whole in wholes]
        else:
            asked, cotangents = [self.by.ask(plan, case) for _, case in cases], [np.ones(())] * len(cases)
        if any(len(answers) <= max(self.at) for answers in asked):
            names = " and ".join(self.wrt)
            raise TopicError(f"{self.by.name} answers {len(asked[0])} slopes, asked with respect to {names}")
        plan.want(*(answers[i].ref for answers in asked for i in self.at))
        found = iter(trial.student.run(plan))
        for (name, case), answers, cotangent in zip(cases, asked, cotangents, strict=True):
            for wrt, i in zip(self.wrt, self.at, strict=True):
                where = f"{answers[i].label} on {name}"
                claim = require_array(next(found), np.shape(case[wrt]), "f", where).astype(float)
                yield _Slope(where, case, cotangent, wrt, claim)

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
        sloped = reals[: len(by.backward.outputs)]
        if unknown := [name for name in names if name not in sloped]:
            returns = f"{by.name} returns no slope of `{unknown[0]}` (it returns those of {', '.join(sloped)})"
            raise TopicError(f"gradient(…, wrt={wrt!r}): {returns}")
        return names or sloped
    return names or reals[:1]
