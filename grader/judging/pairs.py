"""Two known mistakes in one program: which go together, and which pair it is where no single one fits."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from ..errors import TopicError
from ..result import Hint
from ..submission.in_process import Live
from ..topics.changes import Change, Mistake
from ..topics.folder import Assignment
from ..truth.trials import TruthSource, seeded_trials
from .evaluate import Outcome, evaluate

TRIED = 2_000  # pairs that are looked through for one submission
SECONDS = 5.0  # of processor time for all pairs of a topic in one round; what has been run is kept


@dataclass(frozen=True)
class Pair:
    """Two mistakes and the program that makes both."""

    one: Mistake
    other: Mistake
    source: str

    @property
    def names(self) -> tuple[str, str]:
        return self.one.name, self.other.name

    @property
    def hint(self) -> Hint:
        """The hint where both fit a row that neither fits alone."""
        return Hint(" + ".join(self.names), f"{self.one.say} {self.other.say}")


def pairs_of(solution: str, mistakes: Sequence[Mistake]) -> Iterator[Pair]:
    """Every pair of mistakes that can be made together."""
    for one, other in combinations(mistakes, 2):
        if source := together(solution, one, other):
            yield Pair(one, other, source)


def together(solution: str, a: Change, b: Change) -> str:
    """The solution with both changes; "" where one cannot be made beside the other, since they touch the same text."""
    try:
        one, other = b.apply(a.apply(solution)), a.apply(b.apply(solution))
    except TopicError:
        return ""
    if a.code or b.code:  # a definition replaces another of its name: then an edit of that one would be in vain
        return "" if _touched(solution, a) & _touched(solution, b) else one
    return one if one == other else ""


def _touched(solution: str, change: Change) -> set[str]:
    before, after = _definitions(solution), _definitions(change.apply(solution))
    return {name for name in before | after if before.get(name) != after.get(name)}


def _globals(source: str) -> list[str]:
    return [ast.unparse(node) for node in ast.parse(source).body if isinstance(node, ast.Assign | ast.AnnAssign)]


def _definitions(source: str) -> dict[str, str]:
    """What each name of the module means in the end: a function's or class's text."""
    made = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {node.name: ast.unparse(node) for node in made}


class Pairs:
    """The pairs of a topic's mistakes on the cases of one round: a row of a pair is run when it is first asked for."""

    def __init__(self, assignment: Assignment, truth: TruthSource, seed: int, seconds: float = SECONDS) -> None:
        self._assignment, self._truth, self._seed = assignment, truth, seed
        self._evidence: dict[tuple[str, str, str], Exception | None] = {}
        self._whole: dict[tuple[str, str], list[Outcome]] = {}
        self._seconds_left = seconds

    @cached_property
    def all(self) -> list[Pair]:
        return list(pairs_of(self._assignment.solution, self._assignment.mistakes))

    def evidence(self, pair: Pair, row: str) -> Exception | None:
        """Why the program with both mistakes loses a row; None where it does not, or loses one that this row needs.

        Only these rows are run. What a row needs may be all that keeps it from running for ever. None, too, once the round's
        time is spent: then only what has been run is known.
        """
        key = (*pair.names, row)
        if key not in self._evidence and self._seconds_left > 0:
            started = time.thread_time()
            ran = self.whole(pair) if self._remembers(pair) else self._run(pair, self._needed(row))
            self._evidence |= {(*pair.names, outcome.row.id): outcome.error for outcome in ran}
            self._seconds_left -= time.thread_time() - started
        return self._evidence.get(key)

    def _needed(self, row: str) -> list[str]:
        """The row, and all that have to be earned before it is asked."""
        needs = {r.id: r.needs.split() for r in self._assignment.topic.rubric}
        found = [row]
        for each in found:
            found += [need for need in needs[each] if need not in found]
        return found

    def whole(self, pair: Pair) -> list[Outcome]:
        """What every row says."""
        if pair.names not in self._whole:
            self._whole[pair.names] = self._run(pair, None)
        return self._whole[pair.names]

    def _run(self, pair: Pair, rows: Sequence[str] | None) -> list[Outcome]:
        topic, student = self._assignment.topic, Live.of(pair.source, pair.hint.name)
        return evaluate(topic, student, seeded_trials(topic, student, self._truth, self._seed), rows)

    def _remembers(self, pair: Pair) -> bool:
        """Whether the program keeps something in globals, so that a row depends on those before it."""
        return _globals(pair.source) != _globals(self._assignment.solution)


def likely_first(pairs: Sequence[Pair], losses: Mapping[str, Set[str]], lost: Set[str], kept: Set[str]) -> list[Pair]:
    """At most TRIED pairs: those first whose mistakes, alone, lose no row that was kept, then those that lose more of the
    lost rows. `losses` are the rows that each mistake loses alone.
    """

    def rank(pair: Pair) -> tuple[int, int, int]:
        rows = losses[pair.one.name] | losses[pair.other.name]
        return len(rows & kept), len(lost - rows), len(rows)

    return sorted(pairs, key=rank)[:TRIED]
