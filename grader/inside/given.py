"""A function that a topic gives to the student's: its text is sent, and it is made where the plan is run.

It holds no truth, no target and no seed, for student code can read it, by its frames and its closure. Its calls are written down;
that is evidence for the student's sake, and earns no points: the same code can write something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .wire import Bound


class BudgetSpentError(Exception):
    """The function was called more often than its budget allows."""


class Given:
    """A function with some of its arguments bound. `calls` are copies of the arguments of each call."""

    def __init__(self, function: Callable[..., Any], bound: Mapping[str, Any], budget: int = 0) -> None:
        self.function, self.bound, self.budget = function, bound, budget
        self.calls: list[Any] = []

    def __call__(self, *args: Any) -> Any:
        if self.budget and len(self.calls) >= self.budget:
            raise BudgetSpentError(
                f"{self.function.__name__} may be called {self.budget} times, and you call it once more"
            )
        self.calls.append([_copy(argument) for argument in args])
        return self.function(*args, **self.bound)


def _copy(argument: Any) -> Any:
    """Return a copy as an array; the reference calls with torch's tensors."""
    return np.array(argument.detach().cpu() if hasattr(argument, "detach") else argument)


def make(value: Bound) -> Given:
    """Return the function that a text defines. Raise whatever the text raises."""
    world: dict[str, Any] = {"np": np, "__name__": value.name}
    exec(compile(value.source, f"<{value.name}>", "exec", dont_inherit=True), world)
    return Given(world[value.name], value.bound, value.budget)
