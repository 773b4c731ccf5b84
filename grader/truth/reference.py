"""The truth: a topic's reference in PyTorch, float64, on the processor or a GPU, behind the same plans as a student.

The helpers at the end are what `reference/*.py` is written with: gradients come from autograd, never by hand.
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import torch

from ..errors import GraderError
from ..inside.given import Given
from ..inside.plan import Plan, execute
from ..inside.wire import Bound
from ..numerics.compare import Truth, largest
from ..topics.folder import Assignment, load_module
from ..topics.signature import Class, Function
from .record import InMemory, OnDisk, Recorded, truths_from_bytes, truths_to_bytes

gc.freeze()  # torch brings 150,000 objects that stay: every collection would look at all of them
DTYPE = torch.float64


def choose_device(wish: str) -> str:
    """Return "cpu" or "cuda" for a wish of "auto", "cpu" or "cuda". Raise GraderError if a GPU is asked for and there is none."""
    available = torch.cuda.is_available()
    if wish == "cuda" and not available:
        raise GraderError("device cuda was asked for, but torch sees no GPU here: use --device cpu or auto")
    return "cuda" if available and wish in ("auto", "cuda") else "cpu"


def be_exact(device: str) -> None:
    """Turn TF32 off and deterministic kernels on, and use one thread: a grade must not depend on the machine's core count."""
    torch.set_num_threads(1)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    if device == "cuda":
        torch.set_deterministic_debug_mode("warn")  # use_deterministic_algorithms would import torch's compiler


class Oracle:
    """Answers plans from `reference/MODULE.py`. Answers are computed once and shared by all submissions and threads."""

    def __init__(self, assignment: Assignment, device: str = "cpu") -> None:
        be_exact(device)
        self.device = device
        self.module = load_module(assignment.reference_path, f"course_reference_{assignment.module}")
        self.world = {t.name: self._class(t) if isinstance(t, Class) else self._bind(t) for t in assignment.targets}
        self.world |= dict(self._helpers_of_reference())
        self.version = f"{assignment.hashes['reference']} {torch.__version__} {device}"
        memory = InMemory[list[Truth]]()
        disk = OnDisk(self.version, truths_to_bytes, truths_from_bytes)
        self.short, self.long = Recorded([memory], self.compute), Recorded([memory, disk], self.compute)

    def run(self, plan: Plan) -> list[Truth]:
        """Return the wanted answers. Raise GraderError where the reference fails: that is never the student's fault.

        What an ensemble answers takes seconds: it is kept on disk between gradings.
        """
        takes_long = any(isinstance(vars(self.module).get(name), Ensemble) for name in plan.names())
        return (self.long if takes_long else self.short).run(plan)

    def compute(self, plan: Plan) -> list[Truth]:
        """Run a copy of the plan: a script that changes a shared array in place must not change what the student is sent."""
        try:
            return execute(plan.copy(), self.world, {}, _truth, made=self._given)
        except Exception as error:
            names = ", ".join(plan.names())
            raise GraderError(f"the reference of {names} failed: {type(error).__name__}: {error}") from error

    def _bind(self, target: Function) -> Callable[..., Any]:
        """Return the reference function with the signature's defaults; it takes numpy arrays and gives tensors."""
        names = [p.name for p in target.parameters]

        def bound(*args: Any, **kwargs: Any) -> Any:
            given = target.defaults | dict(zip(names, args, strict=False)) | kwargs
            return self._reference(target.name)(**self._tensors(given))

        return bound

    def _given(self, value: Bound) -> Given:
        """Return the reference's function of the name of one that is given to the student's, with the same arguments bound."""
        return Given(self._reference(value.name), self._tensors(value.bound), value.budget)

    def _class(self, target: Class) -> Callable[..., Any]:
        return lambda *args, **kwargs: self._reference(target.name)(*args, **kwargs)

    def _helpers_of_reference(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        """Yield what the reference answers though no student writes it: single stages ("backward.dW2"), and ensembles."""
        for name, thing in vars(self.module).items():
            if isinstance(thing, Stages):
                for stage, step in thing.steps.items():
                    yield f"{name}.{stage}", self._named(step)
            if isinstance(thing, Ensemble):
                yield name, self._named(thing.trainings)

    def _named(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function of those arguments that it takes, as tensors."""
        takes = arguments_of(step)
        return lambda **given: step(**self._tensors({name: given[name] for name in takes}))

    def _reference(self, name: str) -> Callable[..., Any]:
        reference: Callable[..., Any] | None = getattr(self.module, name, None)
        if reference is None:
            raise GraderError(f"{self.module.__file__} defines no `{name}`")
        return reference

    def _tensors(self, given: dict[str, Any]) -> dict[str, Any]:
        return {name: _tensor(value, self.device) for name, value in given.items()}


def _tensor(value: Any, device: str) -> Any:
    if isinstance(value, list):
        return [_tensor(item, device) for item in value]
    if not isinstance(value, np.ndarray):
        return value
    tensor = torch.from_numpy(np.array(value))
    return tensor.to(device=device, dtype=DTYPE if tensor.is_floating_point() else None)


def _truth(value: Any) -> Truth:
    if isinstance(value, torch.Tensor):
        array = value.detach().cpu().numpy().copy()
        return Truth.of(array, max(largest(array), getattr(value, "_largest_term", 0.0)))
    return Truth.of(value)


# ---------------------------------------------------------------------------------- what references are written with

Terms = Callable[..., Sequence[torch.Tensor] | torch.Tensor]


def derivative(of: Callable[..., torch.Tensor], wrt: str) -> Callable[..., torch.Tensor]:
    """Return the gradient of a scalar reference function with respect to the argument `wrt`, by autograd."""

    def gradient(**case: Any) -> torch.Tensor:
        x = case[wrt].clone().requires_grad_(True)
        return torch.autograd.grad(of(**{**case, wrt: x}), x)[0]

    return gradient


def layer(
    forward: Callable[..., torch.Tensor], terms: Terms | None = None
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the pair (forward, backward) of a layer, from its forward alone; backward is autograd's vector-Jacobian product.

    `terms(dout, **arguments)` gives, for each gradient, a tensor as large as the largest term that it is summed from:
    the scale of rounding where the sum cancels.
    """

    def run_forward(**case: Any) -> tuple[torch.Tensor, Any]:
        inputs = {k: v.clone().requires_grad_(True) for k, v in case.items() if _is_real(v)}
        with torch.enable_grad():
            out = forward(**{**case, **inputs})
        return out.detach(), (out, inputs, case)

    def run_backward(dout: torch.Tensor, cache: Any) -> Any:
        out, inputs, case = cache
        if dout.shape != out.shape:
            raise ValueError(f"dout has shape {tuple(dout.shape)}, and what forward returns {tuple(out.shape)}")
        # The gradient of this sum at `out` is dout, bit by bit. Given a dout itself, torch imports sympy (500 modules).
        with torch.enable_grad():
            pulled = (out * dout).sum()
        found = torch.autograd.grad(pulled, list(inputs.values()), retain_graph=True, materialize_grads=True)
        if terms is not None:
            scales = terms(dout, **case)
            for g, scale in zip(found, [scales] if isinstance(scales, torch.Tensor) else scales, strict=True):
                scaled(g, scale)
        return found[0] if len(found) == 1 else found

    return run_forward, run_backward


def scaled(value: torch.Tensor, *terms: torch.Tensor) -> torch.Tensor:
    """Return `value` with the sizes of the terms that it is summed from: comparison allows their rounding."""
    value._largest_term = max(float(t.abs().max()) for t in terms)  # type: ignore[attr-defined]
    return value


class Stages:
    """A function of several outputs by name, each computed from the function's arguments and the outputs before it.

    What a step takes is told by the names of its parameters. The check `stage` asks for a single step, too, from whatever
    earlier values it gives.
    """

    def __init__(self, **steps: Callable[..., torch.Tensor]) -> None:
        self.steps = steps

    def __call__(self, **case: Any) -> tuple[torch.Tensor, ...]:
        values = dict(case)
        for name, step in self.steps.items():
            values[name] = step(**{taken: values[taken] for taken in arguments_of(step)})
        return tuple(values[name] for name in self.steps)


class Ensemble:
    """Many training runs at once: `trainings(members, …)` returns tensors whose first axis is the members.

    The check `band` asks for it. Its answers depend on the arguments, the reference's source and the device alone, and are
    kept on disk between gradings.
    """

    def __init__(self, trainings: Callable[..., Any]) -> None:
        self.trainings = trainings


def arguments_of(step: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the arguments that a step takes."""
    return tuple(inspect.signature(step).parameters)


@cache
def eager(optimiser: type[torch.optim.Optimizer]) -> type[torch.optim.Optimizer]:
    """Return a torch.optim optimiser without its wrappers for torch's compiler: the same code, and the same numbers.

    When first called, those wrappers import the whole compiler (800 modules, over a second), even where nothing is compiled.
    """
    methods = {name: inspect.unwrap(getattr(optimiser, name)) for name in ("add_param_group", "zero_grad", "step")}
    methods["step"] = torch.no_grad()(methods["step"])  # all else that the wrapper of `step` does
    return type(optimiser.__name__, (optimiser,), methods)


def stepwise(make: Callable[..., torch.optim.Optimizer]) -> Callable[..., Any]:
    """Return a torch.optim optimiser as the pure step (w, dw, state, **hyper) → (w, state).

    `make(parameters, **hyper)` builds it, best of an `eager` class: anew at each step, since hyper-parameters may change.
    """

    def step(w: torch.Tensor, dw: torch.Tensor, state: Any, **hyper: Any) -> tuple[torch.Tensor, Any]:
        parameter = state["w"] if state else torch.nn.Parameter(w.clone())
        optimiser = make([parameter], **hyper)
        optimiser.state.update(state.get("memory", {}))
        with torch.no_grad():
            parameter.copy_(w)
        parameter.grad = dw.clone()
        optimiser.step()
        return parameter.detach().clone(), {"w": parameter, "memory": optimiser.state}

    return step


def _is_real(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


@cache
def device_name(device: str) -> str:
    """Return a name for reports: "cpu", or "cuda (NVIDIA …)"."""
    return f"cuda ({torch.cuda.get_device_name()})" if device == "cuda" else "cpu"


__all__ = [
    "Ensemble",
    "Oracle",
    "Stages",
    "choose_device",
    "derivative",
    "device_name",
    "eager",
    "layer",
    "scaled",
    "stepwise",
]
