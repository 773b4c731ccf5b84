"""Claims about where chance comes from: `seeded` (a generator that is given, nothing else) and `independent` (one draw each)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import TopicError, Wrong
from ..inside.plan import Plan
from ..inside.wire import Seeded
from ..numerics.compare import largest
from ..topics.asking import Asking, asking
from ..topics.cases import Cases
from ..topics.signature import Declared
from ..topics.trial import Trial
from .chance import FALSE_ALARM, statistical
from .statistic import Count, Statistic
from .values import holds

Mask = Callable[[Mapping[str, Any], Any], np.ndarray]
"""Makes booleans of an answer (as `trial.call` returns it): which entries are kept."""

OTHERS = 4  # seeds that must not all give the same answer: one of 20 that chance repeats is there once in 160,000 times
ROUNDING = 1e-12  # of the largest entry: the same terms, added in another order
BLOCKS = 3_000  # that are counted: one entry in thirty that is not drawn by itself is seen


class seeded(holds):
    """All chance comes from the generators in a case: the same seed gives the same answer, of several other seeds one at least
    another one, by more than rounding. Of several functions, or scripts, each is asked by itself.

    `idle` are hyper-parameters with which nothing is random, in words and as arguments, as ("at inference", {"training": False}):
    a call with them draws nothing, so that the call behind it answers as without.
    """

    def __init__(
        self,
        *asked: Declared | Asking,
        idle: tuple[str, Mapping[str, Any]] | None = None,
        on: Cases | None = None,
    ) -> None:
        self.asked, self.idle = [asking(each) for each in asked], idle
        super().__init__(self.claim, *self.asked, on=on)

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        for asked in self.asked:
            if sentence := self._fault(trial, asked, case):
                raise Wrong(asked.name, sentence)

    def _fault(self, trial: Trial, asked: Asking, case: Mapping[str, Any]) -> str | None:
        """Return what is wrong with where one function's chance comes from."""
        seeds = _generators(case)
        others = [
            {**case, **{name: Seeded(seed.seed ^ by) for name, seed in seeds.items()}} for by in range(1, OTHERS + 1)
        ]
        first, again = (trial.answers(asked, each) for each in (case, case))
        names = " and ".join(seeds)
        if not all(np.isfinite(answer).all() for answer in first):
            return "the answer is not finite"
        if not _equal(first, again):
            return f"two generators of the same seed gave two answers, expected one: draw from {names} and from nothing else"
        if all(_alike(first, trial.answers(asked, other)) for other in others):
            return f"generators of {OTHERS} other seeds gave the very same answer: draw from {names}"
        if self.idle is None:
            return None
        words, hyper = self.idle
        if not _equal(*(trial.answers(asked, {**each, **hyper}) for each in (case, others[0]))):
            return None  # something is random then, whose fault is not where it comes from
        with_one = _last(trial, asked, case, [{}, hyper, {}])
        without = _last(trial, asked, case, [{}, {}])
        return None if _equal(with_one, without) else f"a call {words} changed the next call: it is to draw nothing"


def _last(trial: Trial, asked: Asking, case: Mapping[str, Any], calls: Sequence[Mapping[str, Any]]) -> list[np.ndarray]:
    """Return the answer to the last of some calls that share the generators of a case."""
    plan = Plan()
    shared = {name: plan.let(seed) for name, seed in _generators(case).items()}
    for hyper in calls:
        answers = asked.ask(plan, {**case, **shared, **hyper})
    plan.want(*(answer.ref for answer in answers))
    return [np.asarray(answer) for answer in trial.student.run(plan)]


def _generators(case: Mapping[str, Any]) -> dict[str, Seeded]:
    """Return the generators of a case. Raise TopicError where there is none."""
    found = {name: value for name, value in case.items() if isinstance(value, Seeded)}
    if not found:
        raise TopicError("seeded: the case has no generator: `sample` draws one where a signature declares Random")
    return found


def _equal(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return len(one) == len(other) and all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def _alike(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    """Say whether answers are equal but for rounding, as sums are whose terms come in another order."""
    return len(one) == len(other) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=0, atol=ROUNDING * largest(a))
        for a, b in zip(one, other, strict=True)
    )


class independent(statistical):
    """What is kept is drawn entry by entry (`entries`), or call by call (`calls`).

    Of entries, neighbours in a row and in a column are looked at, halves of the mask, and entries as far apart as those of another
    call are most alike; of calls the same place in two that share their generators.

    `mask(case, answer)` says which entries are kept, in an array of two axes, with an even number of rows where `entries` are
    judged. Cases have as many entries as it takes, forty times `BLOCKS` at least.

    Two neighbours in one mask and the same two in another are a block of four entries. If exactly two of the four are kept, they
    are one of six pairs, each as likely as the other whatever the probability of being kept is: two pairs lie in a row (in one
    of the masks), two in a column (at the same place in both), two on a diagonal. So a third are in a row, a third in a column.
    The first `blocks` such blocks are counted.
    """

    def __init__(
        self,
        mask: Mask,
        asked: Declared | Asking,
        among: str = "entries",
        blocks: int = BLOCKS,
        on: Cases | None = None,
        false_alarm: float = FALSE_ALARM,
    ) -> None:
        if among not in ("entries", "calls"):
            raise TopicError(f"independent(among={among!r}): entries or calls")
        self.mask, self.asked, self.among, self.blocks = mask, asking(asked), among, blocks
        super().__init__(self._statistics, asked, on=on, false_alarm=false_alarm)

    def _statistics(self, trial: Trial, case: Mapping[str, Any]) -> list[Statistic] | str:
        first, second = (self.mask(case, answer) for answer in trial.repeat(self.asked, 2, **case))
        if self.among == "calls":
            return blocks_of(
                (first, second, "column", "pairs of kept entries stand at one place in two calls"), most=self.blocks
            )
        upper, lower = np.split(first, 2)
        left, right = np.split(first, 2, axis=1)
        return blocks_of(
            (first[0::2], first[1::2], "row", "pairs of kept neighbours stand in one row"),
            (first[0::2], first[1::2], "column", "pairs of kept neighbours stand in one column"),
            (upper, lower, "column", "pairs of kept entries stand at one place of upper and lower half"),
            (left, right, "column", "pairs of kept entries stand at one place of left and right half"),
            *_as_far_apart(_most_alike(first), second),
            most=self.blocks,
        )


def blocks_of(*asked: tuple[np.ndarray, np.ndarray, str, str], most: int = BLOCKS) -> list[Statistic] | str:
    """Count, for two masks each, the blocks of `independent` whose two kept entries stand in a "row" or a "column"; the last words
    say what these are. Return the sentence of what is wrong where there are fewer than `most`."""
    found: list[Statistic] = []
    for one, two, side, what in asked:
        a, b, c, d = (mask[:, i::2].ravel() for mask in (one, two) for i in (0, 1))
        pairs = np.flatnonzero(a.astype(int) + b + c + d == 2)[:most]
        if len(pairs) < most:
            return "hardly ever are two of four entries kept and two dropped: entries are not dropped one by one"
        found.append(Count(int((a == (b if side == "row" else c))[pairs].sum()), most, 1 / 3, what))
    return found


def _most_alike(mask: np.ndarray) -> int:
    """Return how far apart, row after row, entries are most alike (or most unlike): where the autocorrelation is largest, up to
    half of the mask. Its standard deviation at a distance of k is as 1/√(n − k)."""
    row = mask.ravel() - mask.mean()
    n = row.size
    spectrum = np.fft.rfft(row, 2 * n)
    products = np.fft.irfft(np.abs(spectrum) ** 2)[1 : n // 2 + 1]
    return 1 + int(np.argmax(np.abs(products) / np.sqrt(n - np.arange(1, n // 2 + 1))))


def _as_far_apart(distance: int, mask: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, str, str]]:
    """Yield pairs of entries at a distance that another call proposed, each entry in one pair; from the start, and shifted."""
    row, places = mask.ravel(), np.arange(mask.size - distance)
    for shift in (0, min(distance, mask.size - 2 * distance)):
        at = places[(places >= shift) & ((places - shift) // distance % 2 == 0)]
        at = at[: at.size // 2 * 2]
        what = "pairs of kept entries are as far apart as the most alike of another call"
        yield row[None, at], row[None, at + distance], "column", f"{what}{', shifted' * bool(shift)}"
