"""Show progress on the standard error: a bar on a terminal, a line now and then elsewhere, nothing if it is not wanted."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

Advance = Callable[[str], None]

LINE_SECONDS = 10.0  # between lines where there is no terminal


@contextlib.contextmanager
def show_progress(title: str, total: int | None, wanted: bool) -> Iterator[Advance]:
    """Yield `advance`: `advance(what)` counts one step and names the work done."""
    if not wanted:
        yield lambda what: None
    elif sys.stderr.isatty():
        with _bar(title, total) as advance:
            yield advance
    else:
        yield _lines(title, total)


@contextlib.contextmanager
def _bar(title: str, total: int | None) -> Iterator[Advance]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, TextColumn("{task.fields[what]}"), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total, what="")
        yield lambda what: bar.update(task, advance=1, what=escape(what))


def _lines(title: str, total: int | None) -> Advance:
    done, printed = 0, time.monotonic()

    def advance(what: str) -> None:
        nonlocal done, printed
        done += 1
        if time.monotonic() - printed >= LINE_SECONDS or done == total:
            printed = time.monotonic()
            print(f"{title}: {done}{f' of {total}' if total else ''}", file=sys.stderr, flush=True)

    return advance
