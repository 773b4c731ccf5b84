"""Hold what verification of a topic found, and write it down: the matrix mistake × row, the power of statistical rows, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..checks.chance import Power
from ..checks.statistic import SEEN
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
    """The findings of one topic's verification, none for a sound topic, with the figures behind them."""

    slug: str
    rows: Sequence[str]
    seeds: int = 0
    findings: list[str] = field(default_factory=list)
    matrix: dict[str, str] = field(default_factory=dict)  # mistake → a mark per row
    prices: dict[str, float] = field(default_factory=dict)  # mistake → the share of the topic's points that it costs
    named: dict[str, bool] = field(default_factory=dict)  # mistake → True if diagnosis names it
    powers: dict[str, list[Power]] = field(
        default_factory=dict
    )  # statistical row → the power of each of its statistics
    mutants: dict[str, Any] = field(default_factory=dict)  # figures of `prove_thoroughly`, {} unless it ran
    pairs: dict[str, Any] = field(default_factory=dict)  # likewise

    @property
    def sound(self) -> bool:
        return not self.findings

    def text(self) -> str:
        """Return the matrix mistake × row, with what each mistake costs, and the powers, as matrix.txt keeps them."""
        width = max([len(name) for name in self.matrix], default=0)
        head = [f"{'':{width}}  costs  {'  '.join(self.rows)}"]
        for name, marks in self.matrix.items():
            cells = "  ".join(f"{mark:{len(row)}}" for mark, row in zip(marks, self.rows, strict=True))
            head.append(f"{name:{width}}  {self.prices.get(name, 0):5.0%}  {cells}".rstrip())
        legend = "· earned  x lost  f earned by follow-through  r raised  - withheld"
        return "\n".join([*head, "", legend, "", *_power_table(self.powers)])

    def thorough_lines(self) -> list[str]:
        """Return the figures of mutants and pairs in three lines, or none if they were not made."""
        if not self.mutants:
            return []
        m, p = self.mutants, self.pairs
        return [
            f"mutants: {m['mutants']} made, {m['caught']} caught, {m['equivalents']} named equivalent, "
            f"{len(m['survivors'])} survive: score {m['score']:.1%}",
            f"of {m['wrong']} mutants with a wrong answer {m['named']} have the name of a known mistake, {m['described']} a "
            f"description, {m['worded']} a message in words; "
            f"one costs {m['price']:.0%} in the median, if it is not found to be one slip",
            f"pairs of mistakes: {p['pairs']} made, {p['right']} earn every row, {p['alike']} answer as another program; "
            f"of the rest {p['one_named']} of {p['told']} have one named, {p['both_named']} of {p['apart']} that first fail "
            "in different rows both",
        ]


def _power_table(powers: Mapping[str, Sequence[Power]]) -> list[str]:
    """Return tables of the powers, one for each kind of statistic, under a sentence with their false alarms; [] without any."""
    found = [(row, power) for row, each in powers.items() for power in each]
    if not found:
        return []
    alarm = sum(power.false_alarm for _, power in found)  # an upper bound, also where statistics depend on each other
    kinds = list(dict.fromkeys(type(power.statistic) for _, power in found))
    head = (
        f"What chance lets be seen: {' or '.join(kind.quantity for kind in kinds)} that is `off` by so much is noticed with "
        f"probability {SEEN:g}. A right program fails one of\nthese tests with probability {alarm:.2g} at most."
    )
    tables = [_table(kind.titles, [(row, p) for row, p in found if type(p.statistic) is kind]) for kind in kinds]
    return [head, "", *(line for table in tables for line in [*table, ""])]


def _table(titles: Sequence[str], powers: Sequence[tuple[str, Power]]) -> list[str]:
    what, *expected = titles
    lines = [("row", "case", what, "draws", *expected, "off")]
    for row, p in powers:
        right = [f"{number:.4g}" for number in p.statistic.expected]
        lines.append((row, p.case, p.statistic.what, f"{p.statistic.draws:,}", *right, f"{p.off:.2g}"))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    form = "  ".join(
        f"{{:{'>' if title == 'draws' else '<'}{width}}}" for title, width in zip(lines[0], widths, strict=True)
    )
    return [form.format(*line).rstrip() for line in lines]
