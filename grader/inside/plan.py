"""Plans: questions to an implementation, as data, and the function that carries them out.

    let   a value                  new  an instance of a class
    call  a function or a method   get  an attribute
    apply an operator: + − × ÷ …

The result of a step may be an argument of a later one (`Ref`), so thirty steps of an optimiser or a whole expression graph
are one round trip. (A round trip costs about 60 µs; asked call by call, a check of Adam made 2,063 of them.) Only the answers
that are wanted come back. States, caches and objects stay where they are, for the length of the plan, or longer as handles.
Runs inside the jail: standard library, numpy and `wire` only.
"""

from __future__ import annotations

import abc
import hashlib
import operator
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from .given import Given, make
from .wire import Bound, Encoded, Handle, Ref, Seeded, decode, encode

# Python's own operators, which also try the method of the right operand (`__radd__`). `sum` takes a list and a start: a chain
# of 10,000 additions is one step, at a tenth of the cost.
OPERATORS: Mapping[str, Callable[..., Any]] = {
    name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "pow", "matmul", "neg", "getitem")
} | {"sum": sum, "len": len, "calls": lambda given: len(given.calls), "points": lambda given: _points(given)}


class Missing(LookupError):
    """The implementation has no function, class or attribute `name`. `have` are the names that it has, sorted."""

    def __init__(self, name: str, have: Iterable[str]) -> None:
        super().__init__(name)
        self.name, self.have = name, sorted(have)


class Misfit(TypeError):
    """An answer of the wrong form: another number of values, or something that cannot be sent.

    `name` is the function that gave it, `sentence` says what it gave.
    """

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


@dataclass(frozen=True)
class Step:
    """One step of a plan. `op` is "let", "new", "call", "get", "apply", "items" or "choice".

    `target` is the object whose method or attribute `name` is; None for a function or class of the implementation. A call that
    returns several values has as many `outputs`, whose `names` serve the sentence about a wrong number of them.
    """

    op: str
    target: Ref | Handle | None
    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    outputs: int = 1
    names: tuple[str, ...] = ()


@dataclass
class Plan:
    """Steps in order, the answers that are wanted of them, and the seed of both global random generators.

    A wanted answer is copied as soon as its step has ended, a `late` one when the plan has ended: that shows an argument which a
    function changed. Results that are `kept` outlive the plan, and a handle is the answer.
    """

    steps: list[Step] = field(default_factory=list)
    wanted: list[tuple[Ref, bool]] = field(default_factory=list)  # (reference, late)
    kept: list[Ref] = field(default_factory=list)
    seed: int = 0
    _sent: tuple[Any, Encoded | None] = field(default=((), None), init=False, repr=False, compare=False)

    def let(self, value: Any) -> Ref:
        """Add a value, which may hold references, and return the reference to it."""
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
        """Add a call of a function, or of a method of the object `on`. Return one reference for each output."""
        return self._add(Step("call", on, name, args, kwargs, outputs, tuple(names)))

    def new(self, name: str, *args: Any, **kwargs: Any) -> Ref:
        """Add an instance of a class and return the reference to it."""
        return self._add(Step("new", None, name, args, kwargs))[0]

    def get(self, target: Ref | Handle, name: str) -> Ref:
        """Add an attribute of an object and return the reference to its value."""
        return self._add(Step("get", target, name))[0]

    def apply(self, name: str, *operands: Any) -> Ref:
        """Add one of `OPERATORS` on operands of any kind, and return the reference to its result."""
        return self._add(Step("apply", None, name, operands))[0]

    def items(self, name: str, value: Ref, count: int) -> list[Ref]:
        """Add the items of a list that the function `name` returned, `count` of them. Return a reference to each."""
        self.steps.append(Step("items", None, name, (value,), {}, count))
        return [Ref(len(self.steps) - 1, i) for i in range(count)]

    def choice(self, name: str, value: Ref, words: Sequence[str]) -> Ref:
        """Add the number of the word that the function `name` returned, one of `words`, and return the reference to it."""
        return self._add(Step("choice", None, name, (value,), names=tuple(words)))[0]

    def want(self, *refs: Ref, late: bool = False) -> None:
        """Ask for results: as they are after their step, or `late`, after the whole plan."""
        self.wanted += [(ref, late) for ref in refs]

    def keep(self, ref: Ref) -> None:
        """Ask for a handle to a result, which later plans may use."""
        self.kept.append(ref)

    def names(self) -> list[str]:
        """Return the names of the functions and classes that the plan uses, in order of first use."""
        return list(dict.fromkeys(s.name for s in self.steps if s.target is None and s.op in ("call", "new")))

    def _add(self, step: Step) -> list[Ref]:
        self.steps.append(step)
        at = len(self.steps) - 1
        return [Ref(at)] if step.outputs == 1 else [Ref(at, i) for i in range(step.outputs)]

    def to_wire(self) -> dict[str, Any]:
        """Return the plan as a value that `wire` can encode."""
        return {
            "steps": [_trimmed(step) for step in self.steps],
            "wanted": self.wanted,
            "kept": self.kept,
            "seed": self.seed,
        }

    def digest(self) -> bytes:
        """Return the address of the question in a record of answers: SHA-256 of the plan as it is sent."""
        return hashlib.sha256(self.encoded().payload).digest()

    def encoded(self) -> Encoded:
        """Return the plan as it is sent. It is encoded once: to look its answers up, and to ask the student the same."""
        parts = (len(self.steps), len(self.wanted), len(self.kept), self.seed)  # a plan only grows
        if self._sent[0] != parts:
            self._sent = parts, Encoded(encode(self.to_wire(), inside=1))
        assert self._sent[1] is not None
        return self._sent[1]

    def copy(self) -> Plan:
        """Return a plan that shares no array with this one: whoever runs it may change its arguments in place."""
        return Plan.from_wire(decode(self.encoded().payload, code=True))

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Plan:
        """Return the plan of such a value. It is trusted: only the grader makes plans."""
        return cls([Step(*step) for step in data["steps"]], list(data["wanted"]), list(data["kept"]), data["seed"])


def _trimmed(step: Step) -> tuple[Any, ...]:
    """Return the fields of a step without those at its end that have their defaults: a long graph is a short message."""
    fields = [step.op, step.target, step.name, tuple(step.args), dict(step.kwargs), step.outputs, step.names]
    defaults: tuple[Any, ...] = (Step.args, {}, Step.outputs, Step.names)
    for default in reversed(defaults):
        if fields[-1] != default:
            break
        fields.pop()
    return tuple(fields)


class Implementation(abc.ABC):
    """Anything that runs the plans of a grading: a submission in the jail, a live kernel, a model solution."""

    @abc.abstractmethod
    def run(self, plan: Plan) -> list[Any]:
        """Return the wanted answers in order, then a Handle for each kept result.

        Raises Wrong (a function is missing, an answer has the wrong form), or a Fault: Raised, TimedOut or Died.
        """

    @abc.abstractmethod
    def cpu_seconds(self) -> float:
        """Return the processor time used so far. That of another process is measured from outside."""

    @abc.abstractmethod
    def begin_row(self) -> None:
        """Begin a new row: drop what earlier plans kept, and start the limits for one row anew."""


def execute(
    plan: Plan,
    world: Mapping[str, Any],
    handles: MutableMapping[int, Any],
    snapshot: Callable[[Any], Any],
    on_call: Callable[[str], None] = lambda name: None,
    made: Callable[[Bound], Any] = make,
) -> list[Any]:
    """Run a plan against the functions and classes of `world`, and return its answers as `Implementation.run` does.

    `snapshot` copies an answer at the moment when it is wanted. Kept results are added to `handles`. `on_call` is told the name
    of each function, class, method or attribute before it is used, so that an exception can be reported with it. `made` makes the
    functions that are given.
    Raises Missing and Misfit, and whatever the implementation raises.
    """
    results: list[Any] = []
    state = _State(results, handles, made)
    answers: dict[int, Any] = {}
    wanted_soon: dict[int, list[tuple[int, Ref]]] = {}  # by step: a long plan must not search its wants at every step
    for i, (ref, late) in enumerate(plan.wanted):
        if not late:
            wanted_soon.setdefault(ref.step, []).append((i, ref))
    for at, step in enumerate(plan.steps):
        if step.op not in ("let", "apply", "items", "choice"):
            on_call(step.name)
        results.append(_do(step, world, state))
        for i, ref in wanted_soon.get(at, ()):
            answers[i] = snapshot(_resolve(ref, state))
    for i, (ref, late) in enumerate(plan.wanted):
        if late:
            answers[i] = snapshot(_resolve(ref, state))
    kept = []
    for ref in plan.kept:
        kept.append(Handle(len(handles)))
        handles[kept[-1].id] = _resolve(ref, state)
    return [answers[i] for i in range(len(plan.wanted))] + kept


class _State(NamedTuple):
    """What a step may refer to: the results so far, what earlier plans kept, and what makes the functions that are given."""

    results: Sequence[Any]
    handles: Mapping[int, Any]
    made: Callable[[Bound], Any]


def _points(given: Given) -> Any:
    """Return the arguments of each call in an array, in order, where there is one argument; raise what numpy raises for others."""
    return np.array([arguments[0] for arguments in given.calls], float)


def _do(step: Step, world: Mapping[str, Any], state: _State) -> Any:
    """Return the result of one step, a tuple if it has several outputs. Raises Missing and Misfit."""
    if step.op == "let":
        return _resolve(step.args[0], state)
    if step.op == "apply":
        return OPERATORS[step.name](*_resolve(tuple(step.args), state))
    if step.op == "items":
        return _items(step, _resolve(step.args[0], state))
    if step.op == "choice":
        return _chosen(step, _resolve(step.args[0], state))
    if step.target is None:
        found = world.get(step.name)
        if not callable(found):
            raise Missing(step.name, [k for k, v in world.items() if callable(v) and not k.startswith("_")])
    else:
        owner = _resolve(step.target, state)
        if not hasattr(owner, step.name):
            raise Missing(f"{type(owner).__name__}.{step.name}", [k for k in dir(owner) if not k.startswith("_")])
        found = getattr(owner, step.name)
    if step.op == "get":
        return found
    value = found(*_resolve(tuple(step.args), state), **_resolve(dict(step.kwargs), state))
    if step.outputs == 1:
        return value
    if isinstance(value, (tuple, list)) and len(value) == step.outputs:
        return tuple(value)
    returned = f"{len(value)} value{'s' * (len(value) != 1)}" if isinstance(value, tuple) else describe_value(value)
    names = f": {', '.join(step.names)}" if any(step.names) else ""
    raise Misfit(step.name, f"returned {returned}, expected {step.outputs} values{names}")


def _items(step: Step, value: Any) -> tuple[Any, ...] | Misfit:
    """Return the items of a list; for another number of them, or what is no list, the Misfit that is raised where one is used: what
    stands beside the list in an answer may be right."""
    if isinstance(value, (tuple, list)) and len(value) == step.outputs:
        return tuple(value)
    is_list = isinstance(value, (tuple, list))
    returned = f"a list of {len(value)} item{'s' * (len(value) != 1)}" if is_list else describe_value(value)
    return Misfit(step.name, f"returned {returned}, expected a list of {step.outputs}")


def _chosen(step: Step, value: Any) -> int | Misfit:
    """Return the number of a word; for what is none of them, the Misfit that is raised where it is used."""
    if isinstance(value, str) and value in step.names:
        return step.names.index(value)
    returned = repr(str(value)[:40]) if isinstance(value, str) else describe_value(value)
    return Misfit(step.name, f"returned {returned}, expected {one_of(step.names)}")


def one_of(words: Sequence[str]) -> str:
    """Return words for a choice: 'a', 'b' or 'c'."""
    *others, last = map(repr, words)
    return f"{', '.join(others)} or {last}"


def _resolve(value: Any, state: _State) -> Any:
    """Return the value with every reference, handle and seed replaced by what it stands for, also inside containers."""
    if isinstance(value, Ref):
        result = state.results[value.step]
        if isinstance(result, Misfit):
            raise result
        return result if value.output is None else result[value.output]
    if isinstance(value, Handle):
        return state.handles[value.id]
    if isinstance(value, Seeded):
        return np.random.default_rng(value.seed)
    if isinstance(value, Bound):
        return state.made(value)
    if type(value) in (tuple, list):
        return type(value)(_resolve(item, state) for item in value)
    if type(value) is dict:
        return {key: _resolve(item, state) for key, item in value.items()}
    return value


def describe_value(value: Any) -> str:
    """Return a few words for a value in a sentence: "None …", "an array of shape (3, 4)", "a Foo"."""
    shape = getattr(value, "shape", None)
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(shape, tuple) and shape:
        return f"an array of shape {shape}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
