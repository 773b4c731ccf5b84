"""What a submission can do instead of answering, as exceptions; and the sentences for what it lacks."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from .result import Wrong


class Fault(Exception):
    """The submission did not answer. `str` is a sentence for the student."""


class Raised(Fault):
    """It raised: `type` and `message` as reported, in code cell `cell` (from 1) at `line`, where known."""

    def __init__(
        self, type: str, message: str, cell: int | None = None, line: int | None = None, calling: str = ""
    ) -> None:
        where = f" in cell {cell}, line {line}" if cell else ""
        if type == "NotImplementedError":
            sentence = f"`{calling or message}` is not written yet"
        else:
            call = f"`{calling}` raised " if calling else ""
            sentence = f"{call}{type}{': ' + message if message else ''}{where}"
        super().__init__(sentence)
        self.type, self.message, self.cell, self.line = type, message, cell, line


class TimedOut(Fault):
    """It used up its time and was stopped."""


class Died(Fault):
    """Its process ended: killed, crashed, or it left."""


class OurFault(Exception):
    """The grader, not the submission, failed: the row is void."""


def missing(name: str, have: Iterable[str], asked: Collection[str] = (), because: str = "") -> Wrong:
    """What was asked for is not there: a function, a class, or (`CLASS.NAME`) a method or attribute. Names that come close
    are suggested, but for those `asked` themselves.

    `because` says where it should have been, if that is known.
    """
    owner, _, own = name.rpartition(".")
    near = difflib.get_close_matches(own, [n for n in have if n not in asked], n=2, cutoff=0.6)
    hint = f" (did you mean to call `{'` or `'.join(near)}` that?)" if near else ""
    kind = "method or attribute" if owner else "function" if own[:1].islower() else "class"
    return Wrong("", f"missing {kind}: `{name}`{because or hint}", function=name)


def misfit(name: str, sentence: str) -> Wrong:
    """An answer that is not of the asked form."""
    return Wrong(name, sentence)
