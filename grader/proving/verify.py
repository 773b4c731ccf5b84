"""Over many seeds: the model solution and every variant score full; the untouched handout and every do-nothing program score
0; every known mistake loses a row, always the same ones, and is named. What fails is a finding, said as a sentence."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..checks import statistical
from ..checks.chance import Power
from ..errors import Fault, TopicError, Wrong
from ..inside.plan import Implementation
from ..judging.evaluate import Outcome, evaluate
from ..judging.mistakes import recognise, run_mistakes
from ..result import Status
from ..submission.in_process import Live
from ..topics.changes import Mistake
from ..topics.folder import Assignment
from ..topics.handout import check_folder
from ..truth.trials import SeededTrial, TruthSource, seeded_trials
from .do_nothing import worthless
from .report import FOLLOWED, MARKS, Report


def verify(
    assignment: Assignment,
    truth: TruthSource,
    seeds: Sequence[int],
    others: Mapping[str, Implementation] | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Prove a topic on every seed. `others` are do-nothing programs that need a process of their own (loops, exits).

    Raise TopicError for what the author has to put right before anything can be proven.
    """
    report = Report(assignment.slug, [row.id for row in assignment.topic.rubric])
    findings = dict.fromkeys(check_folder(assignment), "")
    for number, seed in enumerate(seeds):
        progress(f"{assignment.slug}: seed {number + 1} of {len(seeds)}")
        solution = _solution(assignment, truth, seed)
        if failed := _failed(assignment, solution):
            findings |= dict.fromkeys(failed, "")
            break  # every other program would only say the same again
        report.findings += _right_ones(assignment, truth, seed, solution)
        if number == 0:
            report.powers = dict(_powers(assignment, truth, seed))
        report.findings += _worthless_ones(assignment, truth, seed, others if number == 0 and others else {})
        _mistakes(assignment, truth, seed, report, first=number == 0)
        for text in report.findings:  # what is wrong on every seed is said once, with the first
            findings.setdefault(text, f"seed {number + 1} of {len(seeds)}: ")
        report.findings = []
        report.seeds += 1
    report.findings = [f"{seed}{text}" for text, seed in findings.items()]
    return report


def _outcomes(assignment: Assignment, student: Implementation, truth: TruthSource, seed: int) -> list[Outcome]:
    return evaluate(assignment.topic, student, seeded_trials(assignment.topic, student, truth, seed))


def false_alarms(
    assignment: Assignment,
    truth: TruthSource,
    seeds: Sequence[int],
    progress: Callable[[str], None] = lambda text: None,
) -> list[str]:
    """What the solution and the variants do not earn on many seeds: nothing, where the rubric is fair."""
    found = []
    for seed in seeds:
        solution = _solution(assignment, truth, seed)
        found += [f"seed {seed}: {text}" for text in _right_ones(assignment, truth, seed, solution)]
        progress(f"{assignment.slug}: right programs")
    return found


def _solution(assignment: Assignment, truth: TruthSource, seed: int) -> list[Outcome]:
    """What the model solution earns. Raise TopicError where it cannot be run."""
    return _outcomes(assignment, Live.of(assignment.solution, str(assignment.folder / "solution.py")), truth, seed)


def _failed(assignment: Assignment, solution: Sequence[Outcome]) -> list[str]:
    """What keeps even the solution from being judged: each fault once, with its rows. Raise TopicError if it is the author's."""
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


def _right_ones(assignment: Assignment, truth: TruthSource, seed: int, solution: Sequence[Outcome]) -> Iterator[str]:
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
        if not o.earned or o.follow:
            yield f"{name} does not earn {o.row.id!r}: {o.status}: {o.error}"


def _powers(assignment: Assignment, truth: TruthSource, seed: int) -> Iterator[tuple[str, list[Power]]]:
    """What each statistical row sees, with the solution as the student; a row that it does not earn is a finding already."""
    student = Live.of(assignment.solution)
    for row in assignment.topic.rubric:
        if isinstance(row.check, statistical):
            with contextlib.suppress(Wrong, Fault):
                yield row.id, row.check.power(SeededTrial(assignment.topic, student, truth, seed, row.id))


def _worthless_ones(
    assignment: Assignment, truth: TruthSource, seed: int, others: Mapping[str, Implementation]
) -> Iterator[str]:
    for name, student in {**worthless(assignment.targets), **others}.items():
        for o in _outcomes(assignment, student, truth, seed):
            if o.earned:
                yield f"a program that {name} earns {o.row.id!r}"
            elif o.status is Status.VOID:
                yield f"a program that {name} breaks {o.row.id!r}: {o.error}"


def _mistakes(assignment: Assignment, truth: TruthSource, seed: int, report: Report, first: bool) -> None:
    try:
        known = run_mistakes(assignment, truth, seed)
    except TopicError as error:
        report.findings.append(str(error))
        return
    for one, mistake in zip(known, assignment.mistakes, strict=True):
        name, outcomes = one.hint.name, one.outcomes
        marks = "".join(FOLLOWED if o.follow else MARKS[o.status] for o in outcomes)
        names = {hint.name for hint in recognise(outcomes, known).values()}
        report.findings += _unsound_mistake(mistake, marks, names, report, seed, first)
        report.findings += _void(outcomes, name, seed)
        if first:
            report.matrix[name] = marks
            report.named[name] = name in names


def _unsound_mistake(
    mistake: Mistake, marks: str, names: set[str], report: Report, seed: int, first: bool
) -> Iterator[str]:
    name = mistake.name
    if not set(marks) - set("·f"):
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


def _void(outcomes: Sequence[Outcome], name: str, seed: int) -> Iterator[str]:
    for o in outcomes:
        if o.status is Status.VOID:
            yield f"{name!r} makes row {o.row.id!r} void: {o.error}"
