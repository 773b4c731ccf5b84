"""`either`: a claim that may also be earned by consistency with the student's own work (follow-through)."""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Iterator

from ..errors import TopicError, Wrong
from ..topics.trial import Check, FollowThrough, SingleCase, Trial


class Following(Check):
    """A claim that can stand in for another: consistency with the student's own work."""

    @abc.abstractmethod
    def follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        """Make the claim as a fall-back of one that raised `wrong`, behind work that is alive. Raise Wrong if it does not
        hold either."""


class either(Check):
    """`first` holds; or `otherwise` does, or one of `others`, so that the fault lies in the student's own work that it is about.

    One slip costs points once. If every mistake in the forward is recognised, this row earns full points; if one is not, half; if
    the forward is dead, none. `judging.points` decides after all rows have been judged.
    """

    def __init__(self, first: Check, otherwise: Following, *others: Following) -> None:
        for each in (otherwise, *others):
            if not isinstance(each, Following):
                name = type(each).__name__
                able = "gradient, composition and consistent can"
                raise TopicError(f"either(…, {name}(…)): {name} cannot stand in for another claim; {able}")
        self.first, self.otherwise = first, (otherwise, *others)
        self.functions = first.functions

    @property
    def references(self) -> frozenset[str]:
        return self.first.references.union(*(each.references for each in self.otherwise))

    @property
    def judges(self) -> frozenset[str]:
        return self.first.judges

    def __call__(self, trial: Trial) -> FollowThrough | None:
        try:
            self.first(trial.branch("first"))
        except Wrong as wrong:
            return self._follow(trial, wrong)
        return None

    def rehearse(self, trial: Trial) -> None:
        """Try the fall-backs, too, though none is needed: each must hold, but a right identity passes for dead work."""
        self.first.rehearse(trial.branch("first"))
        dead = Wrong("", "")
        for each, branch in self._alternatives(trial):
            try:
                each.follow(branch, dead)
            except Wrong as wrong:
                if wrong is not dead:
                    raise

    def alone(self, trial: Trial) -> None:
        self.first(trial.branch("first"))

    def single_case(self, trial: Trial) -> SingleCase | None:
        return self.first.single_case(trial.branch("first"))

    def _follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        for each, branch in self._alternatives(trial):
            with contextlib.suppress(Wrong):
                return each.follow(branch, wrong)
        raise wrong from None

    def _alternatives(self, trial: Trial) -> Iterator[tuple[Following, Trial]]:
        for i, each in enumerate(self.otherwise, start=1):
            yield each, trial.branch("otherwise" if i == 1 else f"otherwise {i}")
