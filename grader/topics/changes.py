"""What the model solution may be changed into: known mistakes, other right ways (`Change`), and mutants that are right, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from ..errors import TopicError


@dataclass(frozen=True)
class Change:
    """An edit of the model solution (`was` → `now`, which must apply exactly once; `also` more such pairs),
    or, with `code`, definitions that replace those of the same name."""

    name: str
    was: str = ""
    now: str = ""
    _: KW_ONLY
    also: Sequence[tuple[str, str]] = ()
    code: str = ""

    def apply(self, source: str) -> str:
        """The changed source. Raises TopicError where an edit does not apply exactly once."""
        for was, now in [(self.was, self.now), *self.also] if self.was else self.also:
            if source.count(was) != 1:
                raise TopicError(f"{self.name!r}: its `was` occurs {source.count(was)} times in solution.py: {was!r}")
            source = source.replace(was, now)
        return f"{source}\n\n{self.code}" if self.code else source


@dataclass(frozen=True)
class Mistake(Change):
    """A known way to be wrong, and what to tell the student; `loses` names rows (ids, by blanks) that it must lose: a model
    that is known to be wrong, and has to be seen by just that claim."""

    say: str = ""
    _: KW_ONLY
    loses: str = ""


@dataclass(frozen=True)
class Equivalent:
    """A generated mutant of the solution that is right, too: the statement `was` may read `now`, `because` of what is said.

    `of` names the function ("adam", "Value.backward") where the same statement stands in several.
    """

    was: str
    now: str
    because: str
    of: str = ""
