"""The claims a rubric can make: small objects that, called with a Trial, return, or raise Wrong with evidence."""

from ..topics.trial import Check, FollowThrough, SingleCase, Trial
from .behaviour import cheap, pure
from .chance import Count, statistical
from .combine import either
from .gradients import gradient, vjp
from .optimisers import converges, trajectory
from .stages import stage
from .story import composition, follows, perform
from .training import band, run
from .values import holds, matches

__all__ = [
    "Check",
    "Count",
    "FollowThrough",
    "SingleCase",
    "Trial",
    "band",
    "cheap",
    "composition",
    "converges",
    "either",
    "follows",
    "gradient",
    "holds",
    "matches",
    "perform",
    "pure",
    "run",
    "stage",
    "statistical",
    "trajectory",
    "vjp",
]
