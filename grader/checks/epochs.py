"""`epochs`: a training whose order is its own is, epoch by epoch, mini-batch descent over all examples once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, pairwise
from typing import Any

import numpy as np

from ..errors import TopicError, Wrong
from ..topics.asking import Asking, asking
from ..topics.cases import Arguments, Cases
from ..topics.signature import Declared
from ..topics.trial import Trial
from .descent import Descent, Point, batch_sizes, how_many_orders, orders_of
from .steps import are
from .values import holds

Gradients = Callable[..., Sequence[np.ndarray]]
"""The gradients of the mean loss of some examples, one for each parameter, from arguments by name: examples and parameters."""

ENOUGH = 25  # epochs in which a new order each time shows: with three examples, 3 · 3²⁵⁻¹ ways to repeat are 5e-11 of all, at most
WITHIN = 1e-9
MOVES = 1e-6
ORDERS = 200  # of the examples, each a training of an epoch: 30 for five in batches of two


class epochs(holds):
    """Each epoch of a training is a step of gradient descent for each batch, over all examples once, in a new random order.

    `asked` answers the parameters `of` (names by blanks) after each epoch. A step goes along `truth`, the gradients in numpy (no
    record can hold those at a submission's own points), or along `own`, the submission's: a wrong gradient has a row of its
    own, and steps along it are as good here. Both take examples and parameters by name; arguments of `own` whose first letter
    is `along` are examples.

    A case gives, under the names `rate` and `batch` or by default, the learning rate, one for all epochs or one for each, and how
    many examples a batch has; the last may have fewer. Where it gives the parameters, too, training starts there, else from a start
    of its own. Of few examples all orders are tried; where there are 25 epochs or more, the order must not repeat itself.
    """

    def __init__(
        self,
        asked: Declared | Asking,
        of: str,
        own: Declared,
        truth: Gradients | None = None,
        follow: bool = True,
        along: str = "n",
        on: Cases | None = None,
        rate: str = "lr",
        batch: str = "batch",
    ) -> None:
        self.asked, self.names, self.own = asking(asked), of.split(), asking(own)
        self.truth, self.follow, self.rate, self.batch = truth, follow, rate, batch
        if truth is None and not follow:
            raise TopicError("epochs(follow=False) needs `truth`: else no step is right")
        self.examples = [name for name, spec in self.own.specs.items() if spec.dims[:1] == (along,)]
        if not self.examples or not set(self.names) <= set(self.own.specs):
            expected = f"{self.own.name} takes {', '.join(self.own.specs)}"
            raise TopicError(
                f"epochs(of={of!r}, along={along!r}): examples and parameters are arguments of `own`, and {expected}"
            )
        super().__init__(self.claim, self.asked, *([own] if follow else []), on=on)

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> str | None:
        points: list[Point] = [*zip(*trial.answers(self.asked, case), strict=True)]
        given = set(self.names) <= set(case)
        if given:
            points.insert(0, tuple(np.asarray(case[name], float) for name in self.names))
        each = [*pairwise(points)]
        n, batch, rates = self._sizes(case, len(each))
        moves = any(np.abs(after[0] - before[0]).max() > MOVES for before, after in each)
        for gradients in self._gradients(trial):
            away = [
                self._distances(before, after, case, gradients, lr)
                for (before, after), lr in zip(each, rates, strict=True)
            ]
            if moves and max(map(min, away)) < WITHIN:
                break
        for number, (_, after), distances, lr in zip(count(1 if given else 2), each, away, rates, strict=False):
            if not min(distances) < WITHIN:
                leads = f"steps on {n} examples lead, {batch} at a time, in any order"
                leads = leads if n > batch else "a step on all leads"
                names = f"{' and '.join(self.names)} {are(self.names)}"
                why = self._explain(each, case, n, batch, rates)
                sentence = f"in epoch {number}, {names} {min(distances):.3g} away from where {leads} ({self.rate}={lr})"
                answer = np.concatenate([array.ravel() for array in after])
                raise Wrong(self.asked.targets[0].name, sentence, answer, because=why)
        return _what_repeats([int(np.argmin(distances)) for distances in away], len(away[0]))

    def _gradients(self, trial: Trial) -> Iterator[Gradients]:
        if self.truth is not None:
            yield self.truth
        if self.follow:
            yield lambda **arguments: trial.answers(self.own, arguments)

    def _sizes(self, case: Mapping[str, Any], epochs: int) -> tuple[int, int, list[float]]:
        """Return how many examples there are, how large a batch is, and the rate of each epoch. Raise TopicError where there are
        too many orders to try."""
        given = Arguments({**self.asked.defaults, **case})
        n, batch = len(given[self.examples[0]]), int(given[self.batch])
        rates = np.broadcast_to(np.atleast_1d(given[self.rate])[-epochs:], epochs)
        if how_many_orders(n, batch_sizes(n, batch)) > ORDERS:
            raise TopicError(f"epochs: {n} examples make more than {ORDERS} epochs of batches of {batch}: give fewer")
        return n, batch, [float(lr) for lr in rates]

    def _slopes(
        self, case: Mapping[str, Any], gradients: Gradients, rows: Sequence[int], point: Sequence[np.ndarray]
    ) -> Sequence[np.ndarray]:
        examples = {name: case[name][list(rows)] for name in self.examples}
        return gradients(**examples, **dict(zip(self.names, point, strict=True)))

    def _distances(
        self, before: Point, after: Point, case: Mapping[str, Any], gradients: Gradients, lr: float
    ) -> list[float]:
        """Return how far an epoch leads away from where the steps lead that it may be, for each order of the examples."""

        def away(steps: Sequence[Sequence[int]]) -> float:
            at: Sequence[np.ndarray] = before
            for rows in steps:
                slopes = self._slopes(case, gradients, rows, at)
                at = [w - lr * dw for w, dw in zip(at, slopes, strict=True)]
            return max(float(np.abs(a - b).max()) for a, b in zip(after, at, strict=True))

        n, batch, _ = self._sizes(case, 1)
        with np.errstate(all="ignore"):  # where the submission diverges
            return [away(steps) for steps in orders_of(range(n), batch_sizes(n, batch))]

    def _explain(self, each: Sequence[Any], case: Mapping[str, Any], n: int, batch: int, rates: Sequence[float]) -> str:
        """Return what the epochs are, along the right gradients, where that explains all of them."""
        if self.truth is None or len(set(rates)) > 1:
            return ""
        truth = self.truth
        return Descent(self.names, n, batch, rates[0], lambda rows, at: self._slopes(case, truth, rows, at)).explain(
            each
        )


def _what_repeats(orders: Sequence[int], many: int) -> str | None:
    """Say how the orders of the epochs, each one of so many, repeat themselves, if they do."""
    if len(orders) < ENOUGH or many < 2:
        return None
    if list(orders) == [orders[0]] * len(orders):
        return "all epochs have the same batches: draw a new order for each"
    if any(orders[every:] == orders[:-every] for every in (2, 3)):
        return "the batches of the epochs repeat themselves: draw a new order for each epoch, not the old one moved on"
    return None
