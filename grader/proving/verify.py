"""Over many seeds: the model solution and every variant score full; the untouched handout and every do-nothing program score
0; every known mistake loses a row, always the same ones, and is named. What fails is a finding, said as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..checks import statistical
from ..checks.chance import Power
from ..checks.trial import TruthSource
from ..errors import TopicError
from ..inside.plan import Implementation
from ..judging.evaluate import evaluate
from ..judging.known import in_this_process, run_mistakes
from ..judging.mistakes import recognise
from ..judging.outcome import Outcome
from ..result import Status
from ..submission.in_process import Live
from ..topics.changes import Change, Mistake
from ..topics.folder import Assignment
from ..topics.handout import check_folder
from ..truth.trials import seeded_trials
from .do_nothing import worthless
from .report import FOLLOWED, MARKS, Report


def verify(
    assignment: Assignment,
    truth: TruthSource,
    seeds: Sequence[int],
    others: Mapping[str, Implementation] | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Prove a topic on every seed. `others` are do-nothing programs that need a process of their own (loops, exits)."""
    report = Report(assignment.slug, [row.id for row in assignment.topic.rubric])
    findings = dict.fromkeys(check_folder(assignment), "")
    for number, seed in enumerate(seeds):
        progress(f"{assignment.slug}: seed {number + 1} of {len(seeds)}")
        if number == 0:
            report.powers = dict(_powers(assignment, truth, seed))
        report.findings += _right_ones(assignment, truth, seed)
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
        found += [f"seed {seed}: {text}" for text in _right_ones(assignment, truth, seed)]
        progress(f"{assignment.slug}: right programs")
    return found


def _right_ones(assignment: Assignment, truth: TruthSource, seed: int) -> Iterator[str]:
    right = {"the solution": Change("")} | {f"variant {v.name!r}": v for v in assignment.variants}
    for name, change in right.items():
        try:
            student = Live.of(change.apply(assignment.solution), name)
        except TopicError as error:
            yield str(error)
            continue
        for o in _outcomes(assignment, student, truth, seed):
            if not o.earned or o.follow:
                yield f"{name} does not earn {o.row.id!r}: {o.status}: {o.error}"


def _powers(assignment: Assignment, truth: TruthSource, seed: int) -> Iterator[tuple[str, list[Power]]]:
    """What each statistical row sees, with the solution as the student."""
    student = Live.of(assignment.solution)
    for row in assignment.topic.rubric:
        if isinstance(row.check, statistical):
            yield row.id, row.check.power(seeded_trials(assignment.topic, student, truth, seed)(row))


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
        known = run_mistakes(assignment, in_this_process(assignment, truth, seed))
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
