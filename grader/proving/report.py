"""What verification of a topic found, and how it is written: the matrix mistake × row, what chance lets be seen, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..checks.chance import SEEN, Power
from ..result import Status

MARKS = {
    Status.EARNED: "·",
    Status.LOST: "x",
    Status.WITHHELD: "-",
    Status.RAISED: "r",
    Status.TIMEOUT: "t",
    Status.DIED: "d",
    Status.VOID: "!",
}
FOLLOWED = "f"  # earned by follow-through


@dataclass
class Report:
    """What verification of one topic found; `findings` is empty for a sound topic."""

    slug: str
    rows: Sequence[str]
    seeds: int = 0
    findings: list[str] = field(default_factory=list)
    matrix: dict[str, str] = field(default_factory=dict)  # mistake → a mark per row
    named: dict[str, bool] = field(default_factory=dict)  # mistake → whether diagnosis names it
    powers: dict[str, list[Power]] = field(default_factory=dict)  # statistical row → what it sees
    mutants: dict[str, Any] = field(default_factory=dict)  # the figures of `bite`, where it was asked for
    pairs: dict[str, Any] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        return not self.findings

    def text(self) -> str:
        """The matrix mistake × row, as kept in matrix.txt."""
        width = max([len(name) for name in self.matrix], default=0)
        head = [f"{'':{width}}  {'  '.join(self.rows)}"]
        for name, marks in self.matrix.items():
            cells = "  ".join(f"{mark:{len(row)}}" for mark, row in zip(marks, self.rows, strict=True))
            head.append(f"{name:{width}}  {cells}".rstrip())
        legend = "· earned  x lost  f earned by follow-through  r raised  - withheld"
        return "\n".join([*head, "", legend, "", *_power_table(self.powers)])

    def thorough(self) -> list[str]:
        """What `bite` found, in three lines; none where it was not asked for."""
        if not self.mutants:
            return []
        m, p = self.mutants, self.pairs
        return [
            f"mutants: {m['mutants']} made, {m['caught']} caught, {m['equivalents']} named equivalent, "
            f"{len(m['survivors'])} survive: score {m['score']:.1%}",
            f"of {m['wrong']} mutants with a wrong answer {m['named']} have the name of a known mistake, {m['described']} a "
            f"description, {m['worded']} a message in words",
            f"pairs of mistakes: {p['pairs']} made, {p['right']} earn every row, {p['alike']} answer as another program; "
            f"of the rest {p['one_named']} of {p['told']} have one named, {p['both_named']} of {p['apart']} that first fail "
            "in different rows both",
        ]


def _power_table(powers: Mapping[str, Sequence[Power]]) -> list[str]:
    """What each statistical row sees, a line for each count; false alarms add up over all of them."""
    found = [(row, power) for row, each in powers.items() for power in each]
    if not found:
        return []
    alarm = sum(power.false_alarm for _, power in found)
    head = (
        f"What chance lets be seen: a rate that is `off` by so much is noticed with probability {SEEN:g}. "
        f"A right program fails one of\nthese tests with probability {alarm:.2g} at most."
    )
    lines = [("row", "case", "counted", "draws", "rate", "off")]
    lines += [
        (row, p.case, p.count.what, f"{p.count.draws:,}", f"{p.count.rate:.4g}", f"{p.off:.2g}") for row, p in found
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    form = "  ".join(
        f"{{:{'>' if title == 'draws' else '<'}{width}}}" for title, width in zip(lines[0], widths, strict=True)
    )
    return [head, "", *(form.format(*line).rstrip() for line in lines), ""]
