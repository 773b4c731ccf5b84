"""The claims a rubric can make: small objects that, called with a Trial, return, or raise Wrong with evidence."""

from .behaviour import cheap, pure
from .combine import either
from .gradients import gradient, vjp
from .optimisers import converges, trajectory
from .trial import Alone, Check, FollowThrough, Trial
from .values import holds, matches

__all__ = [
    "Alone",
    "Check",
    "FollowThrough",
    "Trial",
    "cheap",
    "converges",
    "either",
    "gradient",
    "holds",
    "matches",
    "pure",
    "trajectory",
    "vjp",
]
