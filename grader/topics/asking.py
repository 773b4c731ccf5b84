"""Asking: what a check puts to an implementation on a case, be that a function, a layer or a script, and what is to come back.

Checks take an `Asking`, or a declaration that `asking` makes one of. They never need to know which.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import TopicError, Wrong
from ..inside.plan import Plan
from ..inside.wire import Ref
from ..numerics.compare import Truth
from .cases import Arguments
from .cell import assignments, call, output, written
from .signature import Declared, Layer, functions_of, layer, targets_of
from .targets import Function, Spec, Target

_KINDS = {"real": "f", "int": "i"}


@dataclass(frozen=True)
class Answer:
    """One array that is to come back: its place in the plan, what a sentence calls it, and its form.

    `shape` is None where nothing says it before the answer is there. `kind` is "f" for real numbers, "i" for whole ones; `name`
    is that of the output, where a function has several; `item` is its number where the output is a list. Of a choice among
    `words` the number of the word comes back.
    """

    ref: Ref
    label: str
    shape: tuple[int, ...] | None
    kind: str = "f"
    name: str = ""
    item: int | None = None
    words: tuple[str, ...] = ()


class Asking(abc.ABC):
    """Something that can be asked on a case. `name` is what sentences call it, `targets` what the student must have written
    for it."""

    name: str
    targets: tuple[Target, ...]
    any_shape = False  # whether an answer may have a shape that nothing declares

    @abc.abstractmethod
    def ask(self, plan: Plan, case: Mapping[str, Any]) -> list[Answer]:
        """Add the question to a plan and return the answers that it has, which the caller may want.

        Raise Lacks where the case has not what it takes, TopicError for any other mistake of the author's.
        """

    @abc.abstractmethod
    def write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        """Return the question as lines of Python that a student can paste, up to the answer that is wrong."""

    @property
    def quoted(self) -> str:
        """What the student wrote for it, as a sentence names it: "`slope` and `walk`"."""
        return " and ".join(f"`{target.name}`" for target in self.targets)

    @property
    def judged(self) -> frozenset[str]:
        """The names of what is wrong where an answer is."""
        return frozenset(target.name for target in self.targets)

    @property
    def specs(self) -> Mapping[str, Spec]:
        """Kind and sizes of arguments that are arrays, by their names in a case."""
        return {}

    @property
    def lists(self) -> Mapping[str, Spec]:
        """The same of arguments that are lists of arrays."""
        return {}

    def sizes(self, case: Mapping[str, Any]) -> dict[str, int]:
        """Return the letters of `specs`, bound by the shapes of a case."""
        bound: dict[str, int] = {}
        for name, spec in self.specs.items():
            if name in case:
                shape = np.shape(case[name])
                bound.update((letter, n) for letter, n in zip(spec.axes(len(shape)), shape, strict=False) if letter)
        return bound

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The hyper-parameters that may be left out of a case, as they are declared."""
        return {}

    def given(self, case: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return everything that has a name in the question, for whoever describes a difference."""
        return case


class Call(Asking):
    """One call of a function, with those entries of a case that are its arguments."""

    def __init__(self, target: Function) -> None:
        self.target, self.name, self.targets = target, target.name, (target,)

    def ask(self, plan: Plan, case: Mapping[str, Any]) -> list[Answer]:
        return _answers(plan, self.target, self.target.ask(plan, case), self.target.sizes(case))

    def write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        return written(self.target, case, wrong)

    @cached_property
    def specs(self) -> Mapping[str, Spec]:
        return self.target.specs

    @cached_property
    def lists(self) -> Mapping[str, Spec]:
        return self.target.lists

    def sizes(self, case: Mapping[str, Any]) -> dict[str, int]:
        return self.target.sizes(case)

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        return self.target.defaults

    def given(self, case: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.target.given(case)


class Outputs(Call):
    """Some outputs of a call, those of these names. The others are neither asked for nor judged."""

    def __init__(self, target: Function, names: Sequence[str]) -> None:
        super().__init__(target)
        self.names = frozenset(names)
        self._judged = frozenset(target.label(target.index(name)) for name in names)

    def ask(self, plan: Plan, case: Mapping[str, Any]) -> list[Answer]:
        return [answer for answer in super().ask(plan, case) if answer.name in self.names]

    @property
    def judged(self) -> frozenset[str]:
        return self._judged


class Backward(Asking):
    """A layer's backward behind its forward, on a case that has the cotangent, too, under its name in `backward`."""

    def __init__(self, declared: type[Layer]) -> None:
        self.forward, self.backward = layer(declared)
        self.dout, self.cache = (p.name for p in self.backward.parameters[:2])
        self.name, self.targets = self.backward.name, (self.forward, self.backward)

    def ask(self, plan: Plan, case: Mapping[str, Any]) -> list[Answer]:
        return self.ask_behind(plan, self.forward.ask(plan, case)[1], case)

    def ask_behind(self, plan: Plan, cache: Ref, case: Mapping[str, Any]) -> list[Answer]:
        """Ask backward alone, behind a forward that is in the plan already."""
        refs = self.backward.ask(plan, {self.dout: Arguments(case)[self.dout], self.cache: cache})
        return _answers(plan, self.backward, refs, self.forward.sizes(case) | self.backward.sizes(case))

    def write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        return [
            *assignments([*(p.name for p in self.forward.parameters), self.dout], case),
            f"out, {self.cache} = {call(self.forward, case)}",
            call(self.backward, {}, **{self.dout: self.dout, self.cache: self.cache}) + output(self.backward, wrong),
        ]

    @property
    def judged(self) -> frozenset[str]:
        return frozenset([self.backward.name])

    @cached_property
    def specs(self) -> Mapping[str, Spec]:
        return self.backward.specs | self.forward.specs

    @cached_property
    def lists(self) -> Mapping[str, Spec]:
        return self.backward.lists | self.forward.lists

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        return self.forward.defaults

    def given(self, case: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**self.forward.given(case), self.dout: case[self.dout]}


def asking(declared: Declared | Asking) -> Asking:
    """Return what asks a declared function, or a Layer's forward; a script is one already. Raise TopicError for an Object."""
    return declared if isinstance(declared, Asking) else Call(functions_of(declared)[0])


def outputs(declared: Declared, names: str) -> Asking:
    """Ask a function for some of its outputs alone, by their names with blanks between: `outputs(gradients, "dW")`.

    It stands wherever a function may: `gradient(of=loss, by=outputs(gradients, "dW"), wrt="W")`. The others then have rows of
    their own. Raise TopicError for a name that is no output.
    """
    return Outputs(functions_of(declared)[0], names.split())


def targets_asked(declared: Declared | Asking) -> tuple[Target, ...]:
    """Return what the student must have written for a declaration or a script."""
    return declared.targets if isinstance(declared, Asking) else targets_of(declared)


def by_name(answers: Sequence[Answer], truths: Sequence[Truth]) -> dict[str, np.ndarray]:
    """Return the right answers by their names, where there are several."""
    named = {
        a.name if a.item is None else f"{a.name}[{a.item}]": truth.value
        for a, truth in zip(answers, truths, strict=True)
        if a.name
    }
    return named if len(named) > 1 else {}


def _answers(plan: Plan, target: Function, refs: Sequence[Ref], sizes: Mapping[str, int]) -> list[Answer]:
    """Return the outputs of a call that are arrays or choices, and the items of lists, which the plan is asked for."""
    found: list[Answer] = []
    for i, (ref, (name, spec)) in enumerate(zip(refs, target.outputs, strict=True)):
        if spec.is_array:
            found.append(Answer(ref, target.label(i), target.bound_shape(i, sizes), _KINDS[spec.kind], name))
        elif spec.words:
            chosen = plan.choice(target.label(i), ref, spec.words)
            found.append(Answer(chosen, target.label(i), (), "i", name, words=spec.words))
        elif spec.item is not None:
            shapes = spec.shapes(sizes)
            if shapes is None:
                raise TopicError(f"nothing in the case says how many items {target.label(i)} has, or of what shapes")
            items = plan.items(target.name, ref, len(shapes))
            found += [
                Answer(item, f"{target.label(i)}, item [{k}]", shape, _KINDS[spec.item.kind], name, k)
                for k, (item, shape) in enumerate(zip(items, shapes, strict=True))
            ]
    return found
