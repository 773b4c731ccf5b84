"""What a submission's process may say, and what is made of it: known forms only, cut to size; still only claims."""

from __future__ import annotations

from typing import Any

from .. import errors
from ..errors import Died, Raised
from ..inside import wire
from ..inside.plan import Plan
from ..result import Note
from .limits import Limits
from .notebook import Cell, Source

MAX_TEXT = 500  # characters of what a student's exception, or anything else of theirs, says of itself


def checked(answer: Any, source: Source) -> dict[str, Any]:
    """A reply of one of the known forms, texts cut to size; everything in it is still only a claim."""
    forms: list[dict[str, type]] = [
        {"ok": list},
        {"ready": bool},
        {"refused": str},
        {"missing": str, "have": list},
        {"misfit": str, "sentence": str},
        {"raised": str, "message": str, "cell": int, "line": int, "calling": str},
    ]
    if isinstance(answer, dict):
        for form in forms:
            if answer.keys() == form.keys() and all(isinstance(answer[key], kind) for key, kind in form.items()):
                return _place(source, **_cut(answer)) if "raised" in answer else _cut(answer)
    raise wire.WireError("a reply of unknown form")


def _cut(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value[:MAX_TEXT] if isinstance(value, str) else value for key, value in answer.items()}


def _place(source: Source, cell: int, line: int, **rest: Any) -> dict[str, Any]:
    """The reply, with a cell and a line that the submission has, or 0."""
    cell = cell if 0 < cell <= len(source.cells) else 0
    line = line if cell and 0 < line <= source.cells[cell - 1].code.count("\n") + 1 else 0
    return {**rest, "cell": cell, "line": line}


def answers(answer: dict[str, Any], plan: Plan, limits: Limits) -> list[Any]:
    """What a plan wanted. Raises Wrong, Raised, or Died for a reply that gives more or fewer answers than were asked for."""
    if "misfit" in answer:
        raise errors.misfit(answer["misfit"], answer["sentence"])
    if "raised" in answer:
        out_of_memory = answer["raised"] == "MemoryError" and not answer["message"]
        message = f"more than {limits.memory_mb} MB of memory" if out_of_memory else answer["message"]
        calling = answer["calling"] if answer["calling"] in plan.names() else ", ".join(plan.names())
        raise Raised(answer["raised"], message, answer["cell"] or None, answer["line"] or None, calling)
    values = answer.get("ok")
    if not isinstance(values, list) or len(values) != len(plan.wanted) + len(plan.kept):
        raise Died(f"the process gave {len(values or [])} answers to {len(plan.wanted)} questions")
    return values


def cell_note(cell: Cell, answer: dict[str, Any]) -> Note:
    """What the student is told of a cell that raised."""
    line = f" (line {answer['line']})" if answer["line"] and answer["cell"] == cell.number else ""
    what = f"{answer['raised']}: {answer['message']}" if answer["message"] else answer["raised"]
    if answer["raised"] == "SystemExit":
        happened = f"calls exit(){line}: the rest of the cell"
    elif answer["raised"] in ("SyntaxError", "IndentationError", "TabError"):
        happened = f"is no Python: {what}{line}. The cell"
    else:
        happened = f"raised {what}{line}: the rest of the cell"
    return Note(f"{happened} was not run, the next cells were", cell.number)
