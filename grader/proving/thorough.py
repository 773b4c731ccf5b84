"""On one seed, since it takes long: every generated mutant of the solution loses a row, and of two mistakes at once both are
named."""

from __future__ import annotations

from collections.abc import Callable

from ..checks.trial import TruthSource
from ..errors import TopicError
from ..judging.known import in_this_process, run_mistakes
from ..judging.pairs import pairs_of
from ..submission.jail import Jail
from ..topics.folder import Assignment
from ..truth.trials import PUBLIC_SEED
from .mutants.coverage import Teeth
from .mutants.feedback import told
from .mutants.generate import mutants
from .pairs import diagnose_pairs
from .report import Report


def bite(
    assignment: Assignment, truth: TruthSource, jail: Jail, report: Report, progress: Callable[[str], None]
) -> Teeth | None:
    """Mutants and pairs of a topic that is sound so far; the figures and findings go into its report. `steps` counts them.

    The Teeth come back for what else is to be learned of mutants: `caught` keeps the row that was lost, with its evidence.
    """
    try:
        teeth = Teeth.of(assignment, truth, jail, progress)
    except TopicError as error:
        report.findings.append(str(error))
        return None
    known = run_mistakes(assignment, in_this_process(assignment, truth, PUBLIC_SEED))
    paired = diagnose_pairs(assignment, truth, known, progress)
    report.mutants, report.pairs = teeth.figures() | told(teeth.caught, known), paired.figures()
    report.findings += [*teeth.findings(), *paired.findings()]
    return teeth


def steps(assignment: Assignment) -> int:
    """How often `bite` reports progress."""
    try:
        pairs = pairs_of(assignment.solution, assignment.mistakes)
        return len(mutants(assignment.solution)) + sum(1 for _ in pairs)
    except SyntaxError:
        return 0  # the solution is no Python: said by `verify`, and there is nothing to bite
