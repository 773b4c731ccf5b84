"""Many programs, such as known mistakes, one after the other in one process of their own: with limits, and it may be killed.

They are asked as submissions are, and answer with values. A new process for each would cost more than all that it is asked. A
program that is not ours may keep a memory there of what was asked before it: what it answers is believed nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from ..errors import Died, TimedOut
from .jail.base import Jail
from .limits import Limits
from .notebook import Cell, Source
from .run_cells import Past
from .session import Session

DAY = 86_400.0


class Programs(Session):
    """One process for many programs: `take` puts the next one in the place of the last. Limits are for each program."""

    def __init__(
        self, jail: Jail, limits: Limits, asked: Collection[str] = (), data: Mapping[str, np.ndarray] | None = None
    ) -> None:
        super().__init__(text_source("", "nothing"), jail, limits, asked, data)
        self.taken_at = 0.0  # CPU seconds of all programs before this one

    def take(self, source: Source, definitions_only: bool = False) -> None:
        """Run a program in a namespace of its own, or of it only definitions. One that does not run has no functions."""
        self.source, self.notes = source, []
        self.taken_at = self.cpu_seconds()
        self._past = Past(self._past.cpu_seconds, definitions_only=definitions_only)
        if self.child is None:
            self._start()
            return
        try:
            self._ask({"do": "anew"}, self.limits.cell_cpu_seconds)
            self.notes += self._run_cells()
        except (TimedOut, Died):
            self._start()

    def close(self) -> None:
        """End the process."""
        self._end()

    def _settings(self) -> dict[str, Any]:
        # The kernel's own limit of processor time is for the whole life of the process, not for one program.
        return super()._settings() | {"cpu": math.ceil(DAY)}

    def _cpu_left(self) -> float:
        return self.limits.submission_cpu_seconds - (self.cpu_seconds() - self.taken_at)

    def _cells_left(self) -> float:
        return self._cpu_left()


def text_source(code: str, name: str) -> Source:
    """Return a program's text as what was handed in: one cell."""
    return Source(name, "", (Cell(1, code, code),))
