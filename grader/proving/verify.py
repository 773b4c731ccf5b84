"""Prove a topic on many seeds. Whatever fails is a finding, written as a sentence.

The model solution and every variant score full. The untouched handout and every do-nothing program score 0. Every known
mistake loses a row, the same rows on every seed, is named, and costs no more than it should.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..checks import statistical
from ..checks.chance import Power
from ..errors import Fault, TopicError, Wrong
from ..inside.plan import Implementation
from ..judging.evaluate import evaluate_on_seed
from ..judging.known import in_this_process, run_mistakes
from ..judging.mistakes import recognise
from ..judging.outcome import Outcome
from ..judging.points import cost_share
from ..result import Status
from ..submission.in_process import Live
from ..topics.changes import Mistake
from ..topics.folder import Assignment
from ..topics.handout import check_folder
from ..topics.trial import TruthSource
from ..truth.trials import seeded_trials
from .do_nothing import do_nothing_programs
from .report import FOLLOWED, MARKS, Report

DEAREST = 0.4  # of a topic's points: a known mistake that costs more says so with costs=…


def verify(
    assignment: Assignment,
    truth: TruthSource,
    seeds: Sequence[int],
    others: Mapping[str, Implementation] | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Prove a topic on every seed and return the report. Raise TopicError for what has to be put right before any proof.

    `others` are do-nothing programs that need a process of their own (loops, exits), by what they do; they are tried on the
    first seed alone, because a loop costs the whole time limit of every row and ends alike on each seed.
    """
    report = Report(assignment.slug, [row.id for row in assignment.topic.rubric])
    findings = dict.fromkeys(check_folder(assignment), "")
    for number, seed in enumerate(seeds):
        progress(f"{assignment.slug}: seed {number + 1} of {len(seeds)}")
        solution = _solution(assignment, truth, seed)
        if failed := _failed(assignment, solution):
            findings |= dict.fromkeys(failed, "")
            break  # every other program would only say the same again
        if number == 0 and (lost := list(_not_earned("the solution", solution))):
            findings |= dict.fromkeys(lost, f"seed 1 of {len(seeds)}: ")
            findings["the other programs were not asked: what they earn says nothing until the solution is right"] = ""
            break
        report.findings += _check_right_programs(assignment, truth, seed, solution)
        if number == 0:
            report.powers = dict(_powers(assignment, truth, seed))
        report.findings += _check_do_nothing(assignment, truth, seed, others if number == 0 and others else {})
        _check_mistakes(assignment, truth, seed, report, first=number == 0)
        for text in report.findings:  # a finding that comes back on other seeds is reported once, with the first
            findings.setdefault(text, f"seed {number + 1} of {len(seeds)}: ")
        report.findings = []
        report.seeds += 1
    report.findings = [f"{seed}{text}" for text, seed in findings.items()]
    return report


def _outcomes(assignment: Assignment, student: Implementation, truth: TruthSource, seed: int) -> list[Outcome]:
    return evaluate_on_seed(assignment.topic, student, truth, seed)


def false_alarms(
    assignment: Assignment,
    truth: TruthSource,
    seeds: Sequence[int],
    progress: Callable[[str], None] = lambda text: None,
) -> list[str]:
    """Return a sentence for every row that the solution or a variant does not earn on one of the seeds."""
    found = []
    for seed in seeds:
        solution = _solution(assignment, truth, seed)
        found += [f"seed {seed}: {text}" for text in _check_right_programs(assignment, truth, seed, solution)]
        progress(f"{assignment.slug}: right programs")
    return found


def _solution(assignment: Assignment, truth: TruthSource, seed: int) -> list[Outcome]:
    """Return what the model solution earns. Raise TopicError if it cannot be run."""
    return _outcomes(assignment, Live.of(assignment.solution, str(assignment.folder / "solution.py")), truth, seed)


def _failed(assignment: Assignment, solution: Sequence[Outcome]) -> list[str]:
    """Return what keeps even the solution from being judged, each fault once, with its rows.

    Raise TopicError if the fault is the author's.
    """
    void = [o for o in solution if o.status is Status.VOID]
    rows: dict[str, list[str]] = {}
    for o in void:
        if isinstance(o.error, TopicError) and not o.error.where:
            o.error.where = assignment.place_of_row(o.row.id)
        rows.setdefault(str(o.error), []).append(repr(o.row.id))
    said = [f"{text} (row{'s' if len(ids) > 1 else ''} {' and '.join(ids)})" for text, ids in rows.items()]
    if any(isinstance(o.error, TopicError) for o in void):
        raise TopicError("\n".join(said))
    return [f"the solution cannot be judged: {text}" for text in said]


def _check_right_programs(
    assignment: Assignment, truth: TruthSource, seed: int, solution: Sequence[Outcome]
) -> Iterator[str]:
    """Yield a finding for every row that the solution or a variant does not earn in its own right."""
    yield from _not_earned("the solution", solution)
    for variant in assignment.variants:
        name = f"variant {variant.name!r}"
        try:
            student = Live.of(variant.apply(assignment.solution), name)
        except TopicError as error:
            yield str(error)
            continue
        yield from _not_earned(name, _outcomes(assignment, student, truth, seed))


def _not_earned(name: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    for o in outcomes:
        if o.follow:
            own = f"but that follows from its own {o.follow.own}"
            yield f"{name} earns {o.row.id!r} by follow-through alone: {o.follow.wrong}, {own}"
        elif not o.earned:
            yield f"{name} does not earn {o.row.id!r}: {o.status}: {o.error}{_hint(o)}"


def _hint(outcome: Outcome) -> str:
    """Return what an author may do about a slope that is no difference quotient's, "" for any other fault."""
    is_slope = isinstance(outcome.error, Wrong) and outcome.error.evidence.id in ("slope", "rough")
    return (
        " (has it kinks? gradient(…, piecewise=True) asks along coordinates, on small cases away from them)"
        if is_slope
        else ""
    )


def _powers(assignment: Assignment, truth: TruthSource, seed: int) -> Iterator[tuple[str, list[Power]]]:
    """Yield the powers of each statistical row, with the solution as the student; a row that it loses is a finding already."""
    student = Live.of(assignment.solution)
    for row in assignment.topic.rubric:
        if isinstance(row.check, statistical):
            with contextlib.suppress(Wrong, Fault):
                yield row.id, row.check.power(seeded_trials(assignment.topic, student, truth, seed)(row))


def _check_do_nothing(
    assignment: Assignment, truth: TruthSource, seed: int, others: Mapping[str, Implementation]
) -> Iterator[str]:
    """Yield a finding for every row that a do-nothing program earns, or at which it makes the grader fail."""
    for name, student in {**do_nothing_programs(assignment.targets), **others}.items():
        for o in _outcomes(assignment, student, truth, seed):
            if o.earned:
                yield f"a program that {name} earns {o.row.id!r}"
            elif o.status is Status.VOID:
                yield f"a program that {name} breaks {o.row.id!r}: {o.error}"


def _check_mistakes(assignment: Assignment, truth: TruthSource, seed: int, report: Report, first: bool) -> None:
    """Add the findings of every known mistake to the report and, on the first seed, its line of the matrix."""
    try:
        known = run_mistakes(assignment, in_this_process(assignment, truth, seed), declared_only=True)
    except TopicError as error:
        report.findings.append(str(error))
        return
    for one, mistake in zip(known, assignment.mistakes, strict=True):
        name, outcomes = one.hint.name, one.outcomes
        marks = "".join(FOLLOWED if o.follow else MARKS[o.status] for o in outcomes)
        recognised = recognise(outcomes, known)
        names = {found.hint.name for found in recognised.values()}
        report.findings += _check_mistake(mistake, marks, names, report, first)
        report.findings += [
            f"{name!r} makes row {o.row.id!r} void: {o.error}" for o in outcomes if o.status is Status.VOID
        ]
        cost = cost_share(outcomes, recognised, known)
        if mistake.costs is None and cost > DEAREST:
            report.findings.append(
                f"mistake {name!r} costs {cost:.0%} of the points: give the outputs of a call, or extremes, rows of their "
                "own, or say what it costs with costs=…"
            )
        if first:
            report.matrix[name], report.prices[name] = marks, cost
            report.named[name] = name in names


def _check_mistake(mistake: Mistake, marks: str, names: set[str], report: Report, first: bool) -> Iterator[str]:
    """Yield a finding where a mistake loses nothing, is not named, keeps a row that it must lose, or varies with the seed.

    `marks` is its line of the matrix, a mark per row; `names` are the mistakes that diagnosis recognised in it.
    """
    name = mistake.name
    if not set(marks) - {MARKS[Status.EARNED], FOLLOWED}:
        yield f"mistake {name!r} loses no row"
    elif name not in names:
        yield f"mistake {name!r} is not named" + (f", but {sorted(names)} is" if names else "")
    for row, mark in zip(report.rows, marks, strict=True):
        if row in mistake.loses.split() and mark in (MARKS[Status.EARNED], MARKS[Status.WITHHELD], FOLLOWED):
            yield f"mistake {name!r} does not lose {row!r}, as it must"
    if not first and marks != report.matrix.get(name):
        before = report.matrix.get(name, "")
        rows = [row for row, a, b in zip(report.rows, before, marks, strict=False) if a != b]
        yield f"mistake {name!r} costs other rows than on the first seed: {', '.join(rows)}"
