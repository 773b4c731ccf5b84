"""What the student is to write, as data: functions and classes with the kinds and sizes of what goes in and comes out.

`signature` reads these from an author's declarations.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import Lacks, TopicError
from ..inside.plan import Plan, one_of
from ..inside.wire import Ref

ANY_SHAPE = "..."  # stands alone in a declaration: any number of axes, the same in all that are declared so
LEADING = (
    "*"  # before the first letter of a declaration: any number of axes before the others, the same wherever it occurs
)


@dataclass(frozen=True)
class Spec:
    """One argument or output: `kind` is "real", "int", "list", "function", "choice", "opaque" or "random"; ints lie in [0, below).
    Of a function, `below` says what it takes and gives ("d -> d"), of a choice the words.

    A list has `count` items, each an `item`, whose letters may have a size of their own in each.
    """

    kind: str
    dims: tuple[str, ...] = ()
    below: str = ""
    item: Spec | None = None
    count: str = ""

    @property
    def is_array(self) -> bool:
        return self.kind in ("real", "int")

    @property
    def words(self) -> tuple[str, ...]:
        """The words of a choice, in the order in which they are numbered."""
        return tuple(self.below.split()) if self.kind == "choice" else ()

    @property
    def is_judged(self) -> bool:
        """Whether it is no business of the student's own."""
        return self.is_array or self.item is not None or bool(self.words)

    @property
    def several(self) -> str:
        """The letter that stands for any number of axes, the first ones; "" where there is none."""
        first = self.dims[0] if self.dims else ""
        return ANY_SHAPE if first == ANY_SHAPE else first[1:] if first.startswith(LEADING) else ""

    @property
    def letters(self) -> frozenset[str]:
        """The sizes that are letters, the bound of whole numbers among them."""
        own = (*self.dims, self.below if self.kind == "int" else "", self.count)
        inside = frozenset() if self.item is None else self.item.letters
        return frozenset(d.removeprefix(LEADING) for d in own if d and not d.isdigit()) | inside

    @property
    def single(self) -> tuple[str, ...]:
        """The sizes of one axis each: the last ones, where a letter stands for any number before them."""
        return self.dims[1:] if self.several else self.dims

    def bind_items(self, items: Sequence[Any]) -> dict[str, Any] | None:
        """Return, for a list, how many items it has, and of each letter in them the sizes, item by item; None where an item has
        not the declared number of axes."""
        assert self.item is not None
        bound = [self.item.bind(np.shape(item)) for item in items]
        if any(sizes is None for sizes in bound):
            return None
        letters = [d for d in self.item.dims if not d.isdigit()]
        return {self.count: len(items)} | {d: tuple(sizes[d] for sizes in bound if sizes) for d in letters}

    def shapes(self, sizes: Mapping[str, Any]) -> list[tuple[int, ...]] | None:
        """Return the shape of each item of a list where letters have these sizes; None where one has none. A letter has one size in
        all items, or a tuple of them."""
        if self.item is None or self.free(sizes):
            return None
        count = int(self.count) if self.count.isdigit() else sizes[self.count]
        each = [
            {d: n[i] if isinstance(n, tuple) else n for d, n in sizes.items() if d in self.item.dims}
            for i in range(count)
        ]
        return [tuple(int(d) if d.isdigit() else own[d] for d in self.item.dims) for own in each]

    def bind(self, shape: tuple[int, ...]) -> dict[str, Any] | None:
        """Return the size of each letter in an array of this shape (of `several`: all its axes); None where it has not the declared
        number of axes."""
        leading = len(shape) - len(self.single)
        if leading < 0 or (leading and not self.several):
            return None
        sizes: dict[str, Any] = {self.several: shape[:leading]} if self.several else {}
        return sizes | dict(zip(self.single, shape[leading:], strict=True))

    def shape(self, sizes: Mapping[str, Any]) -> tuple[int, ...] | None:
        """Return the shape where letters have these sizes; None where one has none."""
        if self.free(sizes):
            return None
        leading = sizes[self.several] if self.several else ()
        return (*leading, *(int(d) if d.isdigit() else sizes[d] for d in self.single))

    def free(self, sizes: Collection[str]) -> list[str]:
        """Return the letters of the shape that have no size."""
        inside = () if self.item is None else self.item.dims
        own = (*filter(None, [self.several, self.count]), *self.single, *inside)
        return [d for d in own if not d.isdigit() and d not in sizes]

    def axes(self, count: int) -> list[str]:
        """Return the letter of each of `count` axes. Of several that one letter stands for, the first alone has it."""
        leading = count - len(self.single)
        return [*([self.several] + [""] * leading)[:leading], *self.single] if self.several else [*self.dims]

    def describe(self) -> str:
        if self.item is not None:
            return f"a list of {self.count}: each a {self.item.describe()}"
        if self.kind == "function":
            takes, gives = (Spec("real", tuple(side.split())) for side in self.below.split("->"))
            both = [f"{'a ' if each.dims else ''}{each.describe()}" for each in (takes, gives)]
            return f"a function: it takes {both[0]}, and returns {both[1]}"
        if self.words:
            return one_of(self.words)
        if self.kind == "opaque":
            return "whatever you need; nobody else looks inside"
        if self.kind == "random":
            return "a numpy random generator (np.random.Generator): draw from it, and from nothing else"
        noun = {"real": "real", "int": "whole number"}[self.kind]
        if not self.dims:
            return f"a {noun}" + (" number" if self.kind == "real" else "")
        dims = ["..." if d.startswith(LEADING) else d for d in self.dims]
        shape = f"shape ({', '.join(dims)}{',' if len(dims) == 1 else ''})" + (
            ", with any number of axes before the last" + (f" {len(self.single)}" if len(self.single) > 1 else "")
            if self.several
            else ""
        )
        return f"{noun if self.kind == 'real' else 'integer'} array of {shape if self.single else 'any shape'}" + (
            f", each 0 ≤ value < {self.below}" if self.below else ""
        )


@dataclass(frozen=True)
class Parameter:
    """`spec` is None for a hyper-parameter (a keyword with a default)."""

    name: str
    spec: Spec | None
    default: Any = inspect.Parameter.empty
    keyword: bool = False


@dataclass(frozen=True)
class Function:
    """A function that the student writes."""

    name: str
    parameters: tuple[Parameter, ...]
    outputs: tuple[tuple[str, Spec], ...]  # (name or "", spec)
    doc: str

    @property
    def arrays(self) -> tuple[str, ...]:
        """The names of the real-valued arguments, in order: what a gradient can be taken with respect to."""
        return tuple(p.name for p in self.parameters if p.spec and p.spec.kind == "real")

    @property
    def specs(self) -> dict[str, Spec]:
        """Kind and sizes of each argument that is an array."""
        return {p.name: p.spec for p in self.parameters if p.spec is not None and p.spec.is_array}

    @property
    def defaults(self) -> dict[str, Any]:
        return {p.name: p.default for p in self.parameters if p.default is not inspect.Parameter.empty}

    @property
    def lists(self) -> dict[str, Spec]:
        """Kind and sizes of each argument that is a list of arrays."""
        return {p.name: p.spec for p in self.parameters if p.spec is not None and p.spec.item is not None}

    def lacks(self, case: Mapping[str, Any]) -> list[str]:
        """Return the names of the arguments that a case does not give."""
        return [p.name for p in self.parameters if p.name not in case and p.name not in self.defaults]

    def arguments(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of a case that this function takes. Raise Lacks where the case has not all of it."""
        if missing := self.lacks(case):
            raise Lacks(f"{self.name} takes {' and '.join(f'`{name}`' for name in missing)}, which {has(case)}")
        return {p.name: case[p.name] for p in self.parameters if p.name in case}

    def ask(self, plan: Plan, case: Mapping[str, Any]) -> list[Ref]:
        """Add a call with a case's arguments to a plan: arrays by position, hyper-parameters by keyword."""
        given = self.arguments(case)
        args = [given[p.name] for p in self.parameters if p.name in given and not p.keyword]
        kwargs = {p.name: given[p.name] for p in self.parameters if p.name in given and p.keyword}
        names = [name for name, _ in self.outputs] if len(self.outputs) > 1 else []
        return plan.call(self.name, *args, outputs=len(self.outputs), names=names, **kwargs)

    def sizes(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Return the letters of the signature, bound by the shapes of a case ("..." and "*lead": by a tuple of sizes); a whole
        number, given or by default, binds its own name. What is not there yet, a `Ref`, binds none. Raise TopicError where an array
        of the case has not the declared number of axes."""
        bound: dict[str, Any] = {}
        for p in self.parameters:
            if isinstance(case.get(p.name), Ref):
                continue
            value = case.get(p.name, p.default)
            if p.spec is None and isinstance(value, int):
                bound[p.name] = value
            if p.spec is not None and p.spec.item is not None and p.name in case:
                sizes = p.spec.bind_items(case[p.name])
                if sizes is None:
                    shapes = ", ".join(str(np.shape(item)) for item in case[p.name])
                    declared = f"`{p.name}` of {self.name} is declared as {p.spec.describe()}"
                    raise TopicError(f"{declared}, but has items of the shapes {shapes} in a case")
                bound.update(sizes)
            if p.spec is not None and p.spec.is_array and p.name in case:
                shape = np.shape(case[p.name])
                sizes = p.spec.bind(shape)
                if sizes is None:
                    raise TopicError(
                        f"`{p.name}` of {self.name} is declared as {p.spec.describe()}, but has shape {shape} in a case"
                    )
                bound.update(sizes)
        return bound

    def given(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Return everything that has a name in a call: arguments, hyper-parameters (their defaults, too), and sizes by letter. The
        items of a list are there one by one."""
        given = self.arguments(case)
        items = {f"{name}[{i}]": item for name in self.lists if name in given for i, item in enumerate(given[name])}
        return {**self.defaults, **{n: v for n, v in given.items() if n not in self.lists}, **items, **self.sizes(case)}

    def bound_shape(self, output: int, sizes: Mapping[str, Any]) -> tuple[int, ...] | None:
        """Return the shape of an output where letters have these sizes; None where one has none."""
        return self.outputs[output][1].shape(sizes)

    def shape(self, output: int, case: Mapping[str, Any]) -> tuple[int, ...]:
        """Return the shape of an output on a case. Raise TopicError where nothing in the case says one of its sizes."""
        sizes = self.sizes(case)
        shape = self.bound_shape(output, sizes)
        if shape is None:
            free = " and ".join(f"`{d}`" for d in self.outputs[output][1].free(sizes))
            raise TopicError(
                f"nothing in the case says how large {free} is, a size of what {self.label(output)} returns"
            )
        return shape

    def index(self, output: str) -> int:
        """Return the place of the output of this name. Raise TopicError where there is none, or where it is opaque."""
        places = {name: i for i, (name, spec) in enumerate(self.outputs) if name and spec.is_judged}
        if output not in places:
            has = ", ".join(places) or "none with a name"
            raise TopicError(f"{self.name} has no output `{output}` (it has: {has})")
        return places[output]

    def label(self, output: int) -> str:
        """How a sentence names an output: "adam", or "`dgamma` of batch_norm_backward"."""
        name = self.outputs[output][0]
        return f"`{name}` of {self.name}" if name else self.name


@dataclass(frozen=True)
class Class:
    """A class that the student writes."""

    name: str
    attributes: tuple[tuple[str, Spec], ...]
    methods: tuple[Function, ...]
    doc: str


Target = Function | Class


def has(case: Mapping[str, Any]) -> str:
    """The end of a sentence about a name that is not in a case."""
    return f"the case has not (it has: {', '.join(case) or 'nothing'})"
