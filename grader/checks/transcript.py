"""A plan as Python that a student can paste into a cell: each step a line, or inside the one line that uses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..inside.plan import Plan, Step
from ..inside.wire import Ref
from ..topics.cell import literal

SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**", "matmul": "@"}


def transcript(plan: Plan, wanted: Any, names: Mapping[Ref, str]) -> list[str]:
    """Write the steps up to the last that `wanted` needs (a reference, or a list of them), then `wanted` as an expression.

    `names` are what values are called; others are v1, v2, … . What is read and not wanted is left out.
    """
    return [*_Transcript(plan, wanted, names).lines()]


class _Transcript:
    def __init__(self, plan: Plan, wanted: Any, names: Mapping[Ref, str]) -> None:
        end = max((ref.step for ref in _refs_in(wanted)), default=-1) + 1
        self.steps, self.wanted, self.names = plan.steps[:end], wanted, dict(names)
        self.inside: dict[int, str] = {}  # the texts of steps that are written where they are used
        self.used: dict[int, list[int]] = {at: [] for at in range(end)}  # by step: the steps that use it
        self._use(wanted, end)
        for at, step in reversed([*enumerate(self.steps)]):
            if step.op not in ("let", "get") or self.used[at]:
                self._use([step.target, *step.args, *step.kwargs.values()], at)

    def _use(self, values: Any, at: int) -> None:
        for ref in _refs_in(values):
            self.used[ref.step].append(at)

    def lines(self) -> Iterator[str]:
        for at, step in enumerate(self.steps):
            used, text = self.used[at], self._expression(step)
            if step.op in ("let", "get") and not used:
                continue
            if self._goes_inside(at, step):
                self.inside[at] = text
            elif step.op == "call" and not used:
                yield text
            else:
                yield f"{', '.join(self._name(ref) for ref in _results(at, step))} = {text}"
        yield self._text(self.wanted)

    def _goes_inside(self, at: int, step: Step) -> bool:
        """Say whether a step may be written where its result is used: in one place, and nothing is called before that."""
        if any(ref in self.names for ref in _results(at, step)) or step.op in ("call", "new"):
            return False
        if step.op == "let" and isinstance(step.args[0], int | float | str):
            return True
        return len(self.used[at]) == 1 and all(s.op != "call" for s in self.steps[at + 1 : self.used[at][0]])

    def _name(self, ref: Ref) -> str:
        taken = {*self.names.values()}
        free = (name for i in range(1, len(taken) + 2) if (name := f"v{i}") not in taken)
        return self.names.setdefault(ref, next(free))

    def _expression(self, step: Step) -> str:
        if step.op == "let":
            return self._text(step.args[0])
        if step.op == "get":
            return f"{self._operand(step.target)}.{step.name}"
        if step.op == "apply":
            return self._operation(step)
        arguments = [*map(self._text, step.args), *(f"{key}={self._text(value)}" for key, value in step.kwargs.items())]
        owner = f"{self._operand(step.target)}." if step.target is not None else ""
        if step.name == "__call__":  # an object that is called
            return f"{self._operand(step.target)}({', '.join(arguments)})"
        return f"{owner}{step.name}({', '.join(arguments)})"

    def _operation(self, step: Step) -> str:
        if step.name in ("sum", "len"):
            return f"{step.name}({', '.join(map(self._text, step.args))})"
        operands = [self._operand(value) for value in step.args]
        if step.name == "neg":
            return f"-{operands[0]}"
        if step.name == "getitem":
            return f"{operands[0]}[{self._text(step.args[1])}]"
        return f"{operands[0]} {SYMBOLS[step.name]} {operands[1]}"

    def _operand(self, value: Any) -> str:
        """Return the text of a value, in brackets if an operator could tear it apart."""
        text = self._text(value)
        inside = isinstance(value, Ref) and text == self.inside.get(value.step)
        torn = inside and self.steps[value.step].op == "apply" and self.steps[value.step].name in (*SYMBOLS, "neg")
        return f"({text})" if torn or text.startswith("-") else text

    def _text(self, value: Any) -> str:
        if isinstance(value, Ref):
            return self.inside.get(value.step) or self._name(value)
        if isinstance(value, list | tuple):
            texts = [self._text(item) for item in value]
            if len(texts) > 2 and len({*texts}) == 1:  # ten thousand times the same
                return f"[{texts[0]}] * {len(texts)}"
            inside = ", ".join(texts) + "," * (isinstance(value, tuple) and len(texts) == 1)
            return f"[{inside}]" if isinstance(value, list) else f"({inside})"
        return literal(value)


def _results(at: int, step: Step) -> list[Ref]:
    return [Ref(at)] if step.outputs == 1 else [Ref(at, i) for i in range(step.outputs)]


def _refs_in(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _refs_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _refs_in(item)
