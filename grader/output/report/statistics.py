"""What a class's results say about each topic: how the scores lie, which rows are lost, which mistakes recur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...result import Hint, Result, Status, Verdict

BINS = 10
_NOT_TRIED = (Status.WITHHELD, Status.VOID)


@dataclass(frozen=True)
class LostRow:
    """A row that some lost points on. `count` leaves out those whom it was never asked of."""

    row: Verdict
    count: int
    share: float


@dataclass(frozen=True)
class TopicStatistics:
    """One topic over the class. `bins` counts scores by tenths of the maximum; a full score is in the last."""

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
    """The statistics of one topic's results; lists hold at most `most` entries."""
    graded = [result for result in results if result.score is not None]
    scores = [result.score for result in graded if result.score is not None]
    return TopicStatistics(
        graded=len(graded),
        ungraded=len(results) - len(graded),
        mean=sum(scores) / len(scores) if scores else None,
        max_score=max((result.max_score for result in results), default=0.0),
        bins=_bins(graded),
        lost=tuple(_lost(graded)[:most]),
        mistakes=tuple(_mistakes(graded)[:most]),
    )


def share(result: Result) -> float | None:
    """The part of the points that was earned, or None for an ungraded submission."""
    if result.score is None:
        return None
    return result.score / result.max_score if result.max_score else 0.0


def _bins(graded: Iterable[Result]) -> tuple[int, ...]:
    tenths = Counter(min(int(BINS * (share(result) or 0.0) + 1e-9), BINS - 1) for result in graded)
    return tuple(tenths[i] for i in range(BINS))


def _lost(graded: Sequence[Result]) -> list[LostRow]:
    """The rows by how many lost points on them, in the rubric's order where they tie."""
    rows: dict[str, Verdict] = {}
    count: Counter[str] = Counter()
    for row in (row for result in graded for row in result.rows):
        rows.setdefault(row.id, row)
        count[row.id] += row.earned < row.points and row.status not in _NOT_TRIED
    lost = [LostRow(rows[id], n, n / len(graded)) for id, n in count.items() if n]
    return sorted(lost, key=lambda row: -row.count)


def _mistakes(graded: Iterable[Result]) -> list[tuple[Hint, int]]:
    """Recognised mistakes by how many submissions have them: once for each, however many rows it cost."""
    hints: dict[str, Hint] = {}
    count: Counter[str] = Counter()
    for result in graded:
        named = {row.mistake.name: row.mistake for row in result.rows if row.mistake}
        hints |= named
        count.update(named.keys())
    return [(hints[name], n) for name, n in sorted(count.items(), key=lambda item: (-item[1], item[0]))]
