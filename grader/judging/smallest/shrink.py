"""The smallest input on which a lost row is still lost, as a cell to paste.

It is looked for among the public cases and simpler ones (never the round's: nothing that is secret can be in it), while the
submission's process still lives: greedily, with a fixed number of calls, so that the same notebook gets the same cell. A
simpler case counts where the row fails at the same output for the same reason, by as much, and is determined (`domain`). What
the submission does meanwhile (raise, loop, end) costs it nothing: every row has been judged.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...checks import SingleCase
from ...errors import GraderError, Wrong
from ...inside.plan import Implementation, Plan, describe_value
from ...numerics.compare import MAX_DIGITS, Truth
from ...result import Status
from ...submission.in_process import Live
from ...submission.limits import SHRINK_CALLS
from ...topics.folder import Assignment
from ...topics.rubric import Row
from ...topics.trial import TruthSource
from ...truth.trials import PUBLIC_SEED, seeded_trials
from ..mistakes import same
from ..outcome import Outcome
from .domain import is_determined, judge_alone, right_programs
from .simpler import Values, cost, entries, like, moves, tables

ENTRIES = 40  # that the arrays of a cell may hold, and lines: a larger one explains nothing
LONGEST = 1_000  # characters of a line, likewise
WORDS = 200  # characters of what came back, where it is no array
ALIKE = (
    10.0  # the errors of a case and of a simpler one are of one size if neither is more than so many times the other
)


class GaveUp(Exception):
    """The submission ran out of time, or its process ended."""


class Counted(Implementation):
    """A submission that is asked so many times, and no more."""

    def __init__(self, student: Implementation, calls: int) -> None:
        self.student, self.left = student, calls

    def run(self, plan: Plan) -> list[Any]:
        if self.left <= 0:
            raise GraderError("no calls are left")
        self.left -= 1
        return self.student.run(plan)

    def cpu_seconds(self) -> float:
        return self.student.cpu_seconds()

    def begin_row(self) -> None:
        self.student.begin_row()


class Shrinking:
    """The search for the submissions of one topic; shared between threads."""

    def __init__(self, assignment: Assignment, truth: TruthSource, calls: int = SHRINK_CALLS) -> None:
        self.assignment, self.truth, self.calls = assignment, truth, calls
        self.lock = threading.Lock()  # of the model solution, which runs in this process

    def cells(self, outcomes: Sequence[Outcome], student: Implementation) -> dict[str, dict[str, Any]]:
        """Return the evidence `smallest` by row id, for the first lost row of each function that has one. Raise nothing."""
        found: dict[str, dict[str, Any]] = {}
        lost = list(first_lost(outcomes))
        if not lost:
            return found
        try:
            student.begin_row()
            for row, wrong in lost:
                smallest = self.smallest(row, wrong, student)
                cell = smallest and _evidence(smallest)
                if cell:
                    found[row.id] = cell
        except (GaveUp, GraderError, OSError):
            pass  # the rows are judged; what is missing is a courtesy
        return found

    @cached_property
    def programs(self) -> list[Live]:
        return right_programs(self.assignment)

    def smallest(self, row: Row, wrong: Wrong, student: Implementation) -> Smallest | None:
        """Return the smallest case found on which a submission loses a row as it lost it, if there is one."""
        alone = row.check.single_case(seeded_trials(self.assignment.topic, student, self.truth, PUBLIC_SEED)(row))
        if alone is None:
            return None
        counted = Counted(student, self.calls)

        def fails(case: Mapping[str, Any]) -> Wrong | None:
            """Return how the submission fails on a case, if for the known reason, and what is right there is determined."""
            outcome = judge_alone(row, alone, counted, self.truth, case)
            if outcome.status in (Status.TIMEOUT, Status.DIED):
                raise GaveUp
            if not isinstance(outcome.error, Wrong) or not alike(outcome.error, wrong):
                return None
            with self.lock:
                return outcome.error if is_determined(row, alone, self.programs, self.truth, case) else None

        best = _smallest(alone, fails, counted)
        return Smallest(alone, *best, self.calls - counted.left) if best else None


@dataclass(frozen=True)
class Smallest:
    """A case on which a row is lost, how it is lost there, and the calls that it took to find it."""

    alone: SingleCase
    case: Values
    wrong: Wrong
    calls: int


def first_lost(outcomes: Sequence[Outcome]) -> Iterator[tuple[Row, Wrong]]:
    """Yield, for each function, the first visible row that a wrong answer lost."""
    if any(o.status is Status.VOID for o in outcomes):
        return
    seen: set[str] = set()
    for o in outcomes:
        judged = o.row.check.judges or {f.name for f in o.row.check.functions}
        if o.status is Status.LOST and isinstance(o.error, Wrong) and o.error.evidence.where and not o.row.hidden:
            if not judged & seen:
                yield o.row, o.error
            seen |= judged


def alike(one: Wrong, other: Wrong) -> bool:
    """Say whether two cases fail alike: for the same reason, and by as much."""
    return reason(one) == reason(other) and 1 / ALIKE <= size(one) / size(other) <= ALIKE


def reason(wrong: Wrong) -> tuple[str, str, str]:
    """Return which output is wrong, the kind of error, and in which way."""
    output = re.split(r" on |, step | after ", wrong.evidence.where)[0]
    if "entry" in wrong.evidence.details:
        what = "a number" if np.isfinite(float(wrong.evidence.details["got"])) else "not finite"
    else:
        what = re.sub(r"[-+]?\d[\d.,e+-]*|\bnan\b|[-+]?\binf\b", "#", wrong.evidence.sentence)
    return output, wrong.evidence.id, what


def size(wrong: Wrong) -> float:
    """Return the largest difference beside the largest right number; 1 where it is more, or where numbers do not tell.

    Beyond 1 all is wrong: a sum in place of a mean is off by 99 times in a hundred rows, and once in two.
    """
    truth, got = wrong.evidence.truth, wrong.evidence.answer
    if wrong.evidence.id != "value" or not isinstance(truth, Truth):
        return 1.0
    want = truth.value.astype(float)
    largest, off = np.abs(want).max(), np.abs(got - want).max()
    return float(off / largest) if 0 < off < largest < np.inf else 1.0


def _smallest(alone: SingleCase, fails: Any, counted: Counted) -> tuple[Values, Wrong] | None:
    """Search greedily: whatever is simpler and still fails is the new case, until a round changes nothing or no calls are left.

    Return None if the answer is another the second time: it depends on earlier calls, and a cell would not show it.
    """
    for _, case in alone.cases:  # as declared: a plain one comes first
        calls = counted.left
        if (wrong := fails(case)) is not None:
            break
    else:
        return None
    each = calls - counted.left  # what one case costs: the last such calls confirm
    reals = [*(name for name, spec in alone.specs.items() if spec.kind == "real"), *tables(case)]
    original, best, least = case, dict(case), cost(case)
    tried = {key(best)}
    simpler = True
    while simpler:
        simpler = False
        for move in moves(alone, best):
            other = move(best)
            if counted.left < 2 * each or other is None or key(other) in tried or cost(other) >= least:
                continue
            if not all(like(other[name], original[name]) for name in reals if name in other):
                continue
            tried.add(key(other))
            if (found := fails(other)) is not None:
                best, wrong, least, simpler = other, found, cost(other), True
    again = fails(best)
    return (best, wrong) if again is not None and same(again, wrong) else None


def key(value: Any) -> Hashable:
    """Return what tells a case, or a value in one, from others. Of arrays their bytes: a training's indices are many."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, key(value.tolist()) if value.dtype.hasobject else value.tobytes()
    if isinstance(value, Mapping):
        return tuple((name, key(item)) for name, item in value.items())
    return tuple(map(key, value)) if isinstance(value, list | tuple) else repr(value)


def _evidence(found: Smallest) -> dict[str, Any] | None:
    """Return what is shown, or None if the case is too large to be shown."""
    lines = found.alone.write(found.case, found.wrong) if entries(found.case) <= ENTRIES else []
    if not 0 < len(lines) <= ENTRIES or max(map(len, lines)) > LONGEST:
        return None
    code = "\n".join(lines)
    got, expected = _texts(found.wrong)
    imports = "import numpy as np\n\n" if re.search(r"\bnp\.", code) else ""
    return {"code": imports + code, "got": got, "calls": found.calls} | ({"expected": expected} if expected else {})


def _texts(wrong: Wrong) -> tuple[str, str]:
    """Return what came back and what was expected, with as many digits as it takes to see that they differ."""
    made = wrong.evidence.id == "claim"  # then its numbers are made of what came back, and are not that itself
    if made or not isinstance(wrong.evidence.truth, Truth) or wrong.evidence.truth.value.size > ENTRIES:
        return " ".join(wrong.evidence.sentence.split())[:WORDS], ""
    want, got = wrong.evidence.truth.value, wrong.evidence.answer
    if got is None or np.size(got) > ENTRIES:
        what = " ".join(wrong.evidence.sentence.split())[:WORDS] if got is None else describe_value(got)
        return what, _numbers(want, 6)
    texts = ((_numbers(got, digits), _numbers(want, digits)) for digits in range(6, MAX_DIGITS + 1))
    return next((pair for pair in texts if pair[0] != pair[1]), (_numbers(got, MAX_DIGITS), _numbers(want, MAX_DIGITS)))


def _numbers(value: Any, digits: int) -> str:
    if np.ndim(value):
        return f"[{', '.join(_numbers(item, digits) for item in value)}]"
    return f"{float(value) + 0.0:.{digits}g}"
