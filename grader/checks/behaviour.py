"""Claims about how an answer is found: `pure` (arguments unchanged, same answer again), `cheap` (its cost)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import Wrong
from ..inside.plan import Plan
from ..inside.wire import Ref
from ..numerics.compare import SAME, Truth, as_array, require_close
from ..topics.cases import Cases
from ..topics.signature import Declared, Function, Layer, functions_of, layer
from ..topics.trial import Check, Trial, as_functions

CHEAP_FORWARDS = 20  # a backward pass costs two or three forwards; numerical differentiation one or two per entry
CHEAP_SECONDS = 0.05  # below this no cost is judged: clocks and first calls


class pure(Check):
    """Called twice on the first case, each function (a layer: forward, then backward) leaves its array arguments alone
    and answers the same. Opaque arguments may be changed, or used up: they are the student's own."""

    def __init__(self, *declared: Declared, on: Cases | None = None) -> None:
        self.declared, self.functions, self.generator = declared, as_functions(declared), on

    @property
    def judges(self) -> frozenset[str]:
        return frozenset()  # an answer may be right and its argument changed all the same

    def __call__(self, trial: Trial) -> None:
        _, case = trial.cases(self.generator)[0]
        for item in self.declared:
            forward, *backward = functions_of(item)
            self._twice(trial, forward, case)
            if backward:
                self._twice_backward(trial, forward, backward[0], case)

    def _twice(self, trial: Trial, target: Function, case: dict[str, Any]) -> None:
        plan = Plan()
        shared = {k: plan.let(v) if isinstance(v, np.ndarray) else v for k, v in target.arguments(case).items()}
        calls = [target.ask(plan, shared) for _ in range(2)]
        _require_pure(
            trial, plan, target, {k: (ref, case[k]) for k, ref in shared.items() if isinstance(ref, Ref)}, calls
        )

    def _twice_backward(self, trial: Trial, forward: Function, backward: Function, case: dict[str, Any]) -> None:
        plan = Plan()
        cotangent = trial.normal(forward.shape(0, case))
        dout, cache = (p.name for p in backward.parameters[:2])
        shared = {k: plan.let(v) if isinstance(v, np.ndarray) else v for k, v in forward.arguments(case).items()}
        given = plan.let(cotangent)
        caches = [forward.ask(plan, shared)[1] for _ in range(2)]
        calls = [backward.ask(plan, {dout: given, cache: remembered}) for remembered in caches]
        arguments = {k: (ref, case[k]) for k, ref in shared.items() if isinstance(ref, Ref)} | {
            dout: (given, cotangent)
        }
        _require_pure(trial, plan, backward, arguments, calls)


def _require_pure(
    trial: Trial, plan: Plan, target: Function, arguments: dict[str, tuple[Ref, Any]], calls: list[list[Ref]]
) -> None:
    visible = [i for i, (_, spec) in enumerate(target.outputs) if spec.is_array]
    for call in calls:
        plan.want(*(call[i] for i in visible))
    plan.want(*(ref for ref, _ in arguments.values()), late=True)
    answers = trial.student.run(plan)
    first, second, after = (
        answers[: len(visible)],
        answers[len(visible) : 2 * len(visible)],
        answers[2 * len(visible) :],
    )
    for (name, (_, before)), now in zip(arguments.items(), after, strict=True):
        if not np.array_equal(before, now, equal_nan=True):
            raise Wrong(target.name, f"changed its argument `{name}`: work on a copy", now, id="argument-changed")
    for i, one, two in zip(visible, first, second, strict=True):
        want = as_array(one)
        if want is not None and np.isfinite(want).all():
            require_close(two, Truth.of(want), f"{target.label(i)}, asked twice", SAME)


class cheap(Check):
    """On a large case, a layer's backward costs the submission's process no more than some forwards of CPU time.

    What numbers cannot tell (numerical differentiation) its cost does. Not for element-wise functions, where
    differences are as cheap as derivatives.
    """

    def __init__(self, declared: type[Layer], on: Cases) -> None:
        self.forward, self.backward = layer(declared)
        self.functions, self.generator = (self.forward, self.backward), on

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
