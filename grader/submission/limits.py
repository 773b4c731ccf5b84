"""Limits on what a submission may use. They are declared here only: the session enforces them, `autograder.yml` changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ..topics.rubric import SHARE

_DAY = 86_400.0


def _limit(default: float, low: float, high: float) -> Any:
    """Return a field that a course may set to anything from `low` to `high`: pydantic reads the metadata."""
    words = f"a {'whole ' if isinstance(default, int) else ''}number from {low:.15g} to {high:.15g}"
    return field(default=default, metadata={"ge": low, "le": high, "strict": True, "description": words})


@dataclass(frozen=True)
class Limits:
    """Caps on one submission. CPU time decides, so a busy machine costs nobody a row; wall time ends what sleeps."""

    row_cpu_seconds: float = _limit(5.0, 0.1, _DAY)
    """CPU seconds that the calls of one row may use."""

    cell_cpu_seconds: float = _limit(10.0, 0.1, _DAY)
    """CPU seconds that one cell of the notebook may use while it is run."""

    submission_cpu_seconds: float = _limit(30.0, 0.1, _DAY)
    """CPU seconds for all cells together, and as many again for all rows together: neither costs the other."""

    wall_factor: float = _limit(5.0, 1.0, 1000.0)
    """Wall-clock time allowed, as a multiple of each CPU limit."""

    memory_mb: int = _limit(2048, 256, 2**20)
    """Address space of the submission's process, in MiB. numpy alone takes some 150, hence the lower bound."""

    reply_mb: int = _limit(64, 1, 4096)
    """The largest single answer that is read from the submission, in MiB."""


@dataclass(frozen=True)
class Conditions:
    """All that a submission is run under, and what a slip costs: the same for a grade, for `grader test`, and in what `check`
    says of a grade.

    They come from the course, and travel to students with the recorded answers.
    """

    limits: Limits = field(default_factory=Limits)
    imports: tuple[str, ...] = ("numpy",)
    slip_share: float = SHARE

    def to_wire(self) -> dict[str, Any]:
        return {"limits": asdict(self.limits), "imports": list(self.imports), "slip_share": self.slip_share}

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Conditions:
        """Return the conditions of such a value. Raises TypeError or ValueError for what is none."""
        numbers = {
            name: value
            for name, value in data["limits"].items()
            if type(value) in (int, float) and 0 < value <= _DAY * 1e3
        }
        if len(numbers) != len(data["limits"]) or not all(isinstance(name, str) for name in data["imports"]):
            raise ValueError("no conditions of a course")
        share = data["slip_share"]
        if type(share) not in (int, float) or not 0 <= share <= 1:
            raise ValueError("no conditions of a course")
        return cls(Limits(**numbers), tuple(data["imports"]), share)


DEFAULT = Conditions()

SHRINK_CALLS = 60
"""Plans that the search for one row's smallest failing input may put to a submission. It begins after the rows, and the searches
for all rows together have the processor time of one more row."""
