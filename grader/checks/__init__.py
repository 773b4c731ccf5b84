"""The claims a rubric can make: small objects that, called with a Trial, return, or raise Wrong with evidence."""

from ..numerics.compare import Truth, require_close
from ..topics.asking import Answer, Asking, asking
from ..topics.cases import authors_code
from ..topics.trial import Check, FollowThrough, SingleCase, Trial
from .behaviour import cheap, pure
from .chance import Count, statistical
from .combine import Following, either
from .gradients import gradient, vjp
from .optimisers import converges, trajectory
from .script import Script
from .stages import stage
from .story import composition, consistent, perform
from .training import band, measured, run
from .values import follows, holds, matches

__all__ = [
    "Answer",
    "Asking",
    "Check",
    "Count",
    "FollowThrough",
    "Following",
    "Script",
    "SingleCase",
    "Trial",
    "Truth",
    "asking",
    "authors_code",
    "band",
    "cheap",
    "composition",
    "consistent",
    "converges",
    "either",
    "follows",
    "gradient",
    "holds",
    "matches",
    "measured",
    "perform",
    "pure",
    "require_close",
    "run",
    "stage",
    "statistical",
    "trajectory",
    "vjp",
]
