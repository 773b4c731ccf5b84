"""Prove that all that was lost comes of one slip: one edit of the student's own code earns every row.

Debroy and Wong, *Using mutation to automatically suggest fixes for faulty programs*, ICST 2010: an edit that makes a slip may also
take one back. The edit that is found prices the slip, and is not told: a student is to find it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from ..result import Status
from ..submission.jail import Jail
from ..submission.limits import Limits
from ..submission.notebook import Cell, Source
from ..submission.programs import Programs
from ..submission.session import Session
from ..topics.folder import Assignment
from ..topics.mutants.generate import mutants
from ..topics.trial import TruthSource
from .evaluate import evaluate_on_seed
from .outcome import Outcome

# A count decides, not a clock, so that speed changes no price: 300 edits of an Adam take half a second of CPU.
MOST = 600
LATE = 2  # edits that loop or end the process before the search is given up: each takes as long as a row may

Ask = Callable[[Source, Sequence[str] | None], list[Outcome]]
"""Put a source to the rows of these ids, or to all."""


@dataclass(frozen=True)
class Repair:
    """Looks for the one slip in submissions of a topic, in one round."""

    assignment: Assignment
    truth: TruthSource
    seed: int
    jail: Jail
    limits: Limits

    def is_one_slip(self, source: Source, outcomes: Sequence[Outcome]) -> bool:
        """Say whether one edit of `source`, which ended as `outcomes`, makes it earn every row."""
        asked, data = [f.name for f in self.assignment.targets], self.assignment.data
        with closing(Programs(self.jail, self.limits, asked, data)) as edits:

            def ask(edited: Source, rows: Sequence[str] | None) -> list[Outcome]:
                edits.take(edited, definitions_only=True)
                return self._outcomes(edits, rows)

            def alone(edited: Source, rows: Sequence[str] | None) -> list[Outcome]:
                with Session(edited, self.jail, self.limits, asked, data) as student:
                    return self._outcomes(student, rows)

            return is_one_slip(source, outcomes, ask, alone)

    def _outcomes(self, student: Session, rows: Sequence[str] | None) -> list[Outcome]:
        return evaluate_on_seed(self.assignment.topic, student, self.truth, self.seed, rows)


def is_one_slip(source: Source, outcomes: Sequence[Outcome], ask: Ask, alone: Ask) -> bool:
    """Say whether one edit of one function of `source`, which ended as `outcomes`, makes it earn every row.

    `ask` may put all edits to one process, of which student code can keep a memory; what it finds is believed only where the
    edited source is put to all rows `alone`, in a process that has seen nothing else.
    """
    lost = sorted((o for o in outcomes if not o.earned or o.follow is not None), key=_size)
    late = 0
    for _, edited in zip(range(MOST), _edits(source, lost), strict=False):
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


def _edits(source: Source, lost: Sequence[Outcome]) -> Iterator[Source]:
    """Yield the source with one edit in one function that every lost row calls: an edit of any other leaves a row as it is.

    What is in a `while` may never end, and is left out; so are cells that are no Python.
    """
    trees = dict(_parsed(source.cells))
    uses = _uses(trees.values())
    asked = [{f.name for f in o.row.check.functions} for o in lost if o.status is not Status.WITHHELD]
    guilty = set[str].intersection(*(_reached(names, uses) for names in asked)) if asked else set[str]()
    for number, cell in enumerate(source.cells):
        if number not in trees or not guilty & _uses([trees[number]]).keys():
            continue
        for edit in mutants(cell.code):
            if edit.function.partition(".")[0] in guilty and not edit.loop:
                cells = [*source.cells[:number], replace(cell, code=edit.source), *source.cells[number + 1 :]]
                yield replace(source, cells=tuple(cells))


def _parsed(cells: Sequence[Cell]) -> Iterator[tuple[int, ast.Module]]:
    for number, cell in enumerate(cells):
        try:
            yield number, ast.parse(cell.code)
        except (SyntaxError, ValueError, RecursionError):
            continue


def _uses(trees: Iterable[ast.Module]) -> dict[str, set[str]]:
    """Return, for each function and class, the names that its text mentions."""
    found = dict[str, set[str]]()
    for definition in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(definition, ast.FunctionDef | ast.ClassDef):
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
