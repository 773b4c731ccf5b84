"""Claims about derivatives: `vjp` against autograd of the reference, `gradient` against the student's OWN function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import Wrong
from ..inside.plan import Plan
from ..inside.wire import Ref
from ..numerics.compare import as_array, digits_to_differ, require_array, require_close, short
from ..numerics.differentiate import OFFSETS, Slopes, slopes
from ..topics.cases import Cases
from ..topics.cell import assignments, call, output
from ..topics.signature import Declared, Function, Layer, function, layer
from ..topics.trial import Check, FollowThrough, SingleCase, Trial, on
from .combine import Following

DIRECTIONS = 4  # one sees a 10 % fault in one entry of 100 with probability 0.997
EXPLAIN = 64  # coordinates that are asked one by one to say which entry is wrong


class vjp(Check):
    """A layer's backward is the vector-Jacobian product of the reference's forward, for a random cotangent.

    Every forward runs before the first backward: a cache that is kept anywhere but in the cache is then another case's.
    A case may give the cotangent itself, under its name in `backward`.
    """

    def __init__(self, declared: type[Layer], on: Cases | None = None) -> None:
        self.forward, self.backward = layer(declared)
        self.functions, self.generator = (self.forward, self.backward), on

    @property
    def judges(self) -> frozenset[str]:
        return frozenset([self.backward.name])

    def __call__(self, trial: Trial) -> None:
        plan, cases = Plan(), trial.cases(self.generator)
        caches = [self.forward.ask(plan, case)[1] for _, case in cases]
        dout, opaque = (p.name for p in self.backward.parameters[:2])
        places: list[tuple[str, dict[str, Any]]] = []
        for (name, case), cache in zip(cases, caches, strict=True):
            cotangent = case[dout] if dout in case else trial.normal(self.forward.shape(0, case))
            plan.want(*self.backward.ask(plan, {dout: cotangent, opaque: cache}))
            given = {**self.forward.given(case), dout: cotangent}
            places += [(on(self.backward, i, name), given) for i in range(len(self.backward.outputs))]
        truths = trial.expect(plan)
        for (where, given), got, want in zip(places, trial.student.run(plan), truths, strict=True):
            require_close(got, want, where, given=given)

    def single_case(self, trial: Trial) -> SingleCase:
        dout = self.backward.parameters[0].name
        cases = trial.cases(self.generator)
        whole = [(name, {**case, dout: trial.normal(self.forward.shape(0, case))}) for name, case in cases]
        return SingleCase.of(self, whole, self._write)

    def _write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        dout, cache = (p.name for p in self.backward.parameters[:2])
        return [
            *assignments([*(p.name for p in self.forward.parameters), dout], case),
            f"out, {cache} = {call(self.forward, case)}",
            call(self.backward, {}, **{dout: dout, cache: cache}) + output(self.backward, wrong),
        ]


class gradient(Following):
    """`by` returns the derivative of the student's own `of` with respect to `wrt` (names by blanks, in the order of its
    outputs); a Layer's backward that of its forward.

    Smooth functions are judged along random directions and explained by coordinates. With `piecewise=True` (a ReLU
    network) coordinates judge, on small cases: a direction would cross a kink.
    """

    def __init__(
        self,
        of: Declared,
        by: Declared | None = None,
        wrt: str = "",
        on: Cases | None = None,
        piecewise: bool = False,
    ) -> None:
        if by is None:
            assert isinstance(of, type), "a Layer needs no `by`; a function does"
            self.forward, self.by = layer(of)
            self.wrt: tuple[str, ...] = self.forward.arrays[: len(self.by.outputs)]
        else:
            assert not isinstance(of, type) and not isinstance(by, type)
            self.forward, self.by = function(of), function(by)
            self.wrt = tuple(wrt.split()) or self.forward.arrays[:1]
            assert not self.forward.outputs[0][1].dims, f"{self.forward.name} is no scalar function: it has no gradient"
        self.is_layer, self.generator, self.piecewise = by is None, on, piecewise
        self.functions = (self.forward, self.by)

    @property
    def judges(self) -> frozenset[str]:
        return frozenset([self.by.name])

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            shape = self.forward.shape(0, case)
            cotangent = trial.normal(shape) if self.is_layer else np.ones(shape)
            claims = self._claims(trial, name, case, cotangent)
            for i, wrt in enumerate(self.wrt):
                self._judge(trial, name, case, cotangent, wrt, claims[i], i)

    def follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        self(trial)
        _, case = trial.cases(self.generator)[0]
        if not is_alive(trial, self.forward, case):
            raise wrong
        return FollowThrough(f"`{self.forward.name}`", frozenset([self.forward.name]), wrong)

    def _claims(self, trial: Trial, name: str, case: Mapping[str, Any], cotangent: np.ndarray) -> list[np.ndarray]:
        plan = Plan()
        refs = _backward(plan, self.forward, self.by, case, cotangent) if self.is_layer else self.by.ask(plan, case)
        plan.want(*refs[: len(self.wrt)])
        answers = trial.student.run(plan)
        return [
            require_array(answer, np.shape(case[wrt]), "f", on(self.by, i, name)).astype(float)
            for i, (wrt, answer) in enumerate(zip(self.wrt, answers, strict=True))
        ]

    def _judge(
        self,
        trial: Trial,
        name: str,
        case: Mapping[str, Any],
        cotangent: np.ndarray,
        wrt: str,
        claim: np.ndarray,
        i: int,
    ) -> None:
        size = claim.size
        probes = np.eye(size) if self.piecewise else trial.normal((DIRECTIONS, size))
        measured = self._measure(trial, case, cotangent, wrt, probes)
        where = on(self.by, i, name)
        if not measured.trustworthy:
            raise Wrong(
                where, f"your `{self.forward.name}` is too rough to have the slope that you return", claim, id="rough"
            )
        with np.errstate(invalid="ignore"):  # where the claim is infinite
            bad = measured.disagree(probes @ claim.ravel())
        if bad.any():
            raise self._explain(trial, case, cotangent, wrt, claim, where, measured, probes, bad)

    def _measure(
        self, trial: Trial, case: Mapping[str, Any], cotangent: np.ndarray, wrt: str, probes: np.ndarray
    ) -> Slopes:
        """Slopes of  Σ cotangent · forward  along each probe, from one plan."""
        x, plan = np.asarray(case[wrt], float), Plan()
        for probe in probes:
            for offset in OFFSETS:
                at = x + offset * probe.reshape(x.shape)
                plan.want(self.forward.ask(plan, {**case, wrt: at})[0])
        shape = self.forward.shape(0, case)
        outputs = [require_array(y, shape, "f", self.forward.name) for y in trial.student.run(plan)]
        with np.errstate(all="ignore"):
            values = [float((cotangent * y).sum()) for y in outputs]
            sizes = [float(np.abs(cotangent * y).sum()) for y in outputs]
        shape = (len(probes), len(OFFSETS))
        return slopes(np.reshape(values, shape), np.reshape(sizes, shape))

    def _explain(
        self,
        trial: Trial,
        case: Mapping[str, Any],
        cotangent: np.ndarray,
        wrt: str,
        claim: np.ndarray,
        where: str,
        measured: Slopes,
        probes: np.ndarray,
        bad: np.ndarray,
    ) -> Wrong:
        """The entry whose slope is most wrong, where coordinates can be asked; else the direction."""
        if not self.piecewise and claim.size <= EXPLAIN:
            probes = np.eye(claim.size)
            measured = self._measure(trial, case, cotangent, wrt, probes)
            at_coordinates = measured.disagree(claim.ravel())
            bad = at_coordinates if at_coordinates.any() else np.ones(claim.size, bool)
        with np.errstate(invalid="ignore"):
            claimed = probes @ claim.ravel()
        worst = int(np.argmax(np.where(bad, np.abs(claimed - measured.value), -1)))
        mine, slope = digits_to_differ(claimed[worst], measured.value[worst])
        what = f"your `{self.forward.name}`" + (" weighted by dout" if self.is_layer else "")
        if len(probes) == claim.size:
            entry = [int(k) for k in np.unravel_index(worst, claim.shape)] if claim.ndim else []
            place = f"entry {entry}" if entry else "the value"
            sentence = f"{place} is {mine}, but {what} changes at rate {slope} there"
            return Wrong(where, sentence, claim, id="slope", entry=entry, got=mine, expected=slope)
        sentence = (
            f"along a random direction your gradient predicts a change of {mine}, but {what} changes at rate {slope}"
        )
        got, expected = short(claimed[worst]), short(measured.value[worst])
        return Wrong(where, sentence, claim, id="slope", got=got, expected=expected)


def is_alive(trial: Trial, target: Function, case: Mapping[str, Any]) -> bool:
    """Whether the student's function computes something: finite, of the right shape, no argument of its own given back, and
    varying with every argument. Only then can anything follow from it."""
    plan = Plan()
    for variation in (case, *moved(trial, target, case)):
        plan.want(target.ask(plan, variation)[0])
    answers = [as_array(y) for y in trial.student.run(plan)]
    base, *others = answers
    if base is None or base.shape != target.shape(0, case) or not np.isfinite(base).all():
        return False
    given = [case[p.name] for p in target.parameters if p.spec is not None and p.spec.is_array and p.name in case]
    echoes = any(np.array_equal(base, argument) for argument in given)
    return not echoes and not any(y is None or np.array_equal(base, y) for y in others)


def moved(trial: Trial, target: Function, case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The case with one array argument changed everywhere, for each of them."""
    sizes = target.sizes(case)
    for p in target.parameters:
        if p.spec is None or not p.spec.is_array or p.name not in case:
            continue
        if p.spec.kind == "real":
            other = case[p.name] + trial.normal(np.shape(case[p.name]))
        else:
            below = int(p.spec.below) if p.spec.below.isdigit() else sizes.get(p.spec.below, 0)
            other = (np.asarray(case[p.name]) + 1) % below if below else np.asarray(case[p.name]) + 1
        yield {**case, p.name: other}


def _backward(
    plan: Plan, forward: Function, by: Function, case: Mapping[str, Any], cotangent: np.ndarray
) -> Sequence[Ref]:
    _, cache = forward.ask(plan, case)
    dout, opaque = (p.name for p in by.parameters[:2])
    return by.ask(plan, {dout: cotangent, opaque: cache})
