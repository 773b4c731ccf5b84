"""Two known mistakes in one program: which go together, and which pair it is where no single one fits."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations

from ..errors import TopicError
from ..result import Hint
from ..topics.changes import Change, Mistake

TRIED = 2_000  # pairs that are looked through for one submission


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
        """Return the hint for a row that both fit and neither fits alone."""
        return Hint(" + ".join(self.names), f"{self.one.say} {self.other.say}")


def pairs_of(solution: str, mistakes: Sequence[Mistake]) -> Iterator[Pair]:
    """Yield every pair of mistakes that can be made together."""
    for one, other in combinations(mistakes, 2):
        if source := together(solution, one, other):
            yield Pair(one, other, source)


def together(solution: str, a: Change, b: Change) -> str:
    """Return the solution with both changes; "" where one cannot be made beside the other, since they touch the same text."""
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
    """Return the text of each function and class of a module, as its last definition has it."""
    made = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {node.name: ast.unparse(node) for node in made}


def remembers(source: str, solution: str) -> bool:
    """Say whether a changed program keeps something in globals, so that a row may depend on those before it."""
    return _globals(source) != _globals(solution)


def likely_first(pairs: Sequence[Pair], losses: Mapping[str, Set[str]], lost: Set[str], kept: Set[str]) -> list[Pair]:
    """Return the `TRIED` most plausible pairs.

    First come those whose mistakes, alone, lose no row that this student earned, then those that explain more of the lost
    rows. `losses` are the rows that each mistake loses alone.
    """

    def rank(pair: Pair) -> tuple[int, int, int]:
        rows = losses[pair.one.name] | losses[pair.other.name]
        return len(rows & kept), len(lost - rows), len(rows)

    return sorted(pairs, key=rank)[:TRIED]
