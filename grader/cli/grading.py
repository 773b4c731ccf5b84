"""Run `grader grade`: from PATHs to the gradebook, its exports, and the lines printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..course.grade import Grading
from ..course.gradebook import Gradebook
from ..course.settings import Course
from ..course.side_by_side import grade_all
from ..errors import Unreadable
from ..files import atomic_write
from ..inside import namespaces
from ..intake.take_in import Intake, take_in
from ..output.exports.github import github, step_summary
from ..output.exports.grades_csv import grades_csv
from ..output.exports.gradescope import gradescope
from ..output.exports.junit import junit
from ..output.exports.phrases import out_of
from ..output.exports.result_files import write_results
from ..output.report import write_report
from ..output.text import one_line, printable
from ..result import Result, Status
from ..submission.find import Submission
from ..submission.jail.levels import ADVICE, TRUSTED_FROM, measured_jail
from ..submission.notebook import bytes_of
from ..topics.folder import Assignment
from ..truth.reference import choose_device
from .courses import open_course, require_topics
from .exits import Exit, Stop, say
from .progress import show_progress


@dataclass(frozen=True)
class Order:
    """The request to grade: which files, how, and into which folder."""

    paths: Sequence[Path]
    topic: str | None
    student: str | None
    output: Path
    workers: int
    device: str | None
    round: str
    course: Path | None
    trust: bool
    again: bool = False


def grade(order: Order, form: str, check: bool, progress: bool, quiet: bool) -> Exit:
    """Grade, export, print, and return what the exit status should say.

    Raise Stop where this machine confines submissions too weakly and they are not trusted.
    """
    course = open_course(order.course)
    require_topics(course, [order.topic] if order.topic else [])
    intake = take_in(order.paths, list(course.topics), order.topic, order.student, order.output / "handed-in")
    tell(intake, quiet)
    submissions, unidentified = intake.submissions, intake.wanted
    if course.secret_bytes() is None and not quiet:
        say(f"note: the environment variable {course.secret} is not set, so the grading cases can be foreseen")
    with Gradebook(order.output / "gradebook.db") as book:
        results = list(_grade_all(order, course, submissions, book, progress, quiet))
        report = _export(order, course, book.latest(), submissions, progress)
    results.sort(key=lambda result: (result.student, result.topic))
    _print(results, form)
    if not quiet:
        ungraded = sum(result.status == "ungraded" for result in results)
        count = f"graded {len(results) - ungraded} of {len(results)} submissions"
        say(f"{count}{f', {ungraded} UNGRADED' if ungraded else ''}. Report: {report}")
    return _exit(results, bool(unidentified), check)


def tell(intake: Intake, quiet: bool) -> None:
    """Say what was recognised, and of each file that somebody may wait for why it is not graded; then count all of them."""
    for sentence in intake.said if not quiet else ():
        say(printable(sentence))
    for left in intake.wanted:
        say(f"{printable(str(left.path))}: not graded: {left.why}")
    if not quiet and (intake.left or any(s.notes for s in intake.submissions)):
        say(printable(intake.summary()))


def _grade_all(
    order: Order, course: Course, submissions: Sequence[Submission], book: Gradebook, progress: bool, quiet: bool
) -> Iterator[Result]:
    """Yield the results that stand, and others as they come, each kept in the gradebook before it is counted."""
    if sys.platform == "linux":
        namespaces.hide_memory()
    jail = measured_jail(course.imports)
    try:
        if jail.level < TRUSTED_FROM and not order.trust:
            raise Stop(
                f"{jail.sentence}. {ADVICE} To grade submissions that you trust all the same: --trust-submissions"
            )
        grading = Grading(course, jail, order.round, choose_device(order.device or course.device))
        before = {} if order.again else {(result.student, result.topic): result for result in book.latest()}
        with show_progress("grading", len(submissions), progress) as advance:
            anew = []
            for submission in submissions:
                result = before.get((submission.student, submission.topic))
                if result is None or not grading.stands(submission, result):
                    anew.append(submission)
                    continue
                advance(f"{result.student} {result.topic}")
                yield result
            if (stood := len(submissions) - len(anew)) and not quiet:
                say(
                    f"{stood} of {len(submissions)} were graded before, by the same rubric: their results stand (--again)"
                )
            for result in grade_all(grading, anew, order.workers):
                book.append([result])
                advance(f"{result.student} {result.topic}")
                yield result
    finally:
        jail.close()


def _export(
    order: Order, course: Course, results: list[Result], submissions: Sequence[Submission], progress: bool
) -> Path:
    """Write everything that is made from the gradebook, and return the path of the report's first page."""
    write_results(results, order.output)
    atomic_write(
        order.output / "grades.csv", grades_csv(results, {s: plan.weight for s, plan in course.topics.items()})
    )
    paths = {(s.student, s.topic): s.path for s in submissions}

    def handed_in(student: str, topic: str) -> bytes | None:
        path = paths.get((student, topic))
        try:
            return bytes_of(path) if path else None
        except (OSError, Unreadable):
            return None  # a link, a pipe or whatever else grading refused to open

    topics = [(s, Assignment(s, course.root).topic.title, plan.weight) for s, plan in course.topics.items()]
    with show_progress("report", len({r.student for r in results}), progress) as advance:
        return write_report(
            results,
            handed_in,
            order.output / "report",
            course.name,
            topics,
            advance,
        )


def _print(results: Sequence[Result], form: str) -> None:
    if form == "json":
        print(json.dumps([result.to_dict() for result in results], indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "jsonl":
        for result in results:
            print(result.to_json(indent=None))
    elif form == "gradescope":
        print(json.dumps(gradescope(results), indent=2, ensure_ascii=False))
    elif form == "github":
        print(github(results))
        if path := os.environ.get("GITHUB_STEP_SUMMARY"):
            with open(path, "a", encoding="utf-8") as file:
                file.write(step_summary(results))
    elif form == "junit":
        print(junit(results))
    else:
        print("\n".join(score_lines(results)))


def score_lines(results: Sequence[Result]) -> Iterator[str]:
    """Yield a line for each result: student, topic, score, and the rows that were not earned."""
    names = [one_line(printable(r.student)) for r in results]
    wide, topics = max(map(len, names), default=0), max((len(r.topic) for r in results), default=0)
    for name, result in zip(names, results, strict=True):
        lost = [row.id for row in result.rows if row.status is not Status.EARNED]
        score = "ungraded" if result.score is None else out_of(result.score, result.max_score)
        yield f"{name:{wide}}  {result.topic:{topics}}  {score:>8}" + (
            f"  not earned: {', '.join(lost)}" if lost else ""
        )


def _exit(results: Sequence[Result], unidentified: bool, check: bool) -> Exit:
    if unidentified or any(result.status == "ungraded" for result in results):
        return Exit.UNGRADED
    if check and any(row.earned < row.points for result in results for row in result.rows):
        return Exit.FAILED
    return Exit.OK
