"""The trusted half of a submission: asks a jailed process, and believes nothing but the form of its answers.

Limits are CPU time, measured from outside: a busy machine costs nobody a row. Wall time at a multiple of them ends what sleeps.

A session has one process or none. These are all its transitions:

    none → running    `_start`: on entering, and when a row begins. The cells are run; a statement that loops or ends the process
                      is skipped from then on and the others are run in another process, while CPU time for cells is left.
    running → none    An answer is late, early or of no known form, or the process dies: that row gets TimedOut or Died, and the
                      next row a new process. `renew`, `begin_row` after memory ran out, and leaving end it as well.

What outlives the process is in `Past`, what belongs to a row in `_Row`.
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import Died, Fault, GraderError, TimedOut
from ..inside import wire
from ..inside.channel import receive
from ..inside.plan import Plan
from ..result import Note
from ..topics.datasets import narrow
from .jail.base import Child, Jail
from .limits import Limits
from .notebook import Source
from .protocol import answers_to, check_reply, missing
from .run_cells import MAX_ENDS, Past, RunsCells

WATCH_SECONDS = 0.05  # between two looks at the CPU time while an answer is awaited
START_SECONDS = 60.0  # wall time for the interpreter and numpy: if it is too short, that is our fault


@dataclass
class _Row:
    """The row that is being asked."""

    started: float  # CPU seconds of the submission when it began
    drop_handles: bool  # its next plan is the first: what the row before has kept is dropped
    out_of_memory: bool = False  # its last plan was: what is left of such a process is not to be judged


class Session(RunsCells):
    """One submission in one jail. Use it as a context manager. `notes` says what happened while its cells ran.

    `asked` are the functions that it should define, `data` the data sets that `dataset` gives it, by name.
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
        self.child: Child | None = None
        self.broken: set[int] = set()  # cells in which a statement failed or was stopped
        self._past = Past()
        self._row = _Row(started=0.0, drop_handles=False)

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
        names, called = set(plan.names()), f"`{'`, `'.join(plan.names())}`"
        sent = plan.encoded()
        request, size = {"do": "plan", "plan": sent, "drop_handles": self._row.drop_handles}, len(sent.payload)
        if any(guilty <= names and size >= least for guilty, least in self._past.timed_out):
            raise TimedOut(f"{called} took too long in an earlier row, for no more than this: not asked again")
        if self.child is None:
            raise self._not_asked()
        self._row.drop_handles = False
        used = self.cpu_seconds() - self._row.started
        try:
            reply = self._ask(request, self.limits.row_cpu_seconds, used, called)
        except TimedOut:
            self._past.timed_out.append((names, size))
            raise
        if "missing" in reply:
            raise missing(reply, self.source, self.broken, self.asked)
        self._row.out_of_memory = reply.get("raised") == "MemoryError"
        return answers_to(plan, reply, self.limits)

    def cpu_seconds(self) -> float:
        return self._past.cpu_seconds + (self.child.cpu_seconds() if self.child else 0.0)

    def begin_row(self) -> None:
        if self._row.out_of_memory:
            self._end()
        if self.child is None and self._cpu_left() > 0 and self._cells_left() > 0:
            self._start()
        self._row = _Row(started=self.cpu_seconds(), drop_handles=True)

    def renew(self) -> None:
        """End the process, so that the next row is put to a new one, which knows nothing of earlier questions."""
        self._end()

    # ------------------------------------------------------------------------------------------ its life

    def _start(self) -> None:
        """Start a process and run the cells in it, again without a statement that ended it, until they have run or time is spent.

        The notes of cells that raise are kept from the first start only: later ones would repeat them.
        """
        first = not self.notes
        while self.child is None and self._cells_left() > 0:
            self._launch()
            notes = self._run_cells()
            if self.child is not None and first:
                self.notes += notes

    def _launch(self) -> None:
        """Start a process and have it confine itself. Raises GraderError: no student code has run yet."""
        self.child = self.jail.start()
        try:
            reply = self._exchange(self._settings(), START_SECONDS, "took too long", "the start")
        except (TimedOut, Died) as error:
            raise GraderError(f"the submission's process did not start: {error}") from error
        if "refused" in reply:
            self._end()
            raise GraderError(f"the submission's process could not be confined: {reply['refused']}")

    def _settings(self) -> dict[str, Any]:
        """Return the first request: what the process gives up before it runs anything of the submission."""
        return self.jail.settings(self.limits) | {"data": self.data}

    def _end(self, gone: bool = False) -> str:
        """End the process, if there is one, and return how it ended. `gone`: it has closed its end of the channel."""
        child, self.child = self.child, None
        if child is None:
            return ""
        try:
            return child.end(gone)
        finally:
            self._past.cpu_seconds += child.cpu_seconds()

    def _cpu_left(self) -> float:
        """Return the CPU seconds that are left: cells and rows have as many each, so that neither costs the other."""
        if self._running_cells:
            return self._cells_left() - self._since(self._cells_started)
        return self.limits.submission_cpu_seconds - (self.cpu_seconds() - self._past.cells_cpu_seconds)

    def _not_asked(self) -> Fault:
        """Return why there is no process to ask."""
        if self._past.ends >= MAX_ENDS:
            return Died(f"nothing could be asked: the cells looped or ended the process {MAX_ENDS} times")
        return TimedOut(self._budget_sentence())

    def _budget_sentence(self) -> str:
        return f"the submission used up its {self.limits.submission_cpu_seconds:g} s of processor time"

    # ------------------------------------------------------------------------------------------ question and answer

    def _ask(self, request: dict[str, Any], limit: float, used: float = 0.0, called: str = "") -> dict[str, Any]:
        """Send a request and return the reply to it. Raises TimedOut and Died, after which the process is gone.

        `limit` is in CPU seconds, of which `used` are spent already. `called` names the functions that are asked, for a sentence.
        """
        assert self.child is not None
        if select.select([self.child.channel], [], [], 0)[0]:  # nothing was asked: an early or second reply, or the end
            raise _died(f"{called} could not be asked".strip(), self._end_unasked())
        left, submission_left = limit - used, self._cpu_left()
        late = f"took longer than {limit:g} s of processor time (or slept) and was stopped"
        return self._exchange(
            request, min(left, submission_left), late if left <= submission_left else self._budget_sentence(), called
        )

    def _exchange(self, request: dict[str, Any], cpu: float, late: str, called: str) -> dict[str, Any]:
        """Send a request and return the reply, checked. `late` is what the sentence says if more than `cpu` seconds pass."""
        assert self.child is not None
        channel, nonce = self.child.channel, os.urandom(wire.NONCE_BYTES)
        frame = wire.frame(request, nonce)
        try:
            watch = _Watch(self.child, cpu, cpu * self.limits.wall_factor)
            watch.check()  # while an answer is awaited it is called only if that takes long: nothing may be left by now
            channel.settimeout(max(cpu, 0.001) * self.limits.wall_factor)
            channel.sendall(frame)
            channel.settimeout(WATCH_SECONDS)
            return check_reply(
                receive(channel, self.limits.reply_mb << 20, nonce, watch.check)[1], request, self.source
            )
        except TimeoutError:
            self._end()
            end: Fault = TimedOut(f"{called} {late}".strip())
        except (EOFError, ConnectionError):
            end = _died(called, self._end(gone=True))
        except wire.WireError as breach:
            self._end()
            end = _died(called, f"answered out of turn or out of form ({breach})")
        # Raised here, and not above, where it would keep the other error, and with its frames the message that it is about.
        raise end

    def _end_unasked(self) -> str:
        """End a process whose channel has something to be read before anything was asked, and return what it did."""
        assert self.child is not None
        try:
            spoke = bool(self.child.channel.recv(1, socket.MSG_PEEK))
        except OSError:
            spoke = False
        how = self._end(gone=not spoke)
        return "answered without being asked" if spoke else how


def _died(called: str, how: str) -> Died:
    return Died(f"{called}: the process {how}" if called else f"the process {how}")


class _Watch:
    """Limits on one answer. CPU time decides; the wall's deadline is absolute, so that dripped bytes cannot extend it."""

    def __init__(self, child: Child, cpu: float, wall: float) -> None:
        self.child, self.cpu = child, cpu
        self.started = child.cpu_seconds()
        self.deadline = time.monotonic() + wall

    def check(self) -> None:
        """Raise TimeoutError if a limit has passed."""
        if time.monotonic() > self.deadline or self.child.cpu_seconds() - self.started > self.cpu:
            raise TimeoutError
