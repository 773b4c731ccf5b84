"""Run `grader release` and `grader verify`, the commands of authors."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from ..bundle.release import release
from ..course.settings import Course
from ..files import atomic_write
from ..proving.do_nothing import do_nothing_sources
from ..proving.memory import bounded_memory
from ..proving.report import Report
from ..proving.thorough import count_steps, prove_thoroughly
from ..proving.verify import verify
from ..submission.jail import open_jail
from ..submission.limits import Limits
from ..submission.notebook import read_source
from ..submission.session import Session
from ..topics.folder import Assignment
from ..truth.reference import Oracle
from ..truth.trials import PUBLIC_SEED, round_seed
from .courses import open_course, require_topics
from .exits import Exit, Stop, say
from .progress import show_progress

# For do-nothing programs alone. They are short because the program that loops uses them up in every row.
IMPATIENT = Limits(row_cpu_seconds=0.3, cell_cpu_seconds=0.3)


def release_topics(topics: Sequence[str], everything: bool, output: Path, folder: Path | None, progress: bool) -> Exit:
    """Write the students' bundles under `output`. Raise Stop if no topic is named and `everything` is False."""
    if not topics and not everything:
        raise Stop("name the topics to release, or give --all")
    course = open_course(folder)
    wanted = require_topics(course, topics)
    with show_progress("releasing", len(wanted), progress) as advance:
        for slug in wanted:
            assignment = Assignment(slug, course.root)
            print(release(assignment, open_truth(assignment), output, course.conditions))
            advance(slug)
    return Exit.OK


def verify_topics(
    topics: Sequence[str], seeds: int, mutants: bool, write: bool, folder: Path | None, form: str, progress: bool
) -> Exit:
    """Prove the topics, print a report of each, and return FAILED if one is not sound."""
    course = open_course(folder)
    wanted = require_topics(course, topics)
    reports = []
    total = len(wanted) * seeds + sum(count_steps(Assignment(slug, course.root)) for slug in wanted if mutants)
    with show_progress("verifying", total, progress) as advance:
        for slug in wanted:
            report = prove(course, slug, seeds, mutants, advance)
            if write and report.sound:
                atomic_write(matrix_path(course, slug), report.text())
            reports.append(report)
            if form == "text":
                print(_report_text(report, course, write), flush=True)
    if form != "text":
        found = [asdict(report) for report in reports]
        print("\n".join(map(json.dumps, found)) if form == "jsonl" else json.dumps(found, indent=2, ensure_ascii=False))
    unsound = [report.slug for report in reports if not report.sound]
    say(f"unsound: {', '.join(unsound)}" if unsound else f"sound on {seeds} seeds: {', '.join(wanted)}")
    return Exit.FAILED if unsound else Exit.OK


def prove(
    course: Course, slug: str, seeds: int, mutants: bool = False, progress: Callable[[str], None] = lambda text: None
) -> Report:
    """Prove one topic on the public seed and on `seeds` − 1 others, and return the report.

    With `mutants`, a topic that is sound so far is proven thoroughly as well.
    """
    assignment = Assignment(slug, course.root)
    numbers = [PUBLIC_SEED, *(round_seed(b"verify", slug, str(i)) for i in range(1, seeds))]
    with contextlib.ExitStack() as stack:
        stack.callback((jail := open_jail(course.imports)).close)
        others = {
            name: stack.enter_context(
                Session(read_source(source.encode(), "nothing.py"), jail, IMPATIENT, data=assignment.data)
            )
            for name, source in do_nothing_sources(assignment.targets).items()
        }
        truth = open_truth(assignment)
        stack.enter_context(bounded_memory())  # behind the jail: what it starts is to have its own limits
        report = verify(assignment, truth, numbers, others, progress)
        if mutants and report.sound:
            prove_thoroughly(assignment, truth, jail, report, progress)
        return report


def open_truth(assignment: Assignment) -> Oracle:
    """Return the topic's reference. Raise TopicError, once, where it lacks what the rubric compares with."""
    oracle = Oracle(assignment)
    assignment.require_reference(vars(oracle.module))
    return oracle


def matrix_path(course: Course, slug: str) -> Path:
    return Assignment(slug, course.root).folder / "matrix.txt"


def _report_text(report: Report, course: Course, written: bool) -> str:
    path = matrix_path(course, report.slug)
    stale = not written and path.is_file() and path.read_text(encoding="utf-8") != report.text()
    head = f"{report.slug}: {'sound' if report.sound else 'NOT SOUND'} on {report.seeds} seeds"
    if not Assignment(report.slug, course.root).variants:
        head += "; no variants: nothing shows that a right program of another form earns every row"
    parts = [head, report.text(), *report.thorough_lines(), *report.findings]
    return "\n".join(parts + ([f"{path} differs: see the change with --write"] if stale else []))
