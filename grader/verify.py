"""An assignment is proven before a student sees it.

Over many seeds: the model solution and every variant score full; the untouched handout and every do-nothing program
score 0; every known mistake loses a row, always the same ones, and is named. On one seed, since it takes longer (`bite`):
every generated mutant of the solution loses a row, and of two mistakes at once both are named. What fails is a Finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .checks import statistical
from .checks.chance import SEEN, Power
from .diagnose import recognise, run_mistakes
from .drawn import PUBLIC_SEED, Drawn, TruthSource, drawn_trials
from .evaluate import Outcome, evaluate
from .jail import Jail
from .live import Live
from .mutants.generate import mutants
from .mutants.teeth import Teeth
from .mutants.told import told
from .paired import diagnose_pairs
from .pairs import pairs_of
from .plan import Implementation
from .result import Status
from .topic import Assignment, Change, Mistake, TopicError
from .worthless import worthless

MARKER = re.compile(r"^\{(stub|check) ([\w-]+)\}[ \t]*$", re.MULTILINE)  # in handout.md, on a line of its own
MARKS = {
    Status.EARNED: "·",
    Status.LOST: "x",
    Status.WITHHELD: "-",
    Status.RAISED: "r",
    Status.TIMEOUT: "t",
    Status.DIED: "d",
    Status.VOID: "!",
}
FOLLOWED = "f"  # earned by follow-through


@dataclass
class Report:
    """What verification of one topic found; `findings` is empty for a sound topic."""

    slug: str
    rows: Sequence[str]
    seeds: int = 0
    findings: list[str] = field(default_factory=list)
    matrix: dict[str, str] = field(default_factory=dict)  # mistake → a mark per row
    named: dict[str, bool] = field(default_factory=dict)  # mistake → whether diagnosis names it
    powers: dict[str, list[Power]] = field(default_factory=dict)  # statistical row → what it sees
    mutants: dict[str, Any] = field(default_factory=dict)  # the figures of `bite`, where it was asked for
    pairs: dict[str, Any] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        return not self.findings

    def text(self) -> str:
        """The matrix mistake × row, as kept in matrix.txt."""
        width = max([len(name) for name in self.matrix], default=0)
        head = [f"{'':{width}}  {'  '.join(self.rows)}"]
        for name, marks in self.matrix.items():
            cells = "  ".join(f"{mark:{len(row)}}" for mark, row in zip(marks, self.rows, strict=True))
            head.append(f"{name:{width}}  {cells}".rstrip())
        legend = "· earned  x lost  f earned by follow-through  r raised  - withheld"
        return "\n".join([*head, "", legend, "", *_power_table(self.powers)])

    def thorough(self) -> list[str]:
        """What `bite` found, in three lines; none where it was not asked for."""
        if not self.mutants:
            return []
        m, p = self.mutants, self.pairs
        return [
            f"mutants: {m['mutants']} made, {m['caught']} caught, {m['equivalents']} named equivalent, "
            f"{len(m['survivors'])} survive: score {m['score']:.1%}",
            f"of {m['wrong']} mutants with a wrong answer {m['named']} have the name of a known mistake, {m['described']} a "
            f"description, {m['worded']} a message in words",
            f"pairs of mistakes: {p['pairs']} made, {p['right']} earn every row, {p['alike']} answer as another program; "
            f"of the rest {p['one_named']} of {p['told']} have one named, {p['both_named']} of {p['apart']} that first fail "
            "in different rows both",
        ]


def _power_table(powers: Mapping[str, Sequence[Power]]) -> list[str]:
    """What each statistical row sees, a line for each count; false alarms add up over all of them."""
    found = [(row, power) for row, each in powers.items() for power in each]
    if not found:
        return []
    alarm = sum(power.false_alarm for _, power in found)
    head = (
        f"What chance lets be seen: a rate that is `off` by so much is noticed with probability {SEEN:g}. "
        f"A right program fails one of\nthese tests with probability {alarm:.2g} at most."
    )
    lines = [("row", "case", "counted", "draws", "rate", "off")]
    lines += [
        (row, p.case, p.count.what, f"{p.count.draws:,}", f"{p.count.rate:.4g}", f"{p.off:.2g}") for row, p in found
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    form = "  ".join(
        f"{{:{'>' if title == 'draws' else '<'}{width}}}" for title, width in zip(lines[0], widths, strict=True)
    )
    return [head, "", *(form.format(*line).rstrip() for line in lines), ""]


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
    known = run_mistakes(assignment, truth, PUBLIC_SEED)
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


def check_folder(assignment: Assignment) -> list[str]:
    """The handout mentions every function and every public row exactly once; names of mistakes and variants are unique;
    every data set says where it comes from."""
    findings = []
    wanted = [("stub", f.name) for f in assignment.targets]
    wanted += [("check", row.id) for row in assignment.topic.rubric if not row.hidden]
    there = MARKER.findall(assignment.handout)
    for kind, name in wanted:
        if (count := there.count((kind, name))) != 1:
            findings.append(f"handout.md has {{{kind} {name}}} on a line of its own {count} times, not once")
    for kind, name in dict.fromkeys(there):
        if (kind, name) not in wanted:
            findings.append(f"handout.md has {{{kind} {name}}}, but the topic has no such function or public row")
    names = [change.name for change in [*assignment.mistakes, *assignment.variants]]
    findings += [f"two mistakes or variants are called {name!r}" for name in {n for n in names if names.count(n) > 1}]
    findings += [f"mistake {m.name!r} says nothing to the student" for m in assignment.mistakes if not m.say]
    rows = {row.id for row in assignment.topic.rubric}
    findings += [
        f"mistake {m.name!r} must lose {row!r}, but there is no such row"
        for m in assignment.mistakes
        for row in m.loses.split()
        if row not in rows
    ]
    lacking = [name for name in assignment.data if not (assignment.folder / "data" / f"{name}.md").is_file()]
    findings += [
        f"data/{name}.md is missing: say there what the data are, whose, and their licence" for name in lacking
    ]
    return findings


def _outcomes(assignment: Assignment, student: Implementation, truth: TruthSource, seed: int) -> list[Outcome]:
    return evaluate(assignment.topic, student, drawn_trials(assignment.topic, student, truth, seed))


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
            yield row.id, row.check.power(Drawn(assignment.topic, student, truth, seed, row.id))


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
