"""Relations that a right answer keeps, whatever it is: `unchanged`, `equal`, `depends`, `rowwise`, `sums_to`, `bounded`,
`monotone`, `evenly`.

No truth is needed for them, only the submission's own answers. What computes nothing keeps most of them, too; so each brings its
test of aliveness along (`alive.require_alive`): a constant, a NaN or an argument given back earns none.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import TopicError, Wrong
from ..inside.plan import Plan
from ..numerics.compare import largest
from ..topics.asking import Asking, asking
from ..topics.cases import Arguments, Cases, authors_code, code_name, place
from ..topics.signature import Declared
from ..topics.trial import Trial
from .alive import elsewhere, moved, require_alive
from .values import holds

Changes = Callable[[Mapping[str, Any]], Iterable[tuple[str, Mapping[str, Any]]]]
"""Yields, for a case, what is done to it in words, and the arguments that it has then ("all logits move by 800", {"logits": …})."""

Total = float | Callable[[Trial, Mapping[str, Any]], Any]
"""A number, or what makes one (or one for each sum) of the submission's answers to a case."""


class Relation(holds):
    """A claim about the answers of `asked` alone. `on=` yields its cases."""

    def __init__(self, *asked: Declared | Asking, on: Cases | None = None) -> None:
        self.asked = [asking(each) for each in asked]
        super().__init__(self.claim, *self.asked, on=on)

    @abc.abstractmethod
    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        """Raise Wrong where the relation does not hold on a case."""

    def ask(self, trial: Trial, case: Mapping[str, Any], at: int = 0) -> list[np.ndarray]:
        return trial.answers(self.asked[at], case)

    def alive(self, trial: Trial, case: Mapping[str, Any]) -> list[np.ndarray]:
        """Return the answers to a case. Raise Wrong for those that are computed from nothing."""
        asked = self.asked[0]
        found, others = self.ask(trial, case), self.ask(trial, elsewhere(trial, asked, case))
        given = {name: case[name] for name in asked.specs or case if name in case}
        require_alive(asked.name, found, others, given)
        return found

    def labels(self, trial: Trial, case: Mapping[str, Any]) -> list[str]:
        """Return what sentences call each of the answers."""
        return [answer.label for answer in self.asked[0].ask(Plan(), case)]


class unchanged(Relation):
    """The answer stays the same when the case is changed: a softmax when all logits of a row move together.

    `when(case)` yields each change as (what is done, in words; the arguments that it changes), the mildest first: what still
    holds is told beside the first that does not. An entry may move by `within` of the largest.

        def shifted(case):
            for by in (1, 800, -800):
                yield f"all logits move by {by}", {"logits": case["logits"] + by}
    """

    def __init__(self, asked: Declared | Asking, when: Changes, within: float = 1e-9, on: Cases | None = None) -> None:
        self.when, self.within = when, within
        super().__init__(asked, on=on)

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        here, labels, held = self.alive(trial, case), self.labels(trial, case), list[str]()
        for label, one in zip(labels, here, strict=True):
            if not np.isfinite(one).all():
                raise Wrong(label, f"the answer is {one[~np.isfinite(one)][0]}", one, id="not-finite")
        for words, changes in _yielded(self.when, case):
            for label, one, other in zip(labels, here, self.ask(trial, {**case, **changes}), strict=True):
                if _apart(label, one, other) <= self.within * largest(one):
                    continue
                i = _farthest(one, other)
                why = f"it stays when {_and(held)}" if held else ""
                raise Wrong(label, f"{_entry(one, i)} and becomes {other[i]:.10g} when {words}", other, because=why)
            held.append(words)


class equal(Relation):
    """Two functions, or scripts, answer the same on a case: the loss of probabilities, and that of the logits behind them."""

    def __init__(
        self, one: Declared | Asking, other: Declared | Asking, within: float = 1e-9, on: Cases | None = None
    ) -> None:
        self.within = within
        super().__init__(one, other, on=on)

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        names = [asked.name for asked in self.asked]
        for one, other in zip(self.alive(trial, case), self.ask(trial, case, at=1), strict=True):
            if not _apart(names[0], one, other) <= self.within * largest(one):
                i = _farthest(one, other)
                raise Wrong(names[0], f"{_entry(one, i)}, and in {names[1]} {other[i]:.10g}", one)


class depends(Relation):
    """The answer is another one where an argument is another one, for each that is named (by blanks)."""

    def __init__(self, asked: Declared | Asking, of: str, on: Cases | None = None) -> None:
        self.names = of.split()
        super().__init__(asked, on=on)
        for name in self.names:
            if name not in self.asked[0].specs:
                has = ", ".join(self.asked[0].specs) or "none"
                raise TopicError(f"depends(of={of!r}): {self.asked[0].name} has no argument `{name}` (it has: {has})")

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        here = self.alive(trial, case)
        for name in self.names:
            for other in moved(trial, self.asked[0], case, [name]):
                there = self.ask(trial, other)
                if all(np.array_equal(a, b, equal_nan=True) for a, b in zip(here, there, strict=True)):
                    raise Wrong(self.asked[0].name, f"the answer does not depend on `{name}`", here[0])


class rowwise(Relation):
    """The answer to each row, asked alone, is the one that it has among the others. `along` is the letter that counts the rows, the
    first of every argument and answer that has it."""

    def __init__(
        self, asked: Declared | Asking, along: str = "n", within: float = 1e-9, on: Cases | None = None
    ) -> None:
        self.along, self.within = along, within
        super().__init__(asked, on=on)
        self.cut = [name for name, spec in self.asked[0].specs.items() if spec.dims[:1] == (along,)]
        if not self.cut:
            raise TopicError(f"rowwise(along={along!r}): no argument of {self.asked[0].name} has rows of that letter")

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        whole = self.alive(trial, case)
        for row in range(len(Arguments(case)[self.cut[0]])):
            one = {**case, **{name: case[name][row : row + 1] for name in self.cut}}
            for label, among, alone in zip(self.labels(trial, case), whole, self.ask(trial, one), strict=True):
                there = among[row : row + 1]
                if not _apart(label, there, alone) <= self.within * largest(among):
                    i = _farthest(there, alone)
                    sentence = f"row {row}: {_entry(there, i)} among the others and {alone[i]:.10g} when asked alone"
                    raise Wrong(label, sentence, alone)


class sums_to(Relation):
    """The entries of the answer along `axis` sum to `total`: a number, or what `total(trial, case)` makes of the submission's
    other answers. A sum may be off by `within`."""

    def __init__(
        self,
        asked: Declared | Asking,
        total: Total = 0.0,
        axis: int = -1,
        within: float = 1e-12,
        on: Cases | None = None,
    ) -> None:
        self.total, self.axis, self.within = total, axis, within
        super().__init__(asked, on=on)

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        for label, answer in zip(self.labels(trial, case), self.alive(trial, case), strict=True):
            sums = answer.sum(axis=self.axis)
            want = np.broadcast_to(self.total(trial, case) if callable(self.total) else self.total, sums.shape)
            if not _apart(label, want, sums) <= self.within:
                i = _farthest(want, sums)
                which = f"row {', '.join(map(str, i))}" if i else "the answer"
                raise Wrong(label, f"{which} sums to {sums[i]:.10g}, expected {want[i]:.10g}", answer)


class bounded(Relation):
    """Every entry of the answer lies between `low` and `high`, both included."""

    def __init__(
        self, asked: Declared | Asking, low: float = -np.inf, high: float = np.inf, on: Cases | None = None
    ) -> None:
        self.low, self.high = low, high
        super().__init__(asked, on=on)

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        for label, answer in zip(self.labels(trial, case), self.alive(trial, case), strict=True):
            outside = ~((answer >= self.low) & (answer <= self.high))  # NaN is outside
            if outside.any():
                i = _first(outside)
                raise Wrong(label, f"{_entry(answer, i)}, expected {_range(self.low, self.high)}", answer)


class monotone(Relation):
    """Each entry of the answer grows from case to case along `when(case)`, which yields two at least, in order (as `unchanged` has
    them); with `falls=True` it falls. An equal answer does neither."""

    def __init__(self, asked: Declared | Asking, when: Changes, falls: bool = False, on: Cases | None = None) -> None:
        self.when, self.falls = when, falls
        super().__init__(asked, on=on)

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        self.alive(trial, case)
        along = [(words, self.ask(trial, {**case, **changes})) for words, changes in _yielded(self.when, case, least=2)]
        for (words, before), (then, after) in pairwise(along):
            for label, one, other in zip(self.labels(trial, case), before, after, strict=True):
                _require_same_shape(label, one, other)
                wrong = ~(other < one) if self.falls else ~(other > one)
                if wrong.any():
                    i = _first(wrong)
                    way = "smaller" if self.falls else "larger"
                    sentence = f"{_entry(one, i)} when {words} and {other[i]:.10g} when {then}, expected {way}"
                    raise Wrong(label, sentence, other)


class evenly(Relation):
    """The answer grows by the same amount, not 0, from case to case along `when(case)`, which yields three at least: a loss that is
    not cut off. An entry's steps may differ by `within` of the first."""

    def __init__(self, asked: Declared | Asking, when: Changes, within: float = 1e-9, on: Cases | None = None) -> None:
        self.when, self.within = when, within
        super().__init__(asked, on=on)

    def claim(self, trial: Trial, case: Mapping[str, Any]) -> None:
        self.alive(trial, case)
        changes = _yielded(self.when, case, least=3)
        along = [self.ask(trial, {**case, **changed}) for _, changed in changes]
        for which, label in enumerate(self.labels(trial, case)):
            for (words, _), answers in zip(changes, along, strict=True):
                _require_same_shape(label, along[0][which], answers[which])
                if (lost := ~np.isfinite(answers[which])).any():
                    sentence = f"the answer is {answers[which][_first(lost)]} when {words}"
                    raise Wrong(label, sentence, answers[which], id="not-finite")
            values = np.stack([answers[which] for answers in along])
            steps = np.diff(values, axis=0)
            uneven = np.abs(steps - steps[0]) > self.within * np.abs(steps[0])
            if uneven.any() or not steps[0].all():
                i = _first(uneven if uneven.any() else steps == 0)[1:]
                told = ", ".join(
                    f"{value[i]:.10g} when {words}" for value, (words, _) in zip(values, changes, strict=True)
                )
                raise Wrong(label, f"the answer is {told}: it is to grow by as much each time", values[-1])


def _yielded(when: Changes, case: Mapping[str, Any], least: int = 1) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the changes of a case. Raise TopicError for what is none, and for fewer than `least`."""
    with authors_code(when, "a case"):
        found = list(when(Arguments(case)))
    for each in found:
        match each:
            case (str(), Mapping()):
                continue
        expected = 'what is done and the arguments then, as in `yield "x is doubled", {"x": 2 * case["x"]}`'
        raise TopicError(f"{code_name(when)} yields {repr(each)[:60]}, expected {expected}", place(when))
    if len(found) < least:
        raise TopicError(
            f"{code_name(when)} yields {len(found)} changes, and this claim takes {least} at least", place(when)
        )
    return found


def _require_same_shape(label: str, one: np.ndarray, other: np.ndarray) -> None:
    """Raise Wrong for an answer whose shape depends on the numbers: a script's, for a function's is declared."""
    if one.shape != other.shape:
        raise Wrong(label, f"the shape is {one.shape} once and {other.shape} then", other, id="shape")


def _apart(label: str, one: np.ndarray, other: np.ndarray) -> float:
    """Return how far apart two answers are at most; inf where one has a number and the other has none."""
    _require_same_shape(label, one, other)
    with np.errstate(all="ignore"):
        away = np.abs(other - one)
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    return float(np.where(same, 0.0, np.where(np.isnan(away), np.inf, away)).max(initial=0.0))


def _farthest(one: np.ndarray, other: np.ndarray) -> tuple[int, ...]:
    """Return the place of the entry that is farthest from the other; a NaN is farther than any number."""
    with np.errstate(all="ignore"):
        away = np.abs(other - one)
    place = np.argmax(np.where(np.isnan(away), np.inf, away)) if one.size else 0
    return tuple(int(k) for k in np.unravel_index(place, one.shape)) if one.ndim else ()


def _first(which: np.ndarray) -> tuple[int, ...]:
    """Return the place of the first entry that is True."""
    return tuple(int(k) for k in np.argwhere(which)[0])


def _entry(array: np.ndarray, i: tuple[int, ...]) -> str:
    return f"entry [{', '.join(map(str, i))}] is {array[i]:.10g}" if i else f"the answer is {array[i]:.10g}"


def _range(low: float, high: float) -> str:
    if np.isinf(low):
        return f"at most {high:.10g}"
    return f"at least {low:.10g}" if np.isinf(high) else f"between {low:.10g} and {high:.10g}"


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
