"""`either`: a claim that may also be earned by consistency with the student's own work (follow-through)."""

from __future__ import annotations

import abc

from ..errors import TopicError, Wrong
from ..topics.trial import Check, FollowThrough, SingleCase, Trial


class Following(Check):
    """A claim that can stand in for another: consistency with the student's own work."""

    @abc.abstractmethod
    def follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        """Make the claim as a fall-back of one that raised `wrong`, behind work that is alive. Raise Wrong if it does not
        hold either."""


class either(Check):
    """`first` holds; or `otherwise` does, so that the fault lies in the forward that it differentiates.

    One slip costs points once. If every mistake in the forward is recognised, this row earns full points; if one is not, half; if
    the forward is dead, none. `judging.points` decides after all rows have been judged.
    """

    def __init__(self, first: Check, otherwise: Following) -> None:
        if not isinstance(otherwise, Following):
            name = type(otherwise).__name__
            raise TopicError(
                f"either(…, {name}(…)): {name} cannot stand in for another claim; gradient and composition can"
            )
        self.first, self.otherwise = first, otherwise
        self.functions = first.functions

    @property
    def references(self) -> frozenset[str]:
        return self.first.references | self.otherwise.references

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
        """Try the fall-back, too, though it is not needed: it must hold, but a right identity passes for dead work."""
        self.first.rehearse(trial.branch("first"))
        dead = Wrong("", "")
        try:
            self.otherwise.follow(trial.branch("otherwise"), dead)
        except Wrong as wrong:
            if wrong is not dead:
                raise

    def alone(self, trial: Trial) -> None:
        self.first(trial.branch("first"))

    def single_case(self, trial: Trial) -> SingleCase | None:
        return self.first.single_case(trial.branch("first"))

    def _follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        try:
            return self.otherwise.follow(trial.branch("otherwise"), wrong)
        except Wrong:
            raise wrong from None
