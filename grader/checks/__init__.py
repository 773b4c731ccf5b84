"""The claims a rubric can make: small objects that, called with a Trial, return, or raise Wrong with evidence."""

from ..numerics.compare import DECADES, TRAINING, Truth, require_close
from ..topics.asking import Answer, Asking, asking, outputs
from ..topics.cases import authors_code
from ..topics.trial import Check, FollowThrough, SingleCase, Trial
from .backward import vjp
from .band import band
from .behaviour import cheap, defaults, pure
from .chance import statistical
from .combine import Following, either
from .descent import Descent
from .epochs import epochs
from .gradients import gradient
from .optimisers import converges, trajectory
from .randomness import blocks_of, independent, seeded
from .relations import bounded, depends, equal, evenly, monotone, rowwise, sums_to, unchanged
from .samples import Distribution, Mean, Variance, measured_as
from .script import Script
from .stages import stage
from .statistic import Count
from .story import composition, consistent, descends, perform
from .training import measured, run
from .values import follows, holds, matches

__all__ = [
    "DECADES",
    "TRAINING",
    "Answer",
    "Asking",
    "Check",
    "Count",
    "Descent",
    "Distribution",
    "FollowThrough",
    "Following",
    "Mean",
    "Script",
    "SingleCase",
    "Trial",
    "Truth",
    "Variance",
    "asking",
    "authors_code",
    "band",
    "blocks_of",
    "bounded",
    "cheap",
    "composition",
    "consistent",
    "converges",
    "defaults",
    "depends",
    "descends",
    "either",
    "epochs",
    "equal",
    "evenly",
    "follows",
    "gradient",
    "holds",
    "independent",
    "matches",
    "measured",
    "measured_as",
    "monotone",
    "outputs",
    "perform",
    "pure",
    "require_close",
    "rowwise",
    "run",
    "seeded",
    "stage",
    "statistical",
    "sums_to",
    "trajectory",
    "unchanged",
    "vjp",
]
