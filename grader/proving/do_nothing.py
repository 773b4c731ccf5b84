"""Programs that deserve no point: they answer without computing anything, or do not answer. A rubric must not be earned by them."""

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


def worthless(targets: Sequence[Target]) -> dict[str, Implementation]:
    """Programs in this process: what each does, by name."""
    programs: dict[str, Implementation] = {name: _world(targets, fill) for name, fill in FILLS.items()}
    programs["returns its argument"] = _world(targets, None)
    programs["is the untouched handout"] = Live.of("\n\n".join(stub(target) for target in targets))
    programs["defines nothing"] = Live({})
    return programs


def worthless_sources(targets: Sequence[Target]) -> dict[str, str]:
    """Programs that need a process of their own, as sources."""
    return {name: "\n".join(_definition(target, body) for target in targets) for name, body in BODIES.items()}


def _definition(target: Target, body: str) -> str:
    if isinstance(target, Class):
        return f"class {target.name}:\n    def __init__(self, *args, **kwargs):\n        {body}"
    return f"def {target.name}(*args, **kwargs):\n    {body}"


def _world(targets: Sequence[Target], fill: Fill | None) -> Live:
    """`fill` is None for a program that gives back its first argument."""
    return Live({t.name: _object(t, fill) if isinstance(t, Class) else _function(t, fill) for t in targets})


def _function(target: Function, fill: Fill | None) -> Callable[..., Any]:
    """A function that remembers shapes from its arguments and answers without computing anything."""

    def run(*args: Any, **kwargs: Any) -> Any:
        case = dict(zip([p.name for p in target.parameters], args, strict=False)) | kwargs
        cache = next((v for p, v in zip(target.parameters, args, strict=False) if p.name == "cache"), None)
        whole = case if cache is None else {**case, **cache}
        outputs = [
            _answer(target, i, whole, fill) if spec.is_array else case for i, (_, spec) in enumerate(target.outputs)
        ]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    return run


def _answer(target: Function, output: int, case: dict[str, Any], fill: Fill | None) -> Any:
    return next(iter(case.values()), None) if fill is None else fill(target.shape(output, case))


def _object(target: Class, fill: Fill | None) -> type:
    """A class all of whose methods answer the like, and whose attributes never change."""

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
    return tuple(int(d) if d.isdigit() else 1 for d in spec.dims)
