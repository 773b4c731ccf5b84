"""Do-nothing programs: they deserve no point, whatever the topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .live import Live
from .plan import Implementation
from .signature import Function, stub


def worthless(functions: Sequence[Function]) -> dict[str, Implementation]:
    """Programs that deserve no point, in this process: what each does, by name."""
    answers: dict[str, Callable[[Function, dict[str, Any], int], Any]] = {
        "returns zeros": lambda f, case, i: np.zeros(f.shape(i, case)),
        "returns ones": lambda f, case, i: np.ones(f.shape(i, case)),
        "returns NaN": lambda f, case, i: np.full(f.shape(i, case), np.nan),
        "returns the wrong shape": lambda f, case, i: np.zeros((*f.shape(i, case), 2)),
        "returns its argument": lambda f, case, i: next(iter(case.values()), None),
        "returns None": lambda f, case, i: None,
    }
    programs: dict[str, Implementation] = {
        name: Live({f.name: _program(f, answer) for f in functions}) for name, answer in answers.items()
    }
    programs["is the untouched handout"] = Live.of("\n\n".join(stub(f) for f in functions))
    programs["defines nothing"] = Live({})
    return programs


def worthless_sources(functions: Sequence[Function]) -> dict[str, str]:
    """Programs that deserve no point and need a process of their own, as sources."""
    bodies = {
        "loops for ever": "while True: pass",
        "exits": "import os; os._exit(0)",
        "raises SystemExit": "raise SystemExit",
    }
    return {
        name: "\n".join(f"def {f.name}(*args, **kwargs):\n    {body}" for f in functions)
        for name, body in bodies.items()
    }


def _program(target: Function, answer: Callable[[Function, dict[str, Any], int], Any]) -> Callable[..., Any]:
    """A function that remembers shapes from its arguments and answers without computing anything."""

    def run(*args: Any, **kwargs: Any) -> Any:
        case = dict(zip([p.name for p in target.parameters], args, strict=False)) | kwargs
        cache = next((v for p, v in zip(target.parameters, args, strict=False) if p.name == "cache"), None)
        outputs = [
            answer(target, case if cache is None else {**case, **cache}, i) if spec.is_array else case
            for i, (_, spec) in enumerate(target.outputs)
        ]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    return run
