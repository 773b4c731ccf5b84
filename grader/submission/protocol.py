"""Replies of a submission's process: checked for their form, cut to size, and turned into answers, errors and notes.

What a reply says is still only a claim of the student's process. `inside/worker.py` is the other end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from .. import errors
from ..errors import Died, Raised, Wrong
from ..inside import wire
from ..inside.plan import Plan
from ..result import Note
from .limits import Limits
from .notebook import Cell, Source

MAX_TEXT = 500  # characters of any text in a reply: exceptions, names
MAX_NAMES = (
    200  # of the functions that a submission has: among them one that comes close to a missing one is looked for
)

FORMS: tuple[dict[str, type], ...] = (
    {"ok": list},
    {"ready": bool},
    {"refused": str},
    {"missing": str, "have": list},
    {"misfit": str, "sentence": str},
    {"raised": str, "message": str, "cell": int, "line": int, "calling": str},
)


def check_reply(reply: Any, source: Source) -> dict[str, Any]:
    """Return a reply of one of the `FORMS`, with its texts cut to size. Raises wire.WireError for anything else.

    A cell or line that the submission does not have becomes 0.
    """
    if not isinstance(reply, dict) or not any(
        reply.keys() == form.keys() and all(isinstance(reply[key], kind) for key, kind in form.items())
        for form in FORMS
    ):
        raise wire.WireError("a reply of unknown form")
    cut: dict[str, Any] = {key: value[:MAX_TEXT] if isinstance(value, str) else value for key, value in reply.items()}
    if "raised" in cut:
        cell, line = cut["cell"], cut["line"]
        cell = cell if 0 < cell <= len(source.cells) else 0
        line = line if cell and 0 < line <= source.cells[cell - 1].code.count("\n") + 1 else 0
        cut |= {"cell": cell, "line": line}
    return cut


def answers_to(plan: Plan, reply: dict[str, Any], limits: Limits) -> list[Any]:
    """Return the answers that a plan wanted. Raises Wrong and Raised for a reply that says so.

    Raises Died for another number of answers than was asked for: such a process cannot be asked again.
    """
    if "misfit" in reply:
        raise errors.misfit(reply["misfit"], reply["sentence"])
    if "raised" in reply:
        # Python's own MemoryError has no message, where numpy's says what it wanted to allocate.
        out_of_memory = reply["raised"] == "MemoryError" and not reply["message"]
        message = f"more than {limits.memory_mb} MB of memory" if out_of_memory else reply["message"]
        calling = reply["calling"] if reply["calling"] in plan.names() else ", ".join(plan.names())
        raise Raised(reply["raised"], message, reply["cell"] or None, reply["line"] or None, calling)
    values = reply.get("ok")
    if not isinstance(values, list) or len(values) != len(plan.wanted) + len(plan.kept):
        raise Died(f"the process gave {len(values or [])} answers to {len(plan.wanted)} questions")
    return values


def missing(reply: dict[str, Any], source: Source, notes: Sequence[Note], asked: Collection[str]) -> Wrong:
    """Return the error for a function that is not there.

    It names the cell that would have defined the function, if that cell has a note: it did not run to its end.
    """
    name = reply["missing"]
    have = [n for n in reply["have"][:MAX_NAMES] if isinstance(n, str) and len(n) < MAX_TEXT]
    broken = {note.cell for note in notes}
    definition = re.compile(rf"^[ \t]*(?:def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
    cells = [c.number for c in source.cells if c.number in broken and definition.search(c.code)]
    because = f": cell {cells[-1]}, which should define it, did not run to its end" if cells else ""
    return errors.missing(name, have, asked, because)


def cell_note(cell: Cell, reply: dict[str, Any]) -> Note:
    """Return the note for a cell that raised an exception."""
    line = f" (line {reply['line']})" if reply["line"] and reply["cell"] == cell.number else ""
    what = f"{reply['raised']}: {reply['message']}" if reply["message"] else reply["raised"]
    if reply["raised"] == "SystemExit":
        happened = f"calls exit(){line}: the rest of the cell"
    elif reply["raised"] in ("SyntaxError", "IndentationError", "TabError"):
        happened = f"is no Python: {what}{line}. The cell"
    else:
        happened = f"raised {what}{line}: the rest of the cell"
    return Note(f"{happened} was not run, the next cells were", cell.number)
