"""Exit codes, and how an error becomes a sentence and a code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from enum import IntEnum

import typer


class Exit(IntEnum):
    """What a command's exit status means."""

    OK = 0
    FAILED = 1  # a check failed: a row not earned (`test`, `grade --check`), a topic not sound (`verify`)
    USAGE = 2  # wrong arguments or configuration
    UNGRADED = 3  # some submission could not be graded, through a fault of ours
    INTERNAL = 4  # a bug
    INTERRUPTED = 130  # Ctrl-C


class Stop(Exception):
    """An error for a person: the sentence says what happened, where, and what to do next."""


def say(text: str) -> None:
    """Talk: to the standard error, so that data alone is on the standard output."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Run a command's body: our declared errors become a sentence and exit 2, bugs a sentence and exit 4."""
    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        say("interrupted: what was finished is kept")
        raise typer.Exit(Exit.INTERRUPTED) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.OK) from None
    except Exception as error:
        if os.environ.get("GRADER_DEBUG") and not _is_declared(error):
            raise
        sentence, code = _told(error)
        say(f"grader: {sentence}")
        raise typer.Exit(code) from None


def _told(error: Exception) -> tuple[str, Exit]:
    if _is_declared(error):
        return str(error), Exit.USAGE
    if isinstance(error, OSError) and error.errno in MACHINES:
        return f"{error}: what was finished is in the gradebook; see to it and run the command again", Exit.UNGRADED
    if isinstance(error, ModuleNotFoundError) and error.name in EXTRA:
        return f"this command needs {error.name}: pip install 'graded-descent[grade]'", Exit.USAGE
    bug = f"a bug: {type(error).__name__}: {error}\n(GRADER_DEBUG=1 shows where; please report it)"
    return bug, Exit.INTERNAL


def _is_declared(error: Exception) -> bool:
    return any(kind.__name__ in DECLARED for kind in type(error).__mro__)


EXTRA = ("torch", "jinja2", "nbconvert")  # packages that only those who grade have

# What a machine runs out of, and what it refuses: neither a bug nor a wrong argument.
MACHINES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EROFS})

# By name, because importing their modules would make every command slow.
DECLARED = frozenset({"GraderError", "InputError", "Stop"})
