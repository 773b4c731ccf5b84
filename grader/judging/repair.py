"""Prove that all that was lost comes of one slip: one edit of the student's own code earns every row.

Debroy and Wong, *Using mutation to automatically suggest fixes for faulty programs*, ICST 2010: an edit that makes a slip may also
take one back. The edit that is found prices the slip, and is not told: a student is to find it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ..result import Status
from ..submission.notebook import Source
from ..topics.mutants.generate import each_mutant
from .outcome import Outcome

# Counts decide, not a clock, so that speed changes no price: 300 edits of an Adam take half a second of CPU.
MOST = 600  # edits
LATE = 2  # edits that loop or end the process before the search is given up: each takes as long as a row may
# Of characters: what is longer is not edited, for a parser's time is the grader's own.
MOST_CELL, MOST_FUNCTION = 50_000, 4_000

Ask = Callable[[Source, Sequence[str] | None], list[Outcome]]
"""Put a source to the rows of these ids, or to all."""


def is_one_slip(source: Source, outcomes: Sequence[Outcome], ask: Ask, alone: Ask) -> bool:
    """Say whether one edit of one function of `source`, which ended as `outcomes`, makes it earn every row.

    `ask` may put all edits to one process, of which student code can keep a memory; what it finds is believed only where the
    edited source is put to all rows `alone`, in a process that has seen nothing else.
    """
    lost = sorted((o for o in outcomes if not o.earned or o.follow is not None), key=_size)
    late = 0
    for edited in islice(_edits(source, lost), MOST):
        for row in lost:
            [found] = ask(edited, [row.row.id])
            if not _holds(found):
                late += found.status in (Status.TIMEOUT, Status.DIED)
                break
        else:
            if all(_holds(o) for o in alone(edited, None)):
                return True
        if late == LATE:
            break
    return False


def _holds(outcome: Outcome) -> bool:
    return outcome.earned and outcome.follow is None


def _size(outcome: Outcome) -> tuple[bool, int]:
    """Return what rows are ordered by: small ones first, and what was not asked last."""
    return outcome.answers is None, 0 if outcome.answers is None else outcome.answers.size


Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class _Written:
    """A function or class at the top of a cell, which is number `cell` of the source."""

    cell: int
    node: Definition

    def replaced(self, source: Source, text: str) -> Source:
        """Return the source with this definition as the text has it."""
        cell = source.cells[self.cell]
        lines = re.split(r"\r\n|[\r\n]", cell.code)  # as Python counts them, in which a form feed ends none
        first = min([self.node.lineno, *(decorator.lineno for decorator in self.node.decorator_list)])
        code = "\n".join([*lines[: first - 1], text, *lines[self.node.end_lineno :]])
        return replace(
            source, cells=(*source.cells[: self.cell], replace(cell, code=code), *source.cells[self.cell + 1 :])
        )


def _edits(source: Source, lost: Sequence[Outcome]) -> Iterator[Source]:
    """Yield the source with one edit in one function that every lost row calls: an edit of any other leaves a row as it is.

    What is in a `while` may never end, and is left out; so is what is too long or too deep for a parser.
    """
    written = [*_written(source)]
    uses = _uses(each.node for each in written)
    asked = [{f.name for f in o.row.check.functions} for o in lost if o.status is not Status.WITHHELD]
    guilty = set[str].intersection(*(_reached(names, uses) for names in asked)) if asked else set[str]()
    for each in written:
        if each.node.name in guilty:
            yield from (each.replaced(source, text) for text in _edited(each.node))


def _written(source: Source) -> Iterator[_Written]:
    """Yield the functions and classes of a source; those of a cell that is no Python are left out."""
    for number, cell in enumerate(source.cells):
        try:
            body = ast.parse(cell.code).body if len(cell.code) <= MOST_CELL else []
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        yield from (_Written(number, node) for node in body if isinstance(node, Definition))


def _edited(node: Definition) -> Iterator[str]:
    """Yield the text of a definition with one edit in it."""
    try:
        text = ast.unparse(node)
        if len(text) <= MOST_FUNCTION:
            yield from (edit.source for edit in each_mutant(text) if not edit.loop)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return


def _uses(definitions: Iterable[Definition]) -> dict[str, set[str]]:
    """Return, for each function and class, the names that its text mentions."""
    found = dict[str, set[str]]()
    for definition in definitions:
        names = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name)}
        found.setdefault(definition.name, set()).update(names)
    return found


def _reached(names: Iterable[str], uses: Mapping[str, set[str]]) -> set[str]:
    """Return those of the names that are defined, and what is defined and called by them, and so on."""
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name in uses and name not in found:
            found.add(name)
            waiting += uses[name]
    return found
