"""Summarise a class's results topic by topic: the spread of the scores, the rows that are lost, the mistakes that recur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...result import Hint, Result, Status, Verdict

BINS = 10
_NOT_TRIED = (Status.WITHHELD, Status.VOID)


@dataclass(frozen=True)
class LostRow:
    """A row that some submissions lost points on.

    `count` is how many did, without those that were never asked it; `share` is that of all graded submissions (0 to 1).
    """

    row: Verdict
    count: int
    share: float


@dataclass(frozen=True)
class TopicStatistics:
    """One topic over the class. `bins` counts scores by tenths of the maximum, a full score in the last bin."""

    graded: int
    ungraded: int
    mean: float | None
    max_score: float
    bins: tuple[int, ...]
    lost: tuple[LostRow, ...]
    mistakes: tuple[tuple[Hint, int], ...]

    @property
    def mean_share(self) -> float:
        return (self.mean or 0.0) / self.max_score if self.max_score else 0.0


def summarise(results: Sequence[Result], most: int = 5) -> TopicStatistics:
    """Return the statistics of one topic's results, with at most `most` lost rows and mistakes."""
    graded = [result for result in results if result.score is not None]
    scores = [result.score for result in graded if result.score is not None]
    # 0.3 of 1.5 points belong to the bin from 0.2, but 10 * (0.3 / 1.5) is 1.9999999999999998.
    tenths = Counter(min(int(BINS * (share(result) or 0.0) + 1e-9), BINS - 1) for result in graded)
    return TopicStatistics(
        graded=len(graded),
        ungraded=len(results) - len(graded),
        mean=sum(scores) / len(scores) if scores else None,
        max_score=max((result.max_score for result in results), default=0.0),
        bins=tuple(tenths[i] for i in range(BINS)),
        lost=tuple(_lost_rows(graded)[:most]),
        mistakes=tuple(_recurring_mistakes(graded)[:most]),
    )


def share(result: Result) -> float | None:
    """Return the share of the points that was earned (0 to 1), or None for an ungraded submission."""
    if result.score is None:
        return None
    return result.score / result.max_score if result.max_score else 0.0


def _lost_rows(graded: Sequence[Result]) -> list[LostRow]:
    """Return the rows by how many submissions lost points on them, in the rubric's order where they tie."""
    rows: dict[str, Verdict] = {}
    count: Counter[str] = Counter()
    for row in (row for result in graded for row in result.rows):
        rows.setdefault(row.id, row)
        count[row.id] += row.earned < row.points and row.status not in _NOT_TRIED
    lost = [LostRow(rows[id], n, n / len(graded)) for id, n in count.items() if n]
    return sorted(lost, key=lambda row: -row.count)


def _recurring_mistakes(graded: Iterable[Result]) -> list[tuple[Hint, int]]:
    """Return the recognised mistakes by how many submissions made them, however many rows each of them cost."""
    hints: dict[str, Hint] = {}
    count: Counter[str] = Counter()
    for result in graded:
        named = {row.mistake.name: row.mistake for row in result.rows if row.mistake}
        hints |= named
        count.update(named.keys())
    return [(hints[name], n) for name, n in sorted(count.items(), key=lambda item: (-item[1], item[0]))]
