"""What epochs of mini-batch descent were, where they are not what they should be: the steps that explain every number of them.

An epoch leads from a point, one array for each parameter, to another. A hypothesis says where it may lead, for every order of the
examples; it is told where each epoch leads there. Where parameters are compared but for a number that is added to all their
entries, that number is found from the answer: there are more than twice as many entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import combinations, permutations, product
from math import comb

import numpy as np

from ..numerics.describe.answer import with_digits
from .steps import RIGHT, RULES, Rule, agrees, are, quoted

Point = tuple[np.ndarray, ...]
Rows = tuple[int, ...]
Steps = tuple[Rows, ...]  # the examples of each step of an epoch
Slopes = Callable[[Sequence[int], Point], Sequence[np.ndarray]]

FEW = 3  # examples: of so few, all ways to take up to three steps are tried
SOME = 12  # examples: of more, a step is tried on all of them but two at most, or on one
MANY = 1_500  # orders of the examples that are tried for one way to cut them
TAME = 1e3  # a smaller number does not overflow in an epoch


@dataclass(frozen=True)
class Hypothesis:
    """`words`, and the points to which an epoch from a point may lead; of the parameters `free`, but for a number in each. Those
    that are `telling` must move by numbers of many digits once: round ones, as from a saturated softmax, fit many rules."""

    words: str
    leads: Callable[[Point], Iterator[Point]]
    free: frozenset[int] = frozenset()
    telling: frozenset[int] = frozenset()

    def explains(self, epochs: Sequence[tuple[Point, Point]]) -> bool:
        if not all(any(with_digits(after[i] - before[i]).any() for before, after in epochs) for i in self.telling):
            return False
        return all(any(self._agrees(before, after, point) for point in self.leads(before)) for before, after in epochs)

    def _agrees(self, before: Point, after: Point, point: Point) -> bool:
        arrays = enumerate(zip(before, after, point, strict=True))
        enough = 2 * len(self.free) < sum(array.size for array in after)
        return enough and all(agrees(start, got, guess, i in self.free) for i, (start, got, guess) in arrays)


@dataclass(frozen=True)
class Descent:
    """Epochs of mini-batch descent over `n` examples in batches of `batch`, at the rate `lr`: right ones. `slopes(rows, point)`
    are the gradients of the mean loss of some examples, one for each of the parameters that `names` names.

    `explain([(before, after), …])` says what the epochs of a submission are, for the `because=` of `Wrong`: which examples each
    step is on, how it moves each parameter, where its gradient is taken; "" where nothing of that explains every number.
    """

    names: Sequence[str]
    n: int
    batch: int
    lr: float
    slopes: Slopes = field(repr=False)

    def explain(self, epochs: Sequence[tuple[Point, Point]]) -> str:
        """Return what all epochs are, each from a point to another; "" where none of the hypotheses explains them all."""
        try:
            return self.explain_or_raise(epochs)
        except Exception:  # a sentence is never worth a grade: a fault here must not leave a submission ungraded
            return ""

    def explain_or_raise(self, epochs: Sequence[tuple[Point, Point]]) -> str:
        """Do the same, and let an exception through: for tests."""
        points = [epochs[0][0], *(after for _, after in epochs)]
        end = next((i for i, point in enumerate(points) if not _is_finite(point)), len(points))
        with np.errstate(all="ignore"):
            if end < 2:
                return self._not_finite(points, end)
            moving = not any(_same(before, after) for before, after in epochs[: end - 1])
            found = next((each for each in self._hypotheses() if moving and each.explains(epochs[: end - 1])), None)
            if found:
                until = "" if end == len(points) else f"until epoch {end + 1}, where not all numbers are finite, "
                return until + found.words
            return self._standing(epochs) if end == len(points) else self._not_finite(points, end)

    def _not_finite(self, points: Sequence[Point], end: int) -> str:
        """Say where everything becomes NaN, if it does so at once."""
        if not all(np.isnan(array).all() for point in points[end:] for array in point):
            return ""
        tame = not end or all(np.abs(array).max() < TAME for array in points[end - 1])
        every = f"every entry of {quoted(self.names)} is nan from epoch {end + 1} on"
        return f"{every}: is the gradient of a batch without examples, 0 / 0, among the steps?" if tame else every

    def _standing(self, epochs: Sequence[tuple[Point, Point]]) -> str:
        """Say which parameters are the same after all epochs."""
        still = [i for i in range(len(self.names)) if all(np.array_equal(a[i], b[i]) for a, b in epochs)]
        if not still:
            return ""
        names = quoted([self.names[i] for i in still])
        same = f"{names} {are([str(i) for i in still])} the same after every epoch, to the last digit"
        still_all = ", or does nothing move" if len(still) == len(self.names) else ""
        return f"{same}: is one array kept each time, and changed in place later{still_all}?"

    def _hypotheses(self) -> Iterator[Hypothesis]:
        yield from self._by_batches()
        for rule in RULES:
            alone = [(i,) for i in range(len(self.names))]
            for chosen in [*alone, tuple(range(len(self.names)))]:
                rules = [rule if i in chosen else RIGHT for i in range(len(self.names))]
                names = quoted([self.names[i] for i in chosen])
                rest = [self.names[i] for i in range(len(self.names)) if i not in chosen]
                words = rule.words.format(p=names) + (f"; the steps of {quoted(rest)} are right" if rest else "")
                leads = partial(self._leads, self._right, rules, lambda point, start: point)
                free, telling = (chosen if rule.free else ()), (() if rule.round else chosen)
                yield Hypothesis(words, leads, frozenset(free), frozenset(telling))
        yield from self._by_point()

    def _by_batches(self) -> Iterator[Hypothesis]:
        """Yield hypotheses about the examples of each step."""
        rules = [RIGHT] * len(self.names)
        for orders in ways(self.n):
            if set(orders) == set(self._right):
                continue
            words = f"each epoch is {told(orders[0], self.n)}"
            yield Hypothesis(words, partial(self._leads, orders, rules, lambda point, start: point))

    def _by_point(self) -> Iterator[Hypothesis]:
        """Yield hypotheses about where the gradients are taken."""
        rules = [RIGHT] * len(self.names)
        for i, name in enumerate(self.names):

            def zeroed(point: Point, start: Point, i: int = i) -> Point:
                return (*point[:i], np.zeros_like(point[i]), *point[i + 1 :])

            words = f"the gradients are those at `{name}` = 0, or at what comes to the same, not at the `{name}` of that step"
            yield Hypothesis(words, partial(self._leads, self._right, rules, zeroed))
        words = "all gradients of an epoch are taken where it begins, not where the step before has led"
        yield Hypothesis(words, partial(self._leads, self._right, rules, lambda point, start: start))

    @cached_property
    def _right(self) -> Sequence[Steps]:
        """The steps of a right epoch, for all orders of the examples."""
        return list(orders_of(range(self.n), batch_sizes(self.n, self.batch)))

    def _leads(
        self, orders: Sequence[Steps], rules: Sequence[Rule], at: Callable[[Point, Point], Point], start: Point
    ) -> Iterator[Point]:
        for steps in orders:
            point = start
            for rows in steps:
                slopes = self.slopes(rows, at(point, start))
                point = tuple(
                    rule.move(p, g, self.lr, len(rows), point[i - 1])
                    for i, (rule, p, g) in enumerate(zip(rules, point, slopes, strict=True))
                )
                if any(a.shape != b.shape for a, b in zip(point, start, strict=True)):
                    return
            yield point


def ways(n: int) -> Iterator[list[Steps]]:
    """Yield ways to take the steps of an epoch, each with all orders of the examples: of a few, up to three steps on any of them;
    of many, one or two steps on different ones."""
    if n > FEW:
        firsts = range(1, n) if n <= SOME else (1, n - 2, n - 1)
        cuts = [(n,), *((k,) for k in firsts), *((k, n - k) for k in firsts)]
        yield from (list(orders_of(range(n), sizes)) for sizes in cuts if how_many_orders(n, sizes) <= MANY)
        return
    subsets = [rows for k in range(n, 0, -1) for rows in combinations(range(n), k)]
    found = dict[Steps, list[Steps]]()
    for length in range(1, FEW + 1):
        for steps in product(subsets, repeat=length):
            alike = [tuple(tuple(sorted(to[i] for i in rows)) for rows in steps) for to in permutations(range(n))]
            found.setdefault(min(alike), []).append(steps)
    yield from found.values()


def told(steps: Steps, n: int) -> str:
    """Return words for the steps of an epoch: how many examples each is on, and which of them were seen before."""
    seen, words = set[int](), list[str]()
    for rows in steps:
        again, new = len(seen.intersection(rows)), len(set(rows) - seen)
        if len(rows) == n:
            words.append(f"all {n} examples")
        elif not seen:
            words.append(f"{new} of the {n} examples")
        else:
            words.append(
                " and ".join([f"{again} of those"] * (again > 0) + [f"{new} other{'s' * (new > 1)}"] * (new > 0))
            )
        seen.update(rows)
    left = n - len(seen)
    out = f", and {left} {'is' if left == 1 else 'are'} left out" if left else ""
    if len(steps) == 1:
        return f"one step, on {words[0]}{' at once' if len(steps[0]) == n else ''}{out}"
    return f"{len(steps)} steps: on {', then on '.join(words)}{out}"


def batch_sizes(n: int, batch: int) -> list[int]:
    return [min(batch, n - start) for start in range(0, n, batch)]


def how_many_orders(n: int, sizes: Sequence[int]) -> int:
    """Return how many ways there are to take different rows in steps of these sizes."""
    ways, left = 1, n
    for size in sizes:
        ways, left = ways * comb(left, size), left - size
    return ways


def orders_of(rows: Sequence[int], sizes: Sequence[int]) -> Iterator[Steps]:
    """Yield all ways to take different rows in steps of these sizes."""
    if not sizes:
        yield ()
        return
    for chosen in combinations(rows, sizes[0]):
        rest = [row for row in rows if row not in chosen]
        yield from ((chosen, *others) for others in orders_of(rest, sizes[1:]))


def _is_finite(point: Point) -> bool:
    return all(np.isfinite(array).all() for array in point)


def _same(before: Point, after: Point) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
