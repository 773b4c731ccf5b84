"""`grader release` and `grader verify`: what authors run."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ..bundle.release import release as release_topic
from ..course.settings import Course
from ..files import atomic_write
from ..proving.do_nothing import worthless_sources
from ..proving.report import Report
from ..proving.thorough import bite, steps
from ..proving.verify import verify as verify_topic
from ..submission.jail import open_jail
from ..submission.limits import Limits
from ..submission.notebook import read_source
from ..submission.session import Session
from ..topics.folder import Assignment
from ..truth.reference import Oracle
from ..truth.trials import PUBLIC_SEED, round_seed
from .courses import open_course, require_topics
from .exits import Exit, Stop, say
from .progress import progress as showing

# A program that loops is stopped soon: it is one of ours, and its rows are known to be cheap.
IMPATIENT = Limits(row_cpu_seconds=0.3, cell_cpu_seconds=0.3)


def release(topics: Sequence[str], everything: bool, output: Path, folder: Path | None, progress: bool) -> Exit:
    if not topics and not everything:
        raise Stop("name the topics to release, or give --all")
    course = open_course(folder)
    wanted = require_topics(course, topics)
    with showing("releasing", len(wanted), progress) as advance:
        for slug in wanted:
            assignment = Assignment(slug, course.root)
            print(release_topic(assignment, Oracle(assignment), output))
            advance(slug)
    return Exit.OK


def verify(
    topics: Sequence[str], seeds: int, mutants: bool, write: bool, folder: Path | None, form: str, progress: bool
) -> Exit:
    course = open_course(folder)
    wanted = require_topics(course, topics)
    reports = []
    total = len(wanted) * seeds + sum(steps(Assignment(slug, course.root)) for slug in wanted if mutants)
    with showing("verifying", total, progress) as advance:
        for slug in wanted:
            report = prove(course, slug, seeds, advance, mutants)
            if write and report.sound:
                atomic_write(matrix_path(course, slug), report.text())
            reports.append(report)
            if form == "text":
                print(_text(report, course, write), flush=True)
    if form != "text":
        found = [asdict(report) for report in reports]
        print("\n".join(map(json.dumps, found)) if form == "jsonl" else json.dumps(found, indent=2, ensure_ascii=False))
    unsound = [report.slug for report in reports if not report.sound]
    say(f"unsound: {', '.join(unsound)}" if unsound else f"sound on {seeds} seeds: {', '.join(wanted)}")
    return Exit.FAILED if unsound else Exit.OK


def prove(course: Course, slug: str, seeds: int, advance: object = None, mutants: bool = False) -> Report:
    """Verify one topic on the public seed and on `seeds` − 1 others, do-nothing programs that need a process included.

    With `mutants`, those and the pairs of mistakes as well, if the topic is sound without.
    """
    assignment = Assignment(slug, course.root)
    numbers = [PUBLIC_SEED, *(round_seed(b"verify", slug, str(i)) for i in range(1, seeds))]
    with contextlib.ExitStack() as stack:
        stack.callback((jail := open_jail(course.imports)).close)
        others = {
            name: stack.enter_context(
                Session(read_source(source.encode(), "nothing.py"), jail, IMPATIENT, data=assignment.data)
            )
            for name, source in worthless_sources(assignment.targets).items()
        }
        tell = advance if callable(advance) else lambda text: None
        truth = Oracle(assignment)
        report = verify_topic(assignment, truth, numbers, others, tell)
        if mutants and report.sound:
            bite(assignment, truth, jail, report, tell)
        return report


def matrix_path(course: Course, slug: str) -> Path:
    return Assignment(slug, course.root).folder / "matrix.txt"


def _text(report: Report, course: Course, written: bool) -> str:
    path = matrix_path(course, report.slug)
    stale = not written and path.is_file() and path.read_text(encoding="utf-8") != report.text()
    head = f"{report.slug}: {'sound' if report.sound else 'NOT SOUND'} on {report.seeds} seeds"
    parts = [head, report.text(), *report.thorough(), *report.findings]
    return "\n".join(parts + ([f"{path} differs: see the change with --write"] if stale else []))
