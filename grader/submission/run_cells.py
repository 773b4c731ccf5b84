"""Cells are run a statement at a time: one that raises, loops or ends the process costs what stands beside it nothing.

Each statement is a request of its own. Where one loops or ends the process, all cells are run again in a new process without it;
after too many of these, or with the cells' time spent, the last start runs nothing but definitions.
"""

from __future__ import annotations

import abc
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ..errors import Died, TimedOut
from ..inside.plan import Implementation
from ..result import Note
from .limits import Limits
from .notebook import Cell, Source
from .protocol import MAX_LISTED, absent_note, cell_note, names_in, restored_in, restored_note

WHOLE, NAMES = -1, -2  # in place of a statement's index: reading the cell, and settling what names mean
MAX_STOPPED = 5  # statements that loop or end the process before nothing but definitions is run
MAX_ENDS = 12  # of processes while their cells are run: then there is no submission to ask


@dataclass
class Past:
    """A session's memory of its processes that have ended."""

    cpu_seconds: float = 0.0
    cells_cpu_seconds: float = 0.0  # of these, what its cells took
    cells_seconds: float = 0.0  # the same with their sleep, as it counts (see `_Moment`)
    stopped: set[tuple[int, int]] = field(
        default_factory=set
    )  # statements that looped or ended the process: (cell, index)
    definitions_only: bool = False  # nothing else of the cells is run any more
    ends: int = 0  # of processes while their cells were run
    timed_out: list[tuple[set[str], int]] = field(
        default_factory=list
    )  # functions of a plan that was too slow, and its bytes


@dataclass(frozen=True)
class _Moment:
    """A moment from which time counts: processor time, or the wall's divided by `wall_factor` if that is more.

    So cells that sleep a little in each of many statements are stopped, too.
    """

    cpu_seconds: float
    wall_seconds: float


class _Stopped(Exception):
    """A statement of a cell looped or ended the process: it is left out, and the cells are run again."""


class RunsCells(Implementation):
    """The part of a Session that runs the notebook. `broken` are cells in which a statement failed or was stopped."""

    source: Source
    limits: Limits
    asked: Collection[str]
    notes: list[Note]
    broken: set[int]
    child: Any
    _past: Past
    _running_cells = False
    _cells_started = _Moment(0.0, 0.0)

    @abc.abstractmethod
    def _ask(self, request: dict[str, Any], limit: float, used: float = 0.0, called: str = "") -> dict[str, Any]: ...

    def _run_cells(self) -> list[Note]:
        """Run the cells, a statement at a time, and return what happened.

        If a statement loops or ends the process, leave it out from now on and return: the process is gone.
        """
        notes: list[Note] = []
        self._running_cells, self._cells_started = True, self._now()
        try:
            for cell in self.source.cells:
                if cell.code.strip():
                    notes += self._run_cell(cell)
            notes += self._settle()
        except _Stopped:
            notes = []
        finally:
            self._running_cells = False
            self._past.cells_cpu_seconds += self.cpu_seconds() - self._cells_started.cpu_seconds
            self._past.cells_seconds += self._since(self._cells_started)
        return notes

    def _run_cell(self, cell: Cell) -> list[Note]:
        """Run the statements of one cell, within the cell's limit; those below `if __name__ == "__main__":` have it anew."""
        number, started = cell.number, self._now()
        if (number, WHOLE) in self._past.stopped:
            return []
        opened = self._ask_cell(cell, WHOLE, 0, {"do": "cell", "number": number, "code": cell.code}, started)
        if "raised" in opened:
            self.broken.add(number)
            return [cell_note(cell, opened)]
        raised, skipped, absent, more = list[dict[str, Any]](), list[int](), list[str](), 0
        for index, line in enumerate(opened["lines"]):
            started = self._now() if index == opened["main"] else started
            stopped = (number, index) in self._past.stopped
            order = {"index": index, "stopped": stopped, "definitions": self._past.definitions_only}
            reply = self._ask_cell(cell, index, line, {"do": "statement", **order}, started)
            if "raised" in reply and len(raised) == MAX_LISTED:
                more += 1
            elif "raised" in reply:
                raised.append(reply)
            elif "ran" in reply:
                absent += [
                    name for name in names_in(reply["absent"]) if name not in absent and len(absent) <= MAX_LISTED
                ]
                skipped += [line] if not reply["ran"] and not stopped and not self._past.definitions_only else []
        if raised:
            self.broken.add(number)
        last = [cell_note(cell, reply, skipped if i == len(raised) - 1 else ()) for i, reply in enumerate(raised)]
        last += [Note(f"{more} more of its statements raised an exception", number)] if more else []
        return [*([absent_note(cell, absent)] if absent else []), *last]

    def _ask_cell(self, cell: Cell, index: int, line: int, request: dict[str, Any], started: _Moment) -> dict[str, Any]:
        """Put a request of a cell. Raises _Stopped where the statement loops or ends the process, which is then gone."""
        try:
            return self._ask(request, self.limits.cell_cpu_seconds, self._since(started))
        except (TimedOut, Died) as end:
            self._stop(cell, index, line, str(end))
            raise _Stopped from end

    def _stop(self, cell: Cell, index: int, line: int, how: str) -> None:
        """Leave a statement out from now on; after too many of them, or with the cells' time spent, all but definitions."""
        past = self._past
        past.stopped.add((cell.number, index))
        past.ends += 1
        self.broken.add(cell.number)
        if not past.definitions_only:
            at = f" (line {line})" if line else ""
            self.notes.append(Note(f"{how}{at}: the rest was run without it", cell.number))
            if len(past.stopped) > MAX_STOPPED or self._cells_left() - self._since(self._cells_started) <= 0:
                past.definitions_only = True
                sentence = "too much of the notebook loops or ends the process: of all cells only definitions were run"
                self.notes.append(Note(sentence, cell.number))

    def _settle(self) -> list[Note]:
        """Have names that were functions mean these functions again, where they are asked or called, and return notes of it."""
        last = self.source.cells[-1]
        if (last.number, NAMES) in self._past.stopped:
            return []
        reply = self._ask_cell(last, NAMES, 0, {"do": "settle", "asked": list(self.asked)}, self._now())
        return [restored_note(*each) for each in restored_in(reply.get("restored", []), self.source)]

    def _cells_left(self) -> float:
        """Return the seconds that the cells may use; the last start, of definitions only, has the time of one more cell."""
        if self._past.ends >= MAX_ENDS and self.child is None:
            return 0.0
        more = self.limits.cell_cpu_seconds if self._past.definitions_only else 0.0
        return self.limits.submission_cpu_seconds + more - self._past.cells_seconds

    def _now(self) -> _Moment:
        return _Moment(self.cpu_seconds(), time.monotonic())

    def _since(self, start: _Moment) -> float:
        """Return the seconds that have passed since then, as they count."""
        slept = (time.monotonic() - start.wall_seconds) / self.limits.wall_factor
        return max(self.cpu_seconds() - start.cpu_seconds, slept)
