"""Claims about optimisers: `trajectory` (open loop, step by step) and `converges` (closed loop, the student's own iterates).

An optimiser is a function (w, dw, state, *, hyper-parameters) → (w, state): a parameter, its gradient, and opaque state,
which is {} before the first step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import Raised, TopicError, Wrong
from ..inside.plan import Plan
from ..inside.wire import Handle, encode
from ..numerics.compare import Truth, as_array, require_array, require_close, require_precision
from ..numerics.name_numbers import STEP
from ..topics.cases import Arguments, Cases, authors_code, code_name, draw, place
from ..topics.cell import call, literal
from ..topics.signature import Declared, Function, Spec, function
from ..topics.trial import Check, SingleCase, Trial, on_case

DECADES = 1.5  # standard deviation of log10 |gradient| between coordinates: eps shows only where sizes differ
MAX_STEPS = 100  # of a closed loop: a round trip each
ON_PATH = 1e-9  # of the largest entry of a path: Adams written in other ways are 1e-12 apart after 100 steps
PATHS = 20  # that are kept: one for each case and seed


class trajectory(Check):
    """Fed the same gradients from w = 0, every step agrees with the reference's; the first that differs is the evidence.

    Increments are compared, not iterates (on w at lr = 1e-3, a relative 1e-7 is 1e-4 of the step). The gradients' sizes
    span decades between entries. With `zero_gradients` the first entry's is always 0, the second's at every other step; at the
    steps `pauses`, counted from 1, all are 0.

    `tensors` tensors of any `shape` are stepped in turn, each with its own state. A hyper-parameter that is a list is a
    schedule, a value for each step; those that are not given are left out of the call, so that defaults are judged.
    """

    def __init__(
        self,
        declared: Declared,
        steps: int,
        tensors: int = 1,
        shape: tuple[int, ...] = (40,),
        zero_gradients: bool = False,
        pauses: Sequence[int] = (),
        **hyper: Any,
    ) -> None:
        if steps < 1 or tensors < 1 or not all(n > 0 for n in shape):
            sentence = "at least one step of one tensor, of at least one entry"
            raise TopicError(f"trajectory(steps={steps}, tensors={tensors}, shape={shape}): {sentence}")
        if zero_gradients and math.prod(shape) < 3:
            raise TopicError(
                f"trajectory(shape={shape}, zero_gradients=True): at least three entries, one of them never 0"
            )
        if not set(pauses) < set(range(1, steps + 1)):
            raise TopicError(
                f"trajectory(steps={steps}, pauses={pauses}): some of the steps 1 to {steps}, but not all of them"
            )
        self.target, self.steps, self.tensors, self.shape = _optimiser(declared, hyper), steps, tensors, tuple(shape)
        self.zero_gradients, self.pauses = zero_gradients, [step - 1 for step in pauses]
        self.hyper = {name: _schedule(name, value, steps) for name, value in hyper.items()}
        self.functions = (self.target,)

    @property
    def references(self) -> frozenset[str]:
        return frozenset([self.target.name])

    def __call__(self, trial: Trial) -> None:
        self.judge(trial, self._draw(trial), self.hyper)

    def single_case(self, trial: Trial) -> SingleCase:
        """Return the first tensor's steps; their gradients are an array of (steps, *shape)."""
        dw = self.target.parameters[1].name
        case = {dw: self._draw(trial)[:, 0], **self.hyper}
        axes = ("n",) if len(self.shape) == 1 else tuple(f"axis{i}" for i in range(len(self.shape)))
        schedules = {name: Spec("real", (STEP,)) for name, value in self.hyper.items() if _is_schedule(value)}
        specs = {dw: Spec("real", (STEP, *axes)), **schedules}
        return SingleCase(_Steps(self), [("these gradients", case)], specs, self.target.defaults, self._write)

    def _draw(self, trial: Trial) -> np.ndarray:
        """Draw gradients of shape (steps, tensors, *shape)."""
        size = math.prod(self.shape)
        each, sizes = trial.normal((self.steps, self.tensors, size)), trial.normal((self.tensors, size))
        gradients = each * trial.computed(lambda: 10 ** (DECADES * sizes))  # a power's last bit is the machine's
        if self.zero_gradients:
            gradients[..., 0] = gradients[1::2, :, 1] = 0
        gradients[self.pauses] = 0
        return gradients.reshape(self.steps, self.tensors, *self.shape)

    def judge(self, trial: Trial, gradients: np.ndarray, hyper: Mapping[str, Any]) -> None:
        """Raise Wrong at the first step that differs, for these gradients."""
        steps, tensors, *shape = gradients.shape
        plan = self._plan(gradients, hyper)
        truths = [t.value for t in trial.expect(plan)]
        answers = trial.student.run(plan)
        start = np.zeros(shape)
        before = [(start, start)] * tensors
        for k, (got, want) in enumerate(zip(answers, truths, strict=True)):
            step, tensor = divmod(k, tensors)
            now = _at(hyper, step)
            at = f", step {step + 1} of {steps}{_settings(tensor, tensors, now)}"
            where = f"{self.target.name}{at}"
            array = require_array(got, want.shape, "f", f"{self.target.label(0)}{at}")
            require_precision(array, where)
            mine, theirs = before[tensor]
            rounding = np.maximum(np.abs(want), np.abs(theirs)) + np.abs(want - theirs)
            change, right = np.asarray(array - mine), Truth(np.asarray(want - theirs), rounding)
            given = {**self.target.defaults, **now, self.target.parameters[1].name: gradients[step, tensor]}
            nearby = _nearby([start, *truths[tensor::tensors]], step)
            require_close(change, right, f"{where}: the change of w", given={**given, STEP: step + 1}, nearby=nearby)
            before[tensor] = array, want

    def _plan(self, gradients: np.ndarray, hyper: Mapping[str, Any]) -> Plan:
        w, dw, state = (p.name for p in self.target.parameters[:3])
        plan = Plan()
        _, tensors, *shape = gradients.shape
        now: list[tuple[Any, Any]] = [(np.zeros(shape), {}) for _ in range(tensors)]
        for step in range(len(gradients)):
            for i in range(tensors):
                at, memory = now[i]
                slope = np.array(gradients[step, i])
                new_w, new_state = self.target.ask(plan, {w: at, dw: slope, state: memory, **_at(hyper, step)})
                now[i] = new_w, new_state
                plan.want(new_w)
        return plan

    def _write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        """Write a loop over the gradients, and the change of w in the step that is wrong: the last."""
        w, dw, state = (p.name for p in self.target.parameters[:3])
        steps = slice(wrong.evidence.given.get(STEP))
        over = {dw: literal(case[dw][steps])}  # what is another at each step
        over |= {name: literal(case[name][steps].tolist()) for name in self.hyper if _is_schedule(case.get(name))}
        each = ", ".join(over.values())
        shape = case[dw].shape[1:]
        return [
            f"{w}, {state} = np.zeros({shape[0] if len(shape) == 1 else shape}), {{}}",
            f"for {', '.join(over)} in {each if len(over) == 1 else f'zip({each})'}:",
            f"    before = np.array({w})",
            f"    {w}, {state} = {call(self.target, case, **{name: name for name in (w, state, *over)})}",
            f"np.subtract({w}, before)",
        ]


class _Steps(Check):
    """The claim of a trajectory on a case that gives the gradients, of shape (steps, *shape), and hyper-parameters."""

    def __init__(self, of: trajectory) -> None:
        self.of, self.functions = of, of.functions

    def __call__(self, trial: Trial) -> None:
        ((_, case),) = trial.cases()
        dw = self.of.target.parameters[1].name
        self.of.judge(trial, case[dw][:, None], {name: value for name, value in case.items() if name != dw})


def _schedule(name: str, value: Any, steps: int) -> Any:
    """Return the array of a schedule, a value for each step; what is no list is returned as it is. Raise TopicError for a list
    of another length, or of other things than numbers."""
    if not isinstance(value, list):
        return value
    array = as_array(value)
    if array is None or array.shape != (steps,):
        raise TopicError(
            f"trajectory(steps={steps}, {name}={value}): a list is a schedule, a number for each of the {steps} steps"
        )
    return array


def _is_schedule(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _at(hyper: Mapping[str, Any], step: int) -> dict[str, Any]:
    """Return the hyper-parameters of a step, counted from 0."""
    return {name: value[step].item() if _is_schedule(value) else value for name, value in hyper.items()}


def _nearby(right: list[np.ndarray], step: int) -> dict[str, np.ndarray]:
    """Return the right changes of the steps before and after; `right` are the right w, from the start on."""
    wanted = {"the right change of the step before": step - 1, "the right change of the step after": step + 1}
    return {name: np.asarray(right[i + 1] - right[i]) for name, i in wanted.items() if 0 <= i < len(right) - 1}


def _settings(tensor: int, tensors: int, hyper: Mapping[str, Any]) -> str:
    parts = [f"tensor {tensor + 1}"] if tensors > 1 else []
    parts += [f"{key}={value}" for key, value in hyper.items()]
    return f" ({', '.join(parts)})" if parts else ""


class converges(Check):
    """On every case, from its `start` and fed `slope(w, case)` at its own iterates, the submission comes within `within` of the
    minimum, `to`, in every entry after `steps` steps.

    Both are drawn by the generator `on`, so that no constant is the answer: a case is a name and {"start": …, "to": …}, and
    what else the slope depends on.

    A step needs the one before, so each is a message: 100 of the 109 of Adam's grading. So the reference's own path is tried
    first, in one message: where each of the submission's steps, given the slopes of that path, is on it, its own path is that one.
    """

    def __init__(
        self,
        declared: Declared,
        slope: Callable[[np.ndarray, Mapping[str, Any]], np.ndarray],
        on: Cases,
        within: float,
        steps: int,
        **hyper: Any,
    ) -> None:
        if not 0 < steps <= MAX_STEPS:
            raise TopicError(f"converges(steps={steps}): from 1 to {MAX_STEPS}, since each step is a round trip")
        self.target, self.hyper, self.steps = _optimiser(declared, hyper), hyper, steps
        self.slope, self.generator, self.within = slope, on, within
        self.functions, self._paths = (self.target,), dict[bytes, np.ndarray]()
        self._require_drawn()

    def _require_drawn(self) -> None:
        """Raise TopicError for a minimum that is the same on two seeds, to within what counts as found."""
        one, other = (draw(self.generator, np.random.default_rng(seed)) for seed in range(2))
        for (name, case), (_, another) in zip(one, other, strict=False):
            to, elsewhere = self._ends(name, case)[1], self._ends(name, another)[1]
            if to.shape == elsewhere.shape and np.abs(to - elsewhere).max() < self.within:
                raise TopicError(
                    f"converges(on={code_name(self.generator)}): the minimum on {name} is {_point(to)} on every seed: "
                    "a program that always walks there earns the row",
                    place(self.generator),
                )

    def _ends(self, name: str, case: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        """Return start and minimum of a case. Raise TopicError where it has not both, of one shape and apart."""
        found = [as_array(case.get(end)) for end in ("start", "to")]
        start, to = (np.zeros(0) if array is None else array.astype(float) for array in found)
        if start.size and start.shape == to.shape and np.abs(start - to).max() >= self.within:
            return start, to
        given = f"{code_name(self.generator)} gives start={case.get('start')}, to={case.get('to')} on {name}"
        raise TopicError(
            f"converges: {given}: two arrays of one shape, further apart than {self.within:g}", place(self.generator)
        )

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            start, to = self._ends(name, case)
            try:
                if not self._is_on_the_path(trial, start, case):
                    self._descend(trial, start, to, case)
            except Wrong as wrong:
                raise on_case(wrong, name) from None

    def _is_on_the_path(self, trial: Trial, start: np.ndarray, case: Mapping[str, Any]) -> bool:
        """Say whether the submission's steps, given the slopes of the reference's path, follow it, and it ends near enough."""
        path = trial.computed(lambda: self._path(trial, start, case))
        if not np.isfinite(path).all() or not np.abs(path[-1] - case["to"]).max() < self.within * (1 - ON_PATH):
            return False
        plan = Plan()
        state: Any = {}
        w = plan.let(start)
        for point in [start, *path[:-1]]:
            w, state = self.target.ask(plan, self._given(w, self._slope(point, case), state))
            plan.want(w)
        try:
            found = [as_array(answer) for answer in trial.student.run(plan)]
        except Raised:  # it is asked again, step by step
            return False
        near = ON_PATH * np.abs(path).max()
        return all(
            array is not None and array.shape == point.shape and np.abs(array - point).max() < near
            for array, point in zip(found, path, strict=True)
        )

    def _path(self, trial: Trial, start: np.ndarray, case: Mapping[str, Any]) -> np.ndarray:
        """Return the reference's path, one point after each step. It is the same for everybody: it is kept."""
        key = encode({**case, "start": start})
        if key not in self._paths:
            points, slopes = [start], list[np.ndarray]()
            for _ in range(self.steps):
                slopes.append(self._slope(points[-1], case))
                plan = Plan()
                state: Any = {}
                for point, slope in zip(
                    points, slopes, strict=True
                ):  # what it keeps between steps is its own: from the start
                    w, state = self.target.ask(plan, self._given(point, slope, state))
                plan.want(w)
                points.append(trial.expect(plan)[0].value)
            if len(self._paths) > PATHS:
                self._paths.clear()
            self._paths[key] = np.array(points[1:])
        return self._paths[key]

    def _slope(self, w: np.ndarray, case: Mapping[str, Any]) -> np.ndarray:
        with np.errstate(all="ignore"), authors_code(self.slope):  # where the submission diverges
            slope = np.asarray(self.slope(w, Arguments(case)), float)
            if slope.shape != w.shape:
                raise TopicError(
                    f"{code_name(self.slope)} returned an array of shape {slope.shape}, expected {w.shape}"
                )
        return slope

    def _given(self, w: Any, slope: np.ndarray, state: Any) -> dict[str, Any]:
        names = [p.name for p in self.target.parameters[:3]]
        return dict(zip(names, (w, slope, state), strict=True)) | self.hyper

    def _descend(self, trial: Trial, w: np.ndarray, to: np.ndarray, case: Mapping[str, Any]) -> None:
        state: dict[str, Any] | Handle = {}
        for step in range(1, self.steps + 1):
            answer, state = self._step(trial, w, state, case)
            where = f"{self.target.label(0)}, step {step} of {self.steps}"
            w = require_array(answer, to.shape, "f", where).astype(float)
            if not np.isfinite(w).all():
                raise Wrong(
                    f"{self.target.name} after {step} steps", f"w is no longer finite: {_point(w)}", w, id="diverged"
                )
        away = float(np.abs(w - to).max())
        if not away < self.within:
            sentence = (
                f"w is {_point(w)}, {away:.3g} away from the minimum at {_point(to)} (expected within {self.within:g})"
            )
            raise Wrong(f"{self.target.name} after {self.steps} steps", sentence, w, id="far")

    def _step(
        self, trial: Trial, w: np.ndarray, state: dict[str, Any] | Handle, case: Mapping[str, Any]
    ) -> tuple[Any, Handle]:
        plan = Plan()
        new_w, new_state = self.target.ask(plan, self._given(w, self._slope(w, case), state))
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
    return f"({', '.join(f'{x:.4g}' for x in w.flat)})"
