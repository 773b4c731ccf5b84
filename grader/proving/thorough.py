"""Prove a topic thoroughly, on the public seed alone since it takes minutes.

Every generated mutant of the solution loses a row, and of two mistakes at once both are named.
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import TopicError
from ..judging.known import in_this_process, run_mistakes
from ..judging.pairs import pairs_of
from ..submission.jail import Jail
from ..topics.folder import Assignment
from ..topics.mutants.generate import mutants
from ..topics.trial import TruthSource
from ..truth.trials import PUBLIC_SEED
from .mutants.coverage import Coverage
from .mutants.feedback import summarise_feedback
from .pairs import diagnose_pairs
from .report import Report


def prove_thoroughly(
    assignment: Assignment, truth: TruthSource, jail: Jail, report: Report, progress: Callable[[str], None]
) -> Coverage | None:
    """Try all mutants and all pairs of a topic that is sound so far; add the figures and findings to its report.

    Call `progress` as often as `count_steps` says. Return the coverage, whose `caught` keeps the row that each mutant lost
    with its evidence, or None where the solution itself does not earn every row in the jail.
    """
    try:
        coverage = Coverage.of(assignment, truth, jail, progress)
    except TopicError as error:
        report.findings.append(str(error))
        return None
    known = run_mistakes(assignment, in_this_process(assignment, truth, PUBLIC_SEED))
    pairs = diagnose_pairs(assignment, truth, known, progress)
    report.mutants = coverage.figures() | summarise_feedback(coverage.caught, known)
    report.pairs = pairs.figures()
    report.findings += [*coverage.findings(), *pairs.findings(), *report.mutants["false"]]
    return coverage


def count_steps(assignment: Assignment) -> int:
    """Return how often `prove_thoroughly` reports progress: once a mutant and once a pair."""
    try:
        pairs = pairs_of(assignment.solution, assignment.mistakes)
        return len(mutants(assignment.solution)) + sum(1 for _ in pairs)
    except SyntaxError:
        return 0  # the solution cannot be parsed: `verify` says so, and no mutant is made
