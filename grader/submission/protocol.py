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
MAX_LINES = 8  # that a note lists
MAX_LISTED = 20  # packages that a note lists, and notes of exceptions in one cell
MAX_NAMES = (
    200  # of the functions that a submission has: among them one that comes close to a missing one is looked for
)

RAISED: dict[str, type] = {"raised": str, "message": str, "cell": int, "line": int, "calling": str}
# The forms of a reply to each kind of request; the first, which starts the process, has no kind.
FORMS: dict[str, tuple[dict[str, type], ...]] = {
    "": ({"ready": bool}, {"refused": str}),
    "anew": ({"ready": bool},),
    "cell": ({"lines": list, "main": int}, RAISED),
    "statement": ({"ran": bool, "absent": list}, RAISED),
    "settle": ({"restored": list}, RAISED),
    "plan": ({"ok": list}, {"missing": str, "have": list}, {"misfit": str, "sentence": str}, RAISED),
}


def check_reply(reply: Any, request: dict[str, Any], source: Source) -> dict[str, Any]:
    """Return a reply of one of the `FORMS` for its request, with its texts cut to size. Raises wire.WireError for anything else.

    A cell or line that the submission does not have becomes 0.
    """
    if not isinstance(reply, dict) or not any(
        reply.keys() == form.keys() and all(isinstance(reply[key], kind) for key, kind in form.items())
        for form in FORMS[request.get("do", "")]
    ):
        raise wire.WireError("a reply of unknown form")
    cut: dict[str, Any] = {key: value[:MAX_TEXT] if isinstance(value, str) else value for key, value in reply.items()}
    if "lines" in cut and not _are_lines(cut["lines"], request["code"]):
        raise wire.WireError("a cell of impossible statements")
    if "raised" in cut:
        cell, line = cut["cell"], cut["line"]
        cell = cell if 0 < cell <= len(source.cells) else 0
        line = line if cell and 0 < line <= source.cells[cell - 1].code.count("\n") + 1 else 0
        cut |= {"cell": cell, "line": line}
    return cut


def _are_lines(lines: list[Any], code: str) -> bool:
    """Say whether these can be the lines of a cell's statements: no more of them than the cell has characters."""
    return len(lines) <= len(code) and all(type(line) is int and 0 < line <= len(code) + 1 for line in lines)


def names_in(listed: Sequence[Any]) -> list[str]:
    """Return the names in a part of a reply, cut to size; whatever is no name is left out."""
    return [name[:MAX_TEXT] for name in listed[:MAX_NAMES] if isinstance(name, str) and name.isidentifier()]


def restored_in(listed: Sequence[Any], source: Source) -> list[tuple[str, int, int]]:
    """Return the names of a reply that are functions again, with the cells of their value and of the function."""
    found = [each for each in listed[:MAX_NAMES] if isinstance(each, list) and len(each) == 3]
    return [
        (name, *cells)
        for given, *cells in found
        if all(type(cell) is int and 0 < cell <= len(source.cells) for cell in cells)
        for name in names_in([given])
    ]


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


def missing(reply: dict[str, Any], source: Source, broken: Collection[int], asked: Collection[str]) -> Wrong:
    """Return the error for a function that is not there.

    It names the cell that would have defined the function, if it is one of the `broken`: it did not run to its end.
    """
    name = reply["missing"]
    have = [n for n in reply["have"][:MAX_NAMES] if isinstance(n, str) and len(n) < MAX_TEXT]
    definition = re.compile(rf"^[ \t]*(?:def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
    cells = [c.number for c in source.cells if c.number in broken and definition.search(c.code)]
    because = f": cell {cells[-1]}, which should define it, did not run to its end" if cells else ""
    return errors.missing(name, have, asked, because)


def cell_note(cell: Cell, reply: dict[str, Any], skipped: Sequence[int] = ()) -> Note:
    """Return the note for a cell in which a statement raised an exception.

    `skipped` are the lines that were not run after it.
    """
    line = f" (line {reply['line']})" if reply["line"] and reply["cell"] == cell.number else ""
    what = f"{reply['raised']}: {reply['message']}" if reply["message"] else reply["raised"]
    if reply["raised"] in ("SyntaxError", "IndentationError", "TabError"):
        return Note(f"is no Python: {what}{line}. The cell was not run, the next cells were", cell.number)
    happened = f"calls exit(){line}" if reply["raised"] == "SystemExit" else f"raised {what}{line}"
    return Note(f"{happened}: {rest_of(skipped)}", cell.number)


def rest_of(skipped: Sequence[int]) -> str:
    """Say what was run of a cell, all the same, in which a statement failed or was stopped."""
    if not skipped:
        return "the rest was run without it"
    lines = f"line{'s' * (len(skipped) > 1)} {', '.join(map(str, skipped[:MAX_LINES]))}"
    more = f" and {len(skipped) - MAX_LINES} more" if len(skipped) > MAX_LINES else ""
    which = "which need what it would have made, or only show something"
    return f"{lines}{more} ({which}) {'were' if len(skipped) > 1 else 'was'} not run, the rest was"


def absent_note(cell: Cell, packages: Sequence[str]) -> Note:
    """Return the note for a cell that imports packages which are not there."""
    named = " and ".join(
        [*(f"`{name}`" for name in packages[:MAX_LISTED]), *(["more"] if packages[MAX_LISTED:] else [])]
    )
    verb, them = ("are", "them") if packages[1:] else ("is", "it")
    sentence = f"imports {named}, which {verb} not there where work is graded: what uses {them} fails"
    return Note(sentence, cell.number)


def restored_note(name: str, value_cell: int, function_cell: int) -> Note:
    """Return the note for a name of a function that was given another value later."""
    sentence = f"`{name}` becomes a value that cannot be called: graded is the function of cell {function_cell}"
    return Note(sentence, value_cell)
