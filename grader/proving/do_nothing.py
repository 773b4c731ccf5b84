"""Make programs that deserve no point, because they compute nothing or do not answer: no rubric may be earned by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..inside.plan import Implementation
from ..submission.in_process import Live
from ..topics.signature import Class, Function, Spec, Target
from ..topics.stubs import stub

Fill = Callable[[tuple[int, ...]], Any]  # the shape of an output → what is answered

FILLS: dict[str, Fill] = {
    "returns zeros": lambda shape: np.zeros(shape),
    "returns ones": lambda shape: np.ones(shape),
    "returns NaN": lambda shape: np.full(shape, np.nan),
    "returns the wrong shape": lambda shape: np.zeros((*shape, 2)),
    "returns None": lambda shape: None,
}
BODIES = {
    "loops for ever": "while True: pass",
    "exits": "import os; os._exit(0)",
    "raises SystemExit": "raise SystemExit",
}


def do_nothing_programs(targets: Sequence[Target]) -> dict[str, Implementation]:
    """Return the programs that can run in this process, by what each of them does ("returns zeros")."""
    programs: dict[str, Implementation] = {name: _program(targets, fill) for name, fill in FILLS.items()}
    programs["returns its argument"] = _program(targets, None)
    for word in dict.fromkeys(
        w for t in targets if isinstance(t, Function) for _, spec in t.outputs for w in spec.words
    ):
        programs[f"returns {word!r}"] = _program(targets, FILLS["returns zeros"], word)
    programs["is the untouched handout"] = Live.of("\n\n".join(stub(target) for target in targets))
    programs["defines nothing"] = Live({})
    return programs


def do_nothing_sources(targets: Sequence[Target]) -> dict[str, str]:
    """Return the sources of the programs that need a process of their own, by what each of them does ("exits")."""
    sources = {}
    for name, body in BODIES.items():
        definitions = [
            f"class {target.name}:\n    def __init__(self, *args, **kwargs):\n        {body}"
            if isinstance(target, Class)
            else f"def {target.name}(*args, **kwargs):\n    {body}"
            for target in targets
        ]
        sources[name] = "\n".join(definitions)
    return sources


def _program(targets: Sequence[Target], fill: Fill | None, word: str = "") -> Live:
    """Make a program that answers with `fill`, or, where that is None, with its first argument; and with `word` to a choice."""
    return Live({t.name: _class(t, fill) if isinstance(t, Class) else _function(t, fill, word) for t in targets})


def _function(target: Function, fill: Fill | None, word: str) -> Callable[..., Any]:
    """Make a function that reads the shapes of its outputs off its arguments and computes nothing."""

    def run(*args: Any, **kwargs: Any) -> Any:
        case = dict(zip([p.name for p in target.parameters], args, strict=False)) | kwargs
        # A backward function may know sizes from its cache alone: that is the case which the forward below gave as its cache.
        cache = next((v for p, v in zip(target.parameters, args, strict=False) if p.name == "cache"), None)
        sizes = case if cache is None else {**case, **cache}
        first = next(iter(sizes.values()), None)
        outputs = [
            # An output that is no array is opaque (a cache, a state), so that anything may stand for it.
            (first if fill is None else fill(target.shape(i, sizes)))
            if spec.is_array
            else word
            if spec.words
            else ([fill(shape) for shape in spec.shapes(target.sizes(sizes)) or []] if spec.item and fill else case)
            for i, (_, spec) in enumerate(target.outputs)
        ]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    return run


def _class(target: Class, fill: Fill | None) -> type:
    """Make a class whose methods all answer alike and whose attributes never change."""

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        for name, spec in target.attributes:
            setattr(self, name, (args or (None,))[0] if fill is None else fill(_shape(spec)))

    def method(declared: Function) -> Callable[..., Any]:
        def run(self: Any, *args: Any, **kwargs: Any) -> Any:
            return fill(_shape(declared.outputs[0][1])) if fill is not None and declared.outputs else self

        return run

    methods = {m.name: method(m) for m in target.methods}
    return type(target.name, (), methods | {"__init__": start})


def _shape(spec: Spec) -> tuple[int, ...]:
    """Return a shape that fits: 1 for a size that is a letter, since no argument tells its value."""
    return tuple(int(d) if d.isdigit() else 1 for d in spec.single)
