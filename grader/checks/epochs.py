"""`epochs`: a training whose order is its own is, epoch by epoch, mini-batch descent over all examples once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import TopicError, Wrong
from ..topics.asking import Asking, asking
from ..topics.cases import Arguments, Cases
from ..topics.signature import Declared
from ..topics.trial import Trial
from .descent import Descent
from .values import holds

Gradients = Callable[..., Sequence[np.ndarray]]
"""The gradients of the mean loss of some examples, one for each parameter, from arguments by name: examples and parameters."""

ENOUGH = 25  # epochs in which a new order each time shows: with three examples, 3 · 3²⁵⁻¹ ways to repeat are 5e-11 of all, at most
WITHIN = 1e-9
MOVES = 1e-6


class epochs(holds):
    """Each epoch of a training is a step of gradient descent for each batch, over all examples once, in a new random order.

    `asked` answers the parameters `of` (names by blanks) after each epoch. A step goes along `truth`, the gradients in numpy (no
    record can hold those at a submission's own points), or along `own`, the submission's: a wrong gradient has a row of its
    own, and steps along it are as good here. Both take examples and parameters by name; arguments of `own` whose first letter
    is `along` are examples.

    Cases have at most one example more than a batch, so that an epoch is a step on all but one, then one on that; where there are
    25 epochs or more, the order must not repeat itself. They give `lr` and, unless it is to have its default, `batch`.
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
    ) -> None:
        self.asked, self.names, self.own, self.truth, self.follow = (
            asking(asked),
            of.split(),
            asking(own),
            truth,
            follow,
        )
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
        kept = trial.answers(self.asked, case)
        points = [*zip(*kept, strict=True)]
        each = [*pairwise(points)]
        moves = all(np.abs(after[0] - before[0]).max() > MOVES for before, after in each)
        for gradients in self._gradients(trial):
            away = [self._distances(before, after, case, gradients) for before, after in each]
            if moves and max(map(min, away)) < WITHIN:
                break
        n, batch, lr = self._sizes(case)
        for number, ((_, after), distances) in enumerate(zip(each, away, strict=True), start=2):
            if not min(distances) < WITHIN:
                its = f"a step on {n - 1} of {n} examples and one on the last lead, whichever is that"
                its = its if n > batch else "a step on all leads"
                names = " and ".join(self.names)
                sentence = f"in epoch {number}, {names} are {min(distances):.3g} away from where {its} (lr={lr}, batch={batch})"
                answer = np.concatenate([array.ravel() for array in after])
                raise Wrong(self.asked.targets[0].name, sentence, answer, because=self._explain(each, case))
        return _what_repeats([int(np.argmin(distances)) for distances in away])

    def _gradients(self, trial: Trial) -> Iterator[Gradients]:
        if self.truth is not None:
            yield self.truth
        if self.follow:
            yield lambda **arguments: trial.answers(self.own, arguments)

    def _sizes(self, case: Mapping[str, Any]) -> tuple[int, int, float]:
        """Return how many examples there are, how large a batch is, and the rate. Raise TopicError for too many examples."""
        given = Arguments({**self.asked.defaults, **case})
        n, batch, lr = len(given[self.examples[0]]), int(given["batch"]), float(given["lr"])
        if n > batch + 1:
            raise TopicError(f"epochs: a case has {n} examples in batches of {batch}: at most one more than a batch")
        return n, batch, lr

    def _slopes(
        self, case: Mapping[str, Any], gradients: Gradients, rows: Sequence[int], point: Sequence[np.ndarray]
    ) -> Sequence[np.ndarray]:
        examples = {name: case[name][list(rows)] for name in self.examples}
        return gradients(**examples, **dict(zip(self.names, point, strict=True)))

    def _distances(
        self, before: Sequence[np.ndarray], after: Sequence[np.ndarray], case: Mapping[str, Any], gradients: Gradients
    ) -> list[float]:
        """Return how far an epoch leads away from where a step on all examples but one, and one on that, lead; for each that may be
        it. Where all fit into a batch, from where one step on all leads."""
        n, batch, lr = self._sizes(case)

        def away(*batches: Sequence[int]) -> float:
            at = before
            for rows in batches:
                slopes = self._slopes(case, gradients, rows, at)
                at = [w - lr * dw for w, dw in zip(at, slopes, strict=True)]
            return max(float(np.abs(a - b).max()) for a, b in zip(after, at, strict=True))

        with np.errstate(all="ignore"):  # where the submission diverges
            if n <= batch:
                return [away(range(n))]
            return [away([*range(last), *range(last + 1, n)], [last]) for last in range(n)]

    def _explain(self, each: Sequence[Any], case: Mapping[str, Any]) -> str:
        """Return what the epochs are, along the right gradients, where that explains all of them."""
        if self.truth is None:
            return ""
        truth, (n, batch, lr) = self.truth, self._sizes(case)
        return Descent(self.names, n, batch, lr, lambda rows, at: self._slopes(case, truth, rows, at)).explain(each)


def _what_repeats(last: Sequence[int]) -> str | None:
    if len(last) < ENOUGH:
        return None
    if list(last) == [last[0]] * len(last):
        return "the same example comes last in all epochs: draw a new order for each"
    if any(last[every:] == last[:-every] for every in (2, 3)):
        return "which example comes last repeats itself: draw a new order for each epoch, not the old one moved on"
    return None
