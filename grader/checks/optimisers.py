"""Claims about optimisers: `trajectory` (open loop, step by step) and `converges` (closed loop, the student's own iterates).

An optimiser is a function (w, dw, state, *, hyper-parameters) → (w, state): a parameter, its gradient, and opaque state,
which is {} before the first step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..errors import TopicError, Wrong
from ..inside.plan import Plan
from ..inside.wire import Handle
from ..numerics.compare import Truth, require_array, require_close, require_precision
from ..numerics.name_numbers import STEP
from ..topics.cases import authors_code, code_name
from ..topics.cell import call, literal
from ..topics.signature import Declared, Function, Spec, function
from ..topics.trial import Check, SingleCase, Trial

DECADES = 1.5  # standard deviation of log10 |gradient| between coordinates: eps shows only where sizes differ
MAX_STEPS = 100  # of a closed loop: a round trip each


class trajectory(Check):
    """Fed the same gradients from w = 0, every step agrees with the reference's; the first that differs is the evidence.

    Increments are compared, not iterates (on w at lr = 1e-3, a relative 1e-7 is 1e-4 of the step). The gradients' sizes
    span decades between coordinates, and one coordinate's is always 0; with `zero_gradients` another's is 0 at every other step.
    `tensors` tensors are stepped in turn, each with its own state. Hyper-parameters that are not given are left out of
    the call, so that defaults are judged.
    """

    def __init__(
        self,
        declared: Declared,
        steps: int,
        tensors: int = 1,
        size: int = 40,
        zero_gradients: bool = False,
        **hyper: Any,
    ) -> None:
        if steps < 1 or tensors < 1 or size < 2:
            sentence = "at least one step of one tensor of two entries, of which one has no gradient"
            raise TopicError(f"trajectory(steps={steps}, tensors={tensors}, size={size}): {sentence}")
        self.target, self.steps, self.tensors, self.size = _optimiser(declared, hyper), steps, tensors, size
        self.zero_gradients, self.hyper = zero_gradients, hyper
        self.functions = (self.target,)

    @property
    def references(self) -> frozenset[str]:
        return frozenset([self.target.name])

    def __call__(self, trial: Trial) -> None:
        self.judge(trial, self._draw(trial), self.hyper)

    def single_case(self, trial: Trial) -> SingleCase:
        """Return the first tensor's steps; their gradients are an array of (steps, n)."""
        dw = self.target.parameters[1].name
        case = {dw: self._draw(trial)[:, 0], **self.hyper}
        specs = {dw: Spec("real", (STEP, "n"))}
        return SingleCase(_Steps(self), [("these gradients", case)], specs, self.target.defaults, self._write)

    def _draw(self, trial: Trial) -> np.ndarray:
        """Draw gradients of shape (steps, tensors, size)."""
        each, sizes = trial.normal((self.steps, self.tensors, self.size)), trial.normal((self.tensors, self.size))
        gradients = each * trial.computed(lambda: 10 ** (DECADES * sizes))  # a power's last bit is the machine's
        gradients[..., 0] = 0
        if self.zero_gradients:
            gradients[1::2, :, 1] = 0
        return gradients

    def judge(self, trial: Trial, gradients: np.ndarray, hyper: Mapping[str, Any]) -> None:
        """Raise Wrong at the first step that differs, for these gradients."""
        steps, tensors, size = gradients.shape
        plan = self._plan(gradients, hyper)
        truths = [t.value for t in trial.expect(plan)]
        answers = trial.student.run(plan)
        before = [(np.zeros(size), np.zeros(size))] * tensors
        for k, (got, want) in enumerate(zip(answers, truths, strict=True)):
            step, tensor = divmod(k, tensors)
            where = f"{self.target.name}, step {step + 1} of {steps}{_settings(tensor, tensors, hyper)}"
            array = require_array(got, want.shape, "f", where)
            require_precision(array, where)
            mine, theirs = before[tensor]
            rounding = np.maximum(np.abs(want), np.abs(theirs)) + np.abs(want - theirs)
            change, right = array - mine, Truth(want - theirs, rounding)
            given = {**self.target.defaults, **hyper, self.target.parameters[1].name: gradients[step, tensor]}
            nearby = _nearby([np.zeros(size), *truths[tensor::tensors]], step)
            require_close(change, right, f"{where}: the change of w", given={**given, STEP: step + 1}, nearby=nearby)
            before[tensor] = array, want

    def _plan(self, gradients: np.ndarray, hyper: Mapping[str, Any]) -> Plan:
        w, dw, state = (p.name for p in self.target.parameters[:3])
        plan = Plan()
        _, tensors, size = gradients.shape
        now: list[tuple[Any, Any]] = [(np.zeros(size), {}) for _ in range(tensors)]
        for step in gradients:
            for i, slope in enumerate(step):
                at, memory = now[i]
                new_w, new_state = self.target.ask(plan, {w: at, dw: slope, state: memory, **hyper})
                now[i] = new_w, new_state
                plan.want(new_w)
        return plan

    def _write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        """Write a loop over the gradients, and the change of w in the step that is wrong: the last."""
        w, dw, state = (p.name for p in self.target.parameters[:3])
        gradients = case[dw][: wrong.evidence.given.get(STEP)]
        return [
            f"{w}, {state} = np.zeros({gradients.shape[1]}), {{}}",
            f"for {dw} in {literal(gradients)}:",
            f"    before = np.array({w})",
            f"    {w}, {state} = {call(self.target, case, **{w: w, dw: dw, state: state})}",
            f"np.subtract({w}, before)",
        ]


class _Steps(Check):
    """The claim of a trajectory on a case that gives the gradients, of shape (steps, n), and hyper-parameters."""

    def __init__(self, of: trajectory) -> None:
        self.of, self.functions = of, of.functions

    def __call__(self, trial: Trial) -> None:
        ((_, case),) = trial.cases()
        dw = self.of.target.parameters[1].name
        self.of.judge(trial, case[dw][:, None], {name: value for name, value in case.items() if name != dw})


def _nearby(right: list[np.ndarray], step: int) -> dict[str, np.ndarray]:
    """Return the right changes of the steps before and after; `right` are the right w, from the start on."""
    wanted = {"the right change of the step before": step - 1, "the right change of the step after": step + 1}
    return {name: right[i + 1] - right[i] for name, i in wanted.items() if 0 <= i < len(right) - 1}


def _settings(tensor: int, tensors: int, hyper: Mapping[str, Any]) -> str:
    parts = [f"tensor {tensor + 1}"] if tensors > 1 else []
    parts += [f"{key}={value}" for key, value in hyper.items()]
    return f" ({', '.join(parts)})" if parts else ""


class converges(Check):
    """From `start`, fed `slope(w)` at its own iterates, the submission comes within `within` of the minimum `to` in every
    coordinate after `steps` steps."""

    def __init__(
        self,
        declared: Declared,
        start: Any,
        slope: Callable[[np.ndarray], np.ndarray],
        to: Any,
        within: float,
        steps: int,
        **hyper: Any,
    ) -> None:
        if not 0 < steps <= MAX_STEPS:
            raise TopicError(f"converges(steps={steps}): from 1 to {MAX_STEPS}, since each step is a round trip")
        self.target, self.hyper, self.steps = _optimiser(declared, hyper), hyper, steps
        self.start, self.slope, self.to, self.within = np.array(start, float), slope, np.array(to, float), within
        self.functions = (self.target,)
        if self.start.ndim != 1 or self.start.shape != self.to.shape:
            raise TopicError(f"converges(start={start!r}, to={to!r}): give two lists of as many numbers")

    def __call__(self, trial: Trial) -> None:
        w: np.ndarray = self.start
        state: dict[str, Any] | Handle = {}
        for step in range(1, self.steps + 1):
            answer, state = self._step(trial, w, state)
            w = require_array(answer, self.start.shape, "f", f"{self.target.name}, step {step} of {self.steps}").astype(
                float
            )
            if not np.isfinite(w).all():
                raise Wrong(
                    f"{self.target.name} after {step} steps", f"w is no longer finite: {_point(w)}", w, id="diverged"
                )
        away = float(np.abs(w - self.to).max())
        if not away < self.within:
            sentence = f"w is {_point(w)}, {away:.3g} away from the minimum at {_point(self.to)} (expected within {self.within:g})"
            raise Wrong(f"{self.target.name} after {self.steps} steps", sentence, w, id="far")

    def _step(self, trial: Trial, w: np.ndarray, state: dict[str, Any] | Handle) -> tuple[Any, Handle]:
        plan, names = Plan(), [p.name for p in self.target.parameters[:3]]
        with np.errstate(all="ignore"), authors_code(self.slope):  # where the submission diverges
            slope = self.slope(w)
            if np.shape(slope) != w.shape:
                raise TopicError(
                    f"{code_name(self.slope)} returned an array of shape {np.shape(slope)}, expected {w.shape}"
                )
        case = dict(zip(names, (w, slope, state), strict=True)) | self.hyper
        new_w, new_state = self.target.ask(plan, case)
        plan.want(new_w)
        plan.keep(new_state)
        answer, handle = trial.student.run(plan)
        return answer, handle


def _optimiser(declared: Declared, hyper: Mapping[str, Any]) -> Function:
    """Return the function of an optimiser. Raise TopicError for another one, or if it lacks a hyper-parameter."""
    target = function(declared)
    if len(target.parameters) < 3 or len(target.outputs) != 2:
        raise TopicError(f"{target.name} is no optimiser: one takes (w, dw, state, *, …) and returns (w, state)")
    known = [p.name for p in target.parameters[3:]]
    if unknown := [name for name in hyper if name not in known]:
        raise TopicError(f"{target.name} has no hyper-parameter `{unknown[0]}` (it has: {', '.join(known) or 'none'})")
    return target


def _point(w: np.ndarray) -> str:
    return f"({', '.join(f'{x:.4g}' for x in w)})"
