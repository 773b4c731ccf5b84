"""Two known mistakes in one program: which go together, and which two may be what was handed in."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..errors import TopicError
from ..result import Hint
from ..topics.changes import Change, Mistake
from .mistakes import Known, Likeness, compare
from .outcome import Outcome

# Pairs that are put to one row for one submission. Of 570 pairs of eight topics that no single mistake explains, the likeliest that
# it was stood at place 759 at most (2026-11-27).
TRIED = 1000


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


def _definitions(source: str) -> dict[str, str]:
    """Return the text of each function and class of a module, as its last definition has it."""
    made = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {node.name: ast.unparse(node) for node in made}


def remembers(source: str, solution: str) -> bool:
    """Say whether a changed program keeps something in globals, so that a row may depend on those before it."""
    return _globals(source) != _globals(solution)


def _globals(source: str) -> list[str]:
    return [ast.unparse(node) for node in ast.parse(source).body if isinstance(node, ast.Assign | ast.AnnAssign)]


def likely(
    pairs: Sequence[Pair], outcomes: Sequence[Outcome], right: Mapping[str, Outcome], known: Sequence[Known]
) -> list[Pair]:
    """Return the `TRIED` pairs that are most likely what was handed in, from what each mistake answers alone.

    In a row that neither of the two touches, the submission should answer as the solution does; in one that only one of them
    touches, as that one does; where both do, nothing is expected. Likelier is a pair with fewer rows that are not as expected
    (there may be some: two mistakes can act on each other), then one with more that are, then one that touches fewer.
    """
    made = {name for pair in pairs for name in pair.names}
    single = {
        k.hint.name: k for k in reversed(known) if k.hint.name in made
    }  # of one name the first: the mistake everywhere
    plain = {o.row.id: compare(o, right[o.row.id]) for o in outcomes if o.row.id in right}
    alike = {
        name: {o.row.id: compare(o, k.rows[o.row.id]) for o in outcomes if o.row.id in k.rows}
        for name, k in single.items()
    }

    def rank(pair: Pair) -> tuple[int, int, int]:
        expected: Counter[Likeness] = Counter()
        for row, as_right in plain.items():
            by = [name for name in pair.names if row in single[name].touches]
            if len(by) < 2:
                expected[alike[by[0]][row] if by else as_right] += 1
        touched = sum(len(single[name].touches) for name in pair.names)
        return expected[Likeness.OTHER], -expected[Likeness.SAME], touched

    return sorted(pairs, key=rank)[:TRIED]
