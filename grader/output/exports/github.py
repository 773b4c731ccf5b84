"""GitHub Actions: annotations in the log, and a summary page for the run.

Anything that a student wrote may look like a workflow command (`::error …`) or like HTML. In a command it is
escaped; everywhere else in the log it stands where commands are stopped; in the summary it stands in code.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence

from ...result import Result, Status, Verdict
from .phrases import (
    HIDDEN,
    UNGRADED,
    any_ungraded,
    fell_short,
    headline,
    noted,
    one_line,
    points,
    printable,
    said,
    share,
)

_MOST_ANNOTATIONS = 10  # of one kind in one step; GitHub drops the others without a word
_SUMMARY_BYTES = 1024 * 1024
_LEFT_OFF = "\nThe rest is left off: a summary holds 1 MiB.\n"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def github(results: Sequence[Result]) -> str:
    """The lines to print on stdout: errors, the points, and the whole report where no command is obeyed."""
    lines = [*_at_most(_MOST_ANNOTATIONS, list(_errors(results)))]
    if results and not any_ungraded(results):
        lines.append(_command("notice", f"Points {_points(results)}", title="Autograding complete"))
    token = secrets.token_hex(16)  # drawn after the students' code has ended, so no text of theirs can hold it
    # The bar keeps a line from looking like the start of anything: a traceback would match setup-python's patterns.
    log = (f"| {line}" for result in results for line in _report(result))
    return "\n".join([*lines, f"::stop-commands::{token}", *log, f"::{token}::"]) + "\n"


def step_summary(results: Sequence[Result]) -> str:
    """Markdown for $GITHUB_STEP_SUMMARY: a section for every Result, at most 1 MiB."""
    title = "not graded" if any_ungraded(results) else f"{_points(results)} points"
    parts, size = [f"## Grades: {title}\n"], 0
    for part in (part for result in results for part in _section(result)):
        size += len(part.encode())
        if size > _SUMMARY_BYTES - 1000:
            parts.append(_LEFT_OFF)
            break
        parts.append(part)
    return "".join(parts)


def _points(results: Iterable[Result]) -> str:
    rows = [row for result in results for row in result.rows]
    return share(sum(row.earned for row in rows), sum(row.points for row in rows))


def _errors(results: Iterable[Result]) -> Iterator[str]:
    """The annotations: what we failed to grade first, then what was lost."""
    results = list(results)
    for result in results:
        if result.status == "ungraded":
            yield _command("error", UNGRADED, file=result.file, title=f"Not graded: {result.student}, {result.topic}")
    for result in results:
        for row in result.rows:
            if fell_short(row) and not row.hidden:
                title = f"{result.topic} {row.id}: {row.claim} ({share(row.earned, row.points)})"
                yield _command("error", said(row), file=result.file, line=_line(result, row), title=title)


def _at_most(most: int, commands: list[str]) -> list[str]:
    if len(commands) <= most:
        return commands
    more = len(commands) - most + 1
    return [
        *commands[: most - 1],
        _command("error", f"{more} more are in the log and in the summary", title="And more"),
    ]


def _line(result: Result, row: Verdict) -> str:
    """The line in the file that was handed in. A notebook's lines are not its cells' lines, so it has none."""
    line = row.evidence.get("line")
    return str(line) if result.file.endswith(".py") and isinstance(line, int) else ""


def _command(kind: str, message: str, **properties: str) -> str:
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{kind} {told}::{_data(printable(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def _report(result: Result) -> Iterator[str]:
    yield f"{headline(result)} ({one_line(result.file)})"
    for note in result.notes:
        yield from (f"  {line}" for line in noted(note).split("\n"))
    for row in result.rows:
        claim = HIDDEN if row.hidden else one_line(row.claim)
        yield f"  {_outcome(row):8} {share(row.earned, row.points) if not row.hidden else '':>7}  {row.id}: {claim}"
        if row.status is not Status.EARNED and not row.hidden:
            yield from (f"      {line}" for line in said(row).split("\n"))


def _outcome(row: Verdict) -> str:
    return "hidden" if row.hidden else row.status.value


def _section(result: Result) -> Iterator[str]:
    """The parts of one section, each whole in itself, so that the summary may end after any."""
    yield f"\n### {_code(headline(result))}\n\n"
    if result.status == "ungraded":
        yield f"**{UNGRADED}**\n\n"
    yield "".join(
        [
            "| row | claim | points | outcome |\n|---|---|--:|---|\n",
            *(f"| {' | '.join(map(_escaped, _cells(row)))} |\n" for row in result.rows),
        ]
    )
    for note in result.notes:
        yield _block(noted(note))
    for row in result.rows:
        if row.status is not Status.EARNED and not row.hidden:
            yield f"\n{_escaped(f'{row.id}: {row.claim}')}\n{_block(said(row))}"


def _cells(row: Verdict) -> tuple[str, str, str, str]:
    if row.hidden:
        return row.id, HIDDEN, points(row.points), "hidden"
    return row.id, row.claim, share(row.earned, row.points), row.status.value


def _escaped(text: str) -> str:
    """Text as Markdown that shows it as it is, also in a table."""
    return _PUNCTUATION.sub(r"\\\1", one_line(text))


def _code(text: str) -> str:
    """One line of a student's text in a code span, which holds no Markdown, HTML, link or mention."""
    fence = "`" * (_longest_run(text) + 1)
    return f"{fence} {text} {fence}"


def _block(text: str) -> str:
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"\n{fence}text\n{text}\n{fence}\n"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
