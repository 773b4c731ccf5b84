"""`either`: a claim that may also be earned by consistency with the student's own work (follow-through)."""

from __future__ import annotations

from ..result import Wrong
from ..signature import Function
from .gradients import gradient
from .trial import Alone, Check, FollowThrough, Trial


class either(Check):
    """`first` holds; or `otherwise` does, so that the fault lies in the forward that it differentiates.

    A slip then costs once: in full where the forward's fault is a recognised mistake, half where it is not, never where
    that forward is dead. Which of these, `evaluate` decides when all rows are in.
    """

    def __init__(self, first: Check, otherwise: gradient) -> None:
        self.first, self.otherwise = first, otherwise
        self.functions = first.functions

    @property
    def judges(self) -> tuple[Function, ...]:
        return self.first.judges

    def __call__(self, trial: Trial) -> FollowThrough | None:
        try:
            self.first(trial.branch("first"))
        except Wrong as wrong:
            return self._follow(trial, wrong)
        if trial.exhaustive:
            self.otherwise.follow(trial.branch("otherwise"), Wrong("", ""))
        return None

    def alone(self, trial: Trial) -> Alone | None:
        return self.first.alone(trial.branch("first"))

    def _follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        try:
            return self.otherwise.follow(trial.branch("otherwise"), wrong)
        except Wrong:
            raise wrong from None
