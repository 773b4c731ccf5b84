"""Write results for GitHub Actions: annotations in the log, and a summary page for the run.

A student's text may look like a workflow command (`::error …`) or like HTML. It is escaped inside a command, stands where
commands are stopped everywhere else in the log, and stands in code or is escaped in the summary.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence

from ...result import Result, Status, Verdict
from ..text import exact_points, one_line, printable
from .phrases import HIDDEN, UNGRADED, any_ungraded, feedback, fell_short, headline, note_text, out_of

_MOST_ANNOTATIONS = 10  # of one kind in one step; GitHub drops the others without a word
_SUMMARY_BYTES = 1024 * 1024  # of one step; GitHub shows an error in place of a longer summary
_LEFT_OFF_BYTES = 1000  # of them, kept free for _LEFT_OFF
_LEFT_OFF = "\nThe rest is left off: a summary holds 1 MiB.\n"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def github(results: Sequence[Result]) -> str:
    """Return the lines for stdout: annotations, the points, and the whole report where no command is obeyed."""
    lines = _first_annotations(list(_errors(results)))
    if results and not any_ungraded(results):
        lines.append(_command("notice", f"Points {_total(results)}", title="Autograding complete"))
    token = secrets.token_hex(16)  # drawn after the students' code has ended, so no text of theirs can hold it
    # The bar keeps a line from looking like the start of anything: a traceback would match setup-python's patterns.
    log = (f"| {line}" for result in results for line in _report(result))
    return "\n".join([*lines, f"::stop-commands::{token}", *log, f"::{token}::"]) + "\n"


def step_summary(results: Sequence[Result]) -> str:
    """Return Markdown for $GITHUB_STEP_SUMMARY: a section for every Result, at most 1 MiB."""
    title = "not graded" if any_ungraded(results) else f"{_total(results)} points"
    parts, size = [f"## Grades: {title}\n"], 0
    for part in (part for result in results for part in _section(result)):
        size += len(part.encode())
        if size > _SUMMARY_BYTES - _LEFT_OFF_BYTES:
            parts.append(_LEFT_OFF)
            break
        parts.append(part)
    return "".join(parts)


def _total(results: Iterable[Result]) -> str:
    rows = [row for result in results for row in result.rows]
    return out_of(sum(row.earned for row in rows), sum(row.points for row in rows))


def _errors(results: Iterable[Result]) -> Iterator[str]:
    """Yield the annotations: first the submissions that we failed to grade, then the rows that fell short."""
    results = list(results)
    for result in results:
        if result.status == "ungraded":
            yield _command("error", UNGRADED, file=result.file, title=f"Not graded: {result.student}, {result.topic}")
    for result in results:
        for row in result.rows:
            if fell_short(row) and not row.hidden:
                title = f"{result.topic} {row.id}: {row.claim} ({out_of(row.earned, row.points)})"
                yield _command("error", feedback(row), file=result.file, line=_line_number(result, row), title=title)


def _first_annotations(commands: list[str]) -> list[str]:
    """Return all commands or, of more than GitHub shows, the first and one that counts the others."""
    if len(commands) <= _MOST_ANNOTATIONS:
        return commands
    shown = _MOST_ANNOTATIONS - 1
    more = _command("error", f"{len(commands) - shown} more are in the log and in the summary", title="And more")
    return [*commands[:shown], more]


def _line_number(result: Result, row: Verdict) -> str:
    """Return the line of a `.py` file that a verdict speaks of, or ""."""
    # GitHub counts lines of the file, and a notebook's file is JSON: a line of a cell would point at something else.
    line = row.evidence.get("line")
    return str(line) if result.file.endswith(".py") and isinstance(line, int) else ""


def _command(kind: str, message: str, **properties: str) -> str:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{kind} {listed}::{_data(printable(message))}"


def _data(text: str) -> str:
    """Escape the message of a command, as the runner decodes it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property of a command, as the runner decodes it."""
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def _report(result: Result) -> Iterator[str]:
    yield f"{headline(result)} ({one_line(result.file)})"
    for note in result.notes:
        yield from (f"  {line}" for line in note_text(note).split("\n"))
    for row in result.rows:
        claim = HIDDEN if row.hidden else one_line(row.claim)
        outcome, points = ("hidden", "") if row.hidden else (row.status.value, out_of(row.earned, row.points))
        yield f"  {outcome:8} {points:>7}  {row.id}: {claim}"
        if row.status is not Status.EARNED and not row.hidden:
            yield from (f"      {line}" for line in feedback(row).split("\n"))


def _section(result: Result) -> Iterator[str]:
    """Yield the parts of one section, each whole in itself, so that the summary may end after any of them."""
    yield f"\n### {_code(headline(result))}\n\n"
    if result.status == "ungraded":
        yield f"**{UNGRADED}**\n\n"
    yield "".join(
        [
            "| row | claim | points | outcome |\n|---|---|--:|---|\n",
            *(f"| {' | '.join(map(_escaped, _table_cells(row)))} |\n" for row in result.rows),
        ]
    )
    for note in result.notes:
        yield _block(note_text(note))
    for row in result.rows:
        if row.status is not Status.EARNED and not row.hidden:
            yield f"\n{_escaped(f'{row.id}: {row.claim}')}\n{_block(feedback(row))}"


def _table_cells(row: Verdict) -> tuple[str, str, str, str]:
    if row.hidden:
        return row.id, HIDDEN, exact_points(row.points), "hidden"
    return row.id, row.claim, out_of(row.earned, row.points), row.status.value


def _escaped(text: str) -> str:
    """Return a text as Markdown that shows it as it is, also in a table."""
    return _PUNCTUATION.sub(r"\\\1", one_line(text))


def _code(text: str) -> str:
    """Return one line of text in a code span, in which no Markdown, HTML, link or mention is read."""
    fence = "`" * (_longest_run(text) + 1)
    return f"{fence} {text} {fence}"


def _block(text: str) -> str:
    """Return a text as a fenced block that nothing in it can end."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"\n{fence}text\n{text}\n{fence}\n"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
