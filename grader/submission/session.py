"""The trusted half of a submission: it asks a jailed process and believes nothing but the form of the answers.

Limits are CPU time, measured from outside; wall time at a multiple of them ends what sleeps. A submission that dies or is
stopped in one row is started again for the next, without the cells that did it, until its budget is spent.
"""

from __future__ import annotations

import os
import re
import select
import socket
import time
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from .. import errors
from ..errors import Died, Fault, GraderError, TimedOut, Wrong
from ..inside import wire
from ..inside.plan import Implementation, Plan
from ..result import Note
from ..topics.datasets import narrow
from .jail.base import Child, Jail
from .limits import Limits
from .notebook import Cell, Source
from .protocol import MAX_TEXT, answers, cell_note, checked

WATCH_SECONDS = 0.05  # how often CPU time is looked at while an answer is awaited
START_SECONDS = 60.0  # wall time for the interpreter and numpy: our own doing
MAX_NAMES = 200  # that are looked through for one that comes close to a missing function's
FORBIDDEN_CELLS = 3  # cells that loop or kill the process before the rest of the notebook is given up


class Session(Implementation):
    """One submission in one jail. Use as a context manager; `notes` says what happened while its cells ran.

    `asked` are the functions that it should define, `data` the data sets that `dataset` gives it.
    """

    def __init__(
        self,
        source: Source,
        jail: Jail,
        limits: Limits,
        asked: Collection[str] = (),
        data: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        self.source, self.jail, self.limits, self.asked = source, jail, limits, asked
        self.data = {name: narrow(array) for name, array in (data or {}).items()}
        self.notes: list[Note] = []
        self.skipped_cells: set[int] = set()  # cells that loop or kill
        self.timed_out: list[set[str]] = []  # functions that ran out of time, together: they are not asked again
        self.out_of_memory = False  # memory ran out: what is left of the process is not to be judged
        self.child: Child | None = None
        self.spent = 0.0  # CPU seconds of processes that have ended
        self.row_started = 0.0
        self.drop_handles = False

    def __enter__(self) -> Session:
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        self.notes.sort(key=lambda note: note.cell or 0)
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    # ------------------------------------------------------------------------------------------ the interface

    def run(self, plan: Plan) -> list[Any]:
        names = set(plan.names())
        if any(guilty <= names for guilty in self.timed_out):
            raise TimedOut(f"`{'`, `'.join(plan.names())}` took too long in an earlier row: not asked again")
        if self.child is None:
            raise TimedOut(self._budget_sentence())
        request = {"do": "plan", "plan": plan.to_wire(), "drop_handles": self.drop_handles}
        self.drop_handles = False
        left = self.limits.row_cpu_seconds - (self.cpu_seconds() - self.row_started)
        try:
            answer = self._ask(request, left, self.limits.row_cpu_seconds, f"`{'`, `'.join(plan.names())}`")
        except TimedOut:
            self.timed_out.append(names)
            raise
        if "missing" in answer:
            raise self._missing(answer)
        self.out_of_memory = answer.get("raised") == "MemoryError"
        return answers(answer, plan, self.limits)

    def cpu_seconds(self) -> float:
        return self.spent + (self.child.cpu_seconds() if self.child else 0.0)

    def begin_row(self) -> None:
        if self.out_of_memory:
            self._end()
            self.out_of_memory = False
        if self.child is None and self._left() > 0:
            self._start()
        self.row_started = self.cpu_seconds()
        self.drop_handles = True

    def renew(self) -> None:
        """End the process: the next row finds a new one, which knows nothing of what was asked before."""
        self._end()

    # ------------------------------------------------------------------------------------------ its life

    def _start(self) -> None:
        """A new process with every cell run, but for those that were seen to loop or kill."""
        told = bool(self.notes)
        while self.child is None and self._left() > 0:
            self._launch()
            notes = self._run_cells()
            if self.child is not None and not told:
                self.notes += notes

    def _launch(self) -> None:
        self.child = self.jail.start()
        try:
            answer = self._exchange(self._settings(), START_SECONDS, "took too long", "the start")
        except (TimedOut, Died) as error:
            raise GraderError(f"the submission's process did not start: {error}") from error
        if "refused" in answer:
            self._end()
            raise GraderError(f"the submission's process could not be confined: {answer['refused']}")

    def _settings(self) -> dict[str, Any]:
        """Return the first request: what the process gives up before it runs anything of the submission."""
        return self.jail.settings(self.limits) | {"data": self.data}

    def _run_cells(self) -> list[Note]:
        """Run the notebook. Where a cell loops or kills, the process is gone afterwards and that cell is left out next time."""
        notes = []
        for cell in self.source.cells:
            if cell.number in self.skipped_cells or not cell.code.strip():
                continue
            try:
                answer = self._ask(
                    {"do": "cell", "number": cell.number, "code": cell.code},
                    self.limits.cell_cpu_seconds,
                    self.limits.cell_cpu_seconds,
                    "",
                )
            except (TimedOut, Died) as end:
                self._skip_cell(cell, str(end))
                return []
            if "raised" in answer:
                notes.append(cell_note(cell, answer))
        return notes

    def _skip_cell(self, cell: Cell, how: str) -> None:
        self.skipped_cells.add(cell.number)
        self.notes.append(Note(f"{how}: this cell was left out, the others were run without it", cell.number))
        if len(self.skipped_cells) > FORBIDDEN_CELLS:
            later = {c.number for c in self.source.cells if c.number > cell.number}
            self.skipped_cells |= later
            if later:
                self.notes.append(
                    Note("too many cells loop or end the process: the cells after this were not run", cell.number)
                )

    def _end(self, gone: bool = False) -> str:
        child, self.child = self.child, None
        if child is None:
            return ""
        try:
            return child.end(gone)
        finally:
            self.spent += child.cpu_seconds()

    def _left(self) -> float:
        return self.limits.submission_cpu_seconds - self.cpu_seconds()

    def _budget_sentence(self) -> str:
        return f"the submission used up its {self.limits.submission_cpu_seconds:g} s of processor time"

    # ------------------------------------------------------------------------------------------ question and answer

    def _ask(self, request: dict[str, Any], cpu: float, of: float, what: str) -> dict[str, Any]:
        """Send a request and wait for its reply. On TimedOut and Died the process is gone."""
        assert self.child is not None
        if select.select([self.child.channel], [], [], 0)[0]:  # nothing was asked: an early or second reply, or the end
            raise self._dead(f"{what} could not be asked".strip(), self._unasked())
        left = self._left()
        spoken = f"took longer than {of:g} s of processor time (or slept) and was stopped"
        return self._exchange(request, min(cpu, left), spoken if cpu <= left else self._budget_sentence(), what)

    def _exchange(self, request: dict[str, Any], limit: float, spoken: str, what: str) -> dict[str, Any]:
        assert self.child is not None
        nonce = os.urandom(wire.NONCE_BYTES)
        try:
            self.child.channel.settimeout(max(limit, 0.001) * self.limits.wall_factor)
            self.child.channel.sendall(wire.frame(request, nonce))
        except TimeoutError:
            raise self._too_slow(what, spoken) from None
        except ConnectionError:
            raise self._dead(what, self._end(gone=True)) from None
        return self._receive(nonce, limit, spoken, what)

    def _receive(self, nonce: bytes, cpu: float, spoken: str, what: str) -> dict[str, Any]:
        assert self.child is not None
        watch = _Watch(self.child, cpu, cpu * self.limits.wall_factor)
        try:
            header = _read(self.child.channel, wire.HEADER.size, watch)
            length = wire.read_header(header, nonce, self.limits.reply_mb << 20)
            return checked(wire.decode(_read(self.child.channel, length, watch)), self.source)
        except _OutOfTime:
            end: Fault = self._too_slow(what, spoken)
        except (EOFError, ConnectionError):
            end = self._dead(what, self._end(gone=True))
        except wire.WireError as breach:
            self._end()
            end = self._dead(what, f"answered out of turn or out of form ({breach})")
        raise end  # out here, so that it does not keep the frames, and in them the message, that it is about

    @staticmethod
    def _dead(what: str, how: str) -> Died:
        return Died(f"{what}: the process {how}" if what else f"the process {how}")

    def _too_slow(self, what: str, spoken: str) -> TimedOut:
        self._end()
        return TimedOut(f"{what} {spoken}".strip())

    def _missing(self, answer: dict[str, Any]) -> Wrong:
        """A function that is not there, and why, where a cell that did not run to its end would have defined it."""
        name = answer["missing"]
        have = [n for n in answer["have"][:MAX_NAMES] if isinstance(n, str) and len(n) < MAX_TEXT]
        broken = {note.cell for note in self.notes}
        definition = re.compile(rf"^[ \t]*(?:def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
        cells = [c.number for c in self.source.cells if c.number in broken and definition.search(c.code)]
        because = f": cell {cells[-1]}, which should define it, did not run to its end" if cells else ""
        return errors.missing(name, have, self.asked, because)

    def _unasked(self) -> str:
        """End a process whose channel says something before it was asked."""
        assert self.child is not None
        try:
            spoke = bool(self.child.channel.recv(1, socket.MSG_PEEK))
        except OSError:
            spoke = False
        how = self._end(gone=not spoke)
        return "answered without being asked" if spoke else how


class _OutOfTime(Exception):
    """The watch ran out."""


class _Watch:
    """CPU time decides; the wall's deadline is absolute, so that dripped bytes cannot extend it."""

    def __init__(self, child: Child, cpu: float, wall: float) -> None:
        self.child, self.cpu = child, cpu
        self.started = child.cpu_seconds()
        self.deadline = time.monotonic() + wall

    def check(self) -> None:
        if time.monotonic() > self.deadline or self.child.cpu_seconds() - self.started > self.cpu:
            raise _OutOfTime


def _read(channel: socket.socket, size: int, watch: _Watch) -> bytearray:
    """Exactly `size` bytes (a size that was checked against the cap). Raises EOFError where the other end is gone."""
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    channel.setblocking(False)
    while got < size:
        if not select.select([channel], [], [], WATCH_SECONDS)[0]:
            watch.check()
            continue
        count = channel.recv_into(view[got:])
        if count == 0:
            raise EOFError
        got += count
        if got < size:
            watch.check()
    return buffer
