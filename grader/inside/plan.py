"""A plan: what an implementation is asked to do, as data, and the few lines that do it.

    let   a value                  new  an instance of a class
    call  a function or a method   get  an attribute
    apply an operator: + − × ÷ …

Each step's result may be an argument of a later step (`Ref`), so thirty steps of an optimiser or a whole expression
graph are one round trip. Only the answers that are wanted come back; states, caches and objects stay where they are,
for the length of the plan, or beyond it as handles. The jail loads this file: standard library, numpy and `wire` only.
"""

from __future__ import annotations

import abc
import hashlib
import operator
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .wire import Handle, Ref, Seeded, decode, encode

OPERATORS: Mapping[str, Callable[..., Any]] = {  # as Python dispatches them: also to the operand on the right
    name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "pow", "matmul", "neg", "getitem")
} | {"sum": sum}  # of a list and a start: ten thousand additions are one step


class Missing(LookupError):
    """The implementation has no such function, class or attribute."""

    def __init__(self, name: str, have: Iterable[str]) -> None:
        super().__init__(name)
        self.name, self.have = name, sorted(have)


class Misfit(TypeError):
    """An answer that is not of the asked form: the wrong number of values, or something that cannot be sent."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


@dataclass(frozen=True)
class Step:
    op: str
    target: Ref | Handle | None
    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    outputs: int = 1
    names: tuple[str, ...] = ()  # of the outputs, for a sentence about their number


@dataclass
class Plan:
    """Steps in order, what is wanted of them, and the seed that both global generators start from.

    A wanted answer is a copy taken when its step ends (`late` ones when the plan ends: that is how an argument
    which a function changed is seen). `keep` names results that outlive the plan, answered with a handle.
    """

    steps: list[Step] = field(default_factory=list)
    wanted: list[tuple[Ref, bool]] = field(default_factory=list)
    kept: list[Ref] = field(default_factory=list)
    seed: int = 0
    doing: str = field(default="", compare=False)  # the function or class that `execute` is busy with

    def let(self, value: Any) -> Ref:
        return self._add(Step("let", None, "", (value,)))[0]

    def call(
        self,
        name: str,
        /,
        *args: Any,
        on: Ref | Handle | None = None,
        outputs: int = 1,
        names: Sequence[str] = (),
        **kwargs: Any,
    ) -> list[Ref]:
        """One reference per output."""
        return self._add(Step("call", on, name, args, kwargs, outputs, tuple(names)))

    def new(self, name: str, *args: Any, **kwargs: Any) -> Ref:
        return self._add(Step("new", None, name, args, kwargs))[0]

    def get(self, target: Ref | Handle, name: str) -> Ref:
        return self._add(Step("get", target, name))[0]

    def apply(self, name: str, *operands: Any) -> Ref:
        """One of `OPERATORS`, on values that may be anything that it is defined for."""
        return self._add(Step("apply", None, name, operands))[0]

    def want(self, *refs: Ref, late: bool = False) -> None:
        self.wanted += [(ref, late) for ref in refs]

    def keep(self, ref: Ref) -> None:
        self.kept.append(ref)

    def names(self) -> list[str]:
        """The functions and classes that the plan uses, in order of first use."""
        return list(dict.fromkeys(s.name for s in self.steps if s.target is None and s.op in ("call", "new")))

    def _add(self, step: Step) -> list[Ref]:
        self.steps.append(step)
        at = len(self.steps) - 1
        return [Ref(at)] if step.outputs == 1 else [Ref(at, i) for i in range(step.outputs)]

    def to_wire(self) -> dict[str, Any]:
        return {
            "steps": [_trimmed(step) for step in self.steps],
            "wanted": self.wanted,
            "kept": self.kept,
            "seed": self.seed,
        }

    def digest(self) -> bytes:
        """Return the address of the question in a record of answers: SHA-256 of the plan as it is sent."""
        return hashlib.sha256(encode(self.to_wire())).digest()

    def copy(self) -> Plan:
        """Return a plan that shares no array with this one: whoever runs it may change its arguments in place."""
        return Plan.from_wire(decode(encode(self.to_wire())))

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Plan:
        return cls([Step(*step) for step in data["steps"]], list(data["wanted"]), list(data["kept"]), data["seed"])


def _trimmed(step: Step) -> tuple[Any, ...]:
    """A step without the fields at its end that are as they are by default: a long graph is a short message."""
    fields = [step.op, step.target, step.name, tuple(step.args), dict(step.kwargs), step.outputs, step.names]
    defaults: tuple[Any, ...] = (Step.args, {}, Step.outputs, Step.names)
    for default in reversed(defaults):
        if fields[-1] != default:
            break
        fields.pop()
    return tuple(fields)


class Implementation(abc.ABC):
    """Anything that runs a plan: the student in the jail, a live kernel, the torch oracle, recorded answers."""

    @abc.abstractmethod
    def run(self, plan: Plan) -> list[Any]:
        """The wanted answers in order, then a Handle for each kept result.

        Raises Wrong (missing function, answer of the wrong form), or one of `faults`: Raised, TimedOut, Died.
        """

    @abc.abstractmethod
    def cpu_seconds(self) -> float:
        """Processor time that the implementation has used so far, measured from outside where it is a process."""

    @abc.abstractmethod
    def begin_row(self) -> None:
        """A new row begins: what earlier plans kept is dropped, and limits per row start anew."""


def execute(
    plan: Plan,
    world: Mapping[str, Any],
    handles: MutableMapping[int, Any],
    snapshot: Callable[[Any], Any],
) -> list[Any]:
    """Run a plan against the functions and classes of `world`. `snapshot` copies what is wanted when it is wanted.

    Raises Missing and Misfit; whatever the implementation raises comes through.
    """
    results: list[Any] = []
    answers: dict[int, Any] = {}
    soon: dict[int, list[tuple[int, Ref]]] = {}  # by step: a long plan must not search its wants at every step
    for i, (ref, late) in enumerate(plan.wanted):
        if not late:
            soon.setdefault(ref.step, []).append((i, ref))
    for at, step in enumerate(plan.steps):
        plan.doing = plan.doing if step.op in ("let", "apply") else step.name
        results.append(_do(step, world, results, handles))
        for i, ref in soon.get(at, ()):
            answers[i] = snapshot(_resolve(ref, results, handles))
    for i, (ref, late) in enumerate(plan.wanted):
        if late:
            answers[i] = snapshot(_resolve(ref, results, handles))
    kept = [_keep(_resolve(ref, results, handles), handles) for ref in plan.kept]
    return [answers[i] for i in range(len(plan.wanted))] + kept


def _do(step: Step, world: Mapping[str, Any], results: list[Any], handles: Mapping[int, Any]) -> Any:
    if step.op == "let":
        return _resolve(step.args[0], results, handles)
    if step.op == "apply":
        return OPERATORS[step.name](*_resolve(tuple(step.args), results, handles))
    if step.target is None:
        found = world.get(step.name)
        if not callable(found):
            raise Missing(step.name, [k for k, v in world.items() if callable(v) and not k.startswith("_")])
    else:
        owner = _resolve(step.target, results, handles)
        if not hasattr(owner, step.name):
            raise Missing(f"{type(owner).__name__}.{step.name}", [k for k in dir(owner) if not k.startswith("_")])
        found = getattr(owner, step.name)
    if step.op == "get":
        return found
    value = found(*_resolve(tuple(step.args), results, handles), **_resolve(dict(step.kwargs), results, handles))
    return value if step.outputs == 1 else _unpack(value, step)


def _unpack(value: Any, step: Step) -> tuple[Any, ...]:
    if isinstance(value, (tuple, list)) and len(value) == step.outputs:
        return tuple(value)
    returned = f"{len(value)} value{'s' * (len(value) != 1)}" if isinstance(value, tuple) else describe(value)
    names = f": {', '.join(step.names)}" if any(step.names) else ""
    raise Misfit(step.name, f"returned {returned}, expected {step.outputs} values{names}")


def _resolve(value: Any, results: Sequence[Any], handles: Mapping[int, Any]) -> Any:
    """The value with every reference, handle and seed in it, also inside containers, replaced by what it stands for."""
    if isinstance(value, Ref):
        result = results[value.step]
        return result if value.output is None else result[value.output]
    if isinstance(value, Handle):
        return handles[value.id]
    if isinstance(value, Seeded):
        return np.random.default_rng(value.seed)
    if type(value) in (tuple, list):
        return type(value)(_resolve(item, results, handles) for item in value)
    if type(value) is dict:
        return {key: _resolve(item, results, handles) for key, item in value.items()}
    return value


def _keep(value: Any, handles: MutableMapping[int, Any]) -> Handle:
    number = len(handles)
    handles[number] = value
    return Handle(number)


def describe(value: Any) -> str:
    """What a value is, in few words for a sentence: "None", "an array of shape (3, 4)", "a Foo"."""
    shape = getattr(value, "shape", None)
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(shape, tuple) and shape:
        return f"an array of shape {shape}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
