"""Changes of the model solution: known mistakes, other right ways (`Change` itself), and mutants that are right after all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from ..errors import TopicError


@dataclass(frozen=True)
class Change:
    """An edit of the model solution: `was` → `now`, which must apply exactly once, and `also` more such pairs. Or, with `code`,
    definitions that replace those of the same name."""

    name: str
    was: str = ""
    now: str = ""
    _: KW_ONLY
    also: Sequence[tuple[str, str]] = ()
    code: str = ""

    def apply(self, source: str) -> str:
        """Return the changed source. Raises TopicError for an edit that does not apply exactly once."""
        for was, now in [(self.was, self.now), *self.also] if self.was else self.also:
            if source.count(was) != 1:
                raise TopicError(f"{self.name!r}: its `was` occurs {source.count(was)} times in solution.py: {was!r}")
            source = source.replace(was, now)
        return f"{source}\n\n{self.code}" if self.code else source


@dataclass(frozen=True)
class Mistake(Change):
    """A known way to be wrong, and what to `say` to the student. `loses` names rows (ids, separated by blanks) that it must lose,
    because they are there to catch it. It `costs` so many points, where that is not left to the rule (`judging.points`)."""

    say: str = ""
    _: KW_ONLY
    loses: str = ""
    costs: float | None = None


@dataclass(frozen=True)
class Equivalent:
    """A generated mutant of the solution that is right, too: the statement `was` may read `now`, `because` of the reason given.

    `of` names the function ("adam", "Value.backward") if the same statement occurs in several.
    """

    was: str
    now: str
    because: str
    of: str = ""
