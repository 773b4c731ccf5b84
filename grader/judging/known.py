"""What known mistakes, and pairs of them, answer on the cases of one round: run when first asked for, and kept on a record.

Who runs them is handed in as a `Runner`: in a grading a process with limits, which may be killed; for an author, and to make a
bundle, this very process.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from ..errors import Raised, Wrong
from ..result import Hint, Status
from ..submission.in_process import Live
from ..topics.changes import Mistake
from ..topics.families import families, in_one_function
from ..topics.folder import Assignment
from ..topics.mutants.generate import DELETED_STATEMENT, Mutant, mutants
from ..topics.rubric import Row
from ..topics.trial import TruthSource
from ..truth.record import InMemory, Record
from .answers import Answers
from .evaluate import evaluate_on_seed
from .matching import matching
from .mistakes import Known, Likeness, compare, may_explain, recognise
from .outcome import Outcome
from .pairs import Pair, likely, pairs_of, remembers

# Rows that a submission kept in which a pair is tried before it is run in whole: where 47 pairs answered one row of momentum as a
# mutant of it did, naming took a third of the time (2026-11-27).
REFUTING = 3
SLIP = Hint("", "")  # of a slip that nobody listed: it is priced, not told


class Runner(Protocol):
    """Puts programs to the rows of a topic."""

    def __call__(
        self, source: str, name: str, rows: Sequence[str] | None = None, like: Answers | None = None
    ) -> list[Outcome]:
        """Put a program (its text, and its name for messages) to all rows, or to those named; with `like`, only as long as it
        gives these answers (`matching`)."""
        ...


Runners = Callable[[], AbstractContextManager[Runner]]
"""Make a runner; whatever process it has ends with the `with` block."""

Progress = Callable[[], None]
"""Called when another program has been run."""


def in_this_process(assignment: Assignment, truth: TruthSource, seed: int) -> Runner:
    """Return a runner without limits, for an author's machine: `verify` finds what does not end."""

    def run(source: str, name: str, rows: Sequence[str] | None = None, like: Answers | None = None) -> list[Outcome]:
        student = matching(Live.of(source, name), like)
        return evaluate_on_seed(assignment.topic, student, truth, seed, rows)

    return run


def run_mistakes(assignment: Assignment, run: Runner, declared_only: bool = False) -> list[Known]:
    """Return what every known mistake of the topic answers, those first that are declared, in their order.

    Raise TopicError for one that cannot be made or run.
    """
    return _beside_solution(assignment, lambda source, name: run(source, name, None), declared_only)[1]


def _beside_solution(
    assignment: Assignment, run: Callable[[str, str], list[Outcome]], declared_only: bool = False
) -> tuple[dict[str, Outcome], list[Known]]:
    """Return how the solution's rows end, and the known mistakes beside it: those that are declared, each of these in single
    functions, and families: the topic's, and those that any function may have."""
    solution = assignment.solution
    right = {o.row.id: o for o in run(solution, "solution.py")}

    def known(mistake: Mistake, source: str) -> Known:
        outcomes = run(source, f"mistake {mistake.name!r}")
        return Known.beside(right, Hint(mistake.name, mistake.say), outcomes, costs=mistake.costs)

    declared = [(m, m.apply(solution)) for m in assignment.mistakes]
    found = [known(mistake, source) for mistake, source in declared]
    if declared_only:
        return right, found
    for (mistake, source), whole in zip(declared, list(found), strict=True):
        names = {target.name for row in whole.touches for target in right[row].row.check.functions}
        if len(names) > 1:
            alone = [in_one_function(solution, source, name) for name in sorted(names)]
            found += [one for one in (known(replace(mistake, costs=None), text) for text in alone) if one.losses]
    made = [*assignment.families, *families(assignment.targets)]
    found += [one for one in (known(m, m.apply(solution)) for m in made) if one.losses]
    return right, found


class KnownMistakes:
    """The known mistakes of a topic in one round; submissions share it, side by side.

    `record` keeps what programs answer by the digest of their text.
    """

    def __init__(self, assignment: Assignment, runners: Runners, record: Record[list[Outcome]] | None = None) -> None:
        self.assignment, self.runners = assignment, runners
        self.record: Record[list[Outcome]] = InMemory(most=None) if record is None else record
        self._made: Future[tuple[dict[str, Outcome], list[Known]]] | None = None
        self._first = threading.Lock()  # held only while it is seen who is the first to ask

    def prepare(self, progress: Progress = lambda: None) -> tuple[dict[str, Outcome], list[Known]]:
        """Return how the solution's rows end, by their ids, and the known mistakes, all with their whole answers.

        The first to ask runs them; whoever asks meanwhile waits for its answer.
        """
        with self._first:
            mine = self._made is None
            answer = self._made = self._made or Future()
        if mine:
            try:
                answer.set_result(self._run_all(progress))
            except BaseException as error:
                self._made = None  # the next to ask tries again
                answer.set_exception(error)
        return answer.result()

    def known(self) -> list[Known]:
        """Return the known mistakes with their whole answers."""
        return self.prepare()[1]

    def _run_all(self, progress: Progress) -> tuple[dict[str, Outcome], list[Known]]:
        with self.runners() as run:

            def counted(source: str, name: str) -> list[Outcome]:
                found = self._outcomes(run, source, name)
                progress()
                return found

            found = _beside_solution(self.assignment, counted)
            for pair in self.pairs:
                if pair.source in self._remembering:
                    counted(pair.source, pair.hint.name)
            return found

    def explaining(self, outcomes: Sequence[Outcome], repaired: Callable[[], bool] = lambda: False) -> list[Known]:
        """Return the known mistakes and, where a lost row fits none of them, the pairs that explain it, and the one slip that
        nobody listed of which all that was lost comes. `repaired` says whether one edit of the program earns all rows.

        The pairs that are likely from single answers are run on the smallest such row, and those that answer
        as the submission does on all rows. A count decides, not a clock: speed changes no name.
        """
        right, known = self.prepare()
        alone = recognise(outcomes, known)
        unexplained = [o for o in outcomes if isinstance(o.error, Wrong | Raised) and o.row.id not in alone]
        if not unexplained:
            return known
        smallest = min(unexplained, key=_size)
        losses = {k.hint.name: set(k.losses) for k in reversed(known)}  # of one name the first: the mistake everywhere
        with self.runners() as run:
            whole = [
                self.whole(run, pair)
                for pair in likely(self.pairs, outcomes, right, known)
                if self._agrees(run, pair, smallest) and not self._refuted(run, pair, outcomes, losses)
            ]
            found = [*known, *(k for k in whole if may_explain(outcomes, k))]
            named = recognise(outcomes, found)
            if any(o.error is not None and o.row.id not in named for o in outcomes):
                found += (
                    [Known.beside(right, SLIP, outcomes)] if repaired() else self._one_slip(run, outcomes, smallest)
                )
        return found

    def _one_slip(self, run: Runner, outcomes: Sequence[Outcome], smallest: Outcome) -> list[Known]:
        """Return the first of the slips that nobody listed which answers every row as the submission does, without a name.

        A submission that earns nothing may compute nothing, as the solution does with `return w`: no slip is looked for.
        """
        if not any(o.earned and o.follow is None for o in outcomes):
            return []
        rows = [smallest, *sorted((o for o in outcomes if o is not smallest and o.answers is not None), key=_size)]
        for slip in self.slips:
            if all(self._is_alike(mine, self._slipped(run, slip, mine)) for mine in rows):
                known = Known.beside(self.prepare()[0], SLIP, self._outcomes(run, slip.source, slip.name))
                if all(self._is_alike(mine, known.rows.get(mine.row.id)) for mine in outcomes):
                    return [known]
        return []

    def _slipped(self, run: Runner, slip: Mutant, mine: Outcome) -> Outcome | None:
        """Return how a slip ends one row. Where that row was kept, answers may be right and differ by more than one fault's do."""
        return self._one_row(run, slip.source, slip.name, mine.row, mine.answers if mine.error is not None else None)

    @staticmethod
    def _is_alike(mine: Outcome, theirs: Outcome | None) -> bool:
        """Say whether a row ended alike, with the same whole answer."""
        if theirs is None:
            return False
        return mine.status is theirs.status is Status.WITHHELD or compare(mine, theirs) is Likeness.SAME

    def _agrees(self, run: Runner, pair: Pair, mine: Outcome) -> bool:
        """Say whether a pair answers one row as the submission does."""
        theirs = self._one_row(run, pair.source, pair.hint.name, mine.row, mine.answers)
        return theirs is not None and theirs.error is not None and compare(mine, theirs) is Likeness.SAME

    def _refuted(
        self, run: Runner, pair: Pair, outcomes: Sequence[Outcome], losses: Mapping[str, Collection[str]]
    ) -> bool:
        """Say whether a pair loses a row that the submission kept, of the few smallest that one of its two loses alone.

        Such a pair explains nothing (`recognise`), so that the rest of its rows need not be run.
        """
        lost = {row for name in pair.names for row in losses.get(name, ())}
        kept = sorted((o for o in outcomes if o.earned and o.follow is None and o.row.id in lost), key=_size)
        for mine in kept[:REFUTING]:
            theirs = self._one_row(run, pair.source, pair.hint.name, mine.row)
            if theirs is not None and not theirs.earned and compare(mine, theirs) is Likeness.OTHER:
                return True
        return False

    def _one_row(self, run: Runner, source: str, name: str, row: Row, like: Answers | None = None) -> Outcome | None:
        """Return how a program ends one row. Put only the rows before it that it needs, or that a program with globals may
        remember. With `like`, the row of a program that does not answer so is void."""
        outcomes = self.record.get(_digest(source))
        if outcomes is None and source in self._remembering:
            outcomes = self._outcomes(run, source, name)
        elif outcomes is None:
            rows = self._needed(row)
            outcomes = self._outcomes(run, source, name, rows, like if len(rows) == 1 else None)
        return next((o for o in outcomes if o.row.id == row.id), None)

    def _needed(self, row: Row) -> list[str]:
        """Return the row, and all that have to be earned before it is asked."""
        needs = {r.id: r.needs.split() for r in self.assignment.topic.rubric}
        found = [row.id]
        for each in found:
            found += [need for need in needs[each] if need not in found]
        return found

    def whole(self, run: Runner, pair: Pair) -> Known:
        """Return a pair with its whole answers, beside those of the solution."""
        return Known.beside(self.prepare()[0], pair.hint, self._outcomes(run, pair.source, pair.hint.name), pair.names)

    @cached_property
    def pairs(self) -> list[Pair]:
        """The pairs of mistakes that can be made together, as programs."""
        return list(pairs_of(self.assignment.solution, self.assignment.mistakes))

    @cached_property
    def slips(self) -> list[Mutant]:
        """The solution with one change in one expression of one function; those that may never end are left out."""
        made = mutants(self.assignment.solution)
        return [m for m in made if m.kind != DELETED_STATEMENT and m.function and not m.loop]

    @cached_property
    def _remembering(self) -> frozenset[str]:
        """The programs of those pairs whose rows may depend on the rows before them: they are run in whole, ahead."""
        solution = self.assignment.solution
        return frozenset(pair.source for pair in self.pairs if remembers(pair.source, solution))

    def _outcomes(
        self, run: Runner, source: str, name: str, rows: Sequence[str] | None = None, like: Answers | None = None
    ) -> list[Outcome]:
        """Return how a program's rows end. What is void, by a fault of ours or since it differs, is never kept."""
        digest = _digest(source, rows)
        if (found := self.record.get(digest)) is not None:
            return found
        outcomes = [replace(o, heard=o.answers) for o in run(source, name, rows, like)]
        if all(o.status is not Status.VOID for o in outcomes):
            self.record.put(digest, outcomes)
        return outcomes


def _size(outcome: Outcome) -> int:
    return 0 if outcome.answers is None else outcome.answers.size


def _digest(source: str, rows: Sequence[str] | None = None) -> bytes:
    return hashlib.sha256(f"{rows and ' '.join(rows)}\0{source}".encode()).digest()
