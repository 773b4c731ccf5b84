"""Turn errors into a sentence and an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from enum import IntEnum

import typer

from ..errors import GraderError, InputError


class Exit(IntEnum):
    """The exit statuses of every command; docs/cli.md is written from their comments."""

    OK = 0
    FAILED = 1  # a check failed: a row not earned (`test`, `grade --check`), a topic not sound (`verify`)
    USAGE = 2  # wrong arguments or configuration
    UNGRADED = 3  # some submission could not be graded, through a fault of ours
    INTERNAL = 4  # a bug
    INTERRUPTED = 130  # Ctrl-C


class Stop(Exception):
    """An error for a person: the sentence says what happened, where, and what to do next."""


# Errors that carry a sentence for a person; anything else that reaches a command is a bug.
DECLARED = (Stop, InputError, GraderError)

# Packages that only those who grade have; a test compares them with pyproject.toml.
EXTRA = frozenset(
    {"jinja2", "latex2mathml", "markupsafe", "nbconvert", "nh3", "platformdirs", "pygments", "scipy", "torch"}
)

# The machine ran out of something or refused it: neither a bug nor a wrong argument.
MACHINE_ERRORS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EROFS}
)


# A file or folder that was named is not what it should be: a folder where a file is to go, say.
FILE_ERRORS = frozenset(
    {
        errno.EISDIR,
        errno.ENOTDIR,
        errno.EEXIST,
        errno.ENOENT,
        errno.EACCES,
        errno.EPERM,
        errno.ENAMETOOLONG,
        errno.ELOOP,
    }
)


def say(text: str) -> None:
    """Print a sentence to the standard error, so that the standard output holds data alone."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Run a command's body. A declared error becomes a sentence and exit 2, a bug a sentence and exit 4."""
    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        say("interrupted: what was finished is kept")
        raise typer.Exit(Exit.INTERRUPTED) from None
    except BrokenPipeError:
        # `grader … | head` has read enough. Python flushes stdout once more at its end, which must not fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.OK) from None
    except Exception as error:
        if os.environ.get("GRADER_DEBUG") and not isinstance(error, DECLARED):
            raise
        sentence, code = _sentence_and_code(error)
        say(f"grader: {sentence}")
        raise typer.Exit(code) from None


def _sentence_and_code(error: Exception) -> tuple[str, Exit]:
    if isinstance(error, DECLARED):
        return str(error), Exit.USAGE
    if isinstance(error, OSError) and error.errno in MACHINE_ERRORS:
        return f"{error}: what was finished is in the gradebook; see to it and run the command again", Exit.UNGRADED
    if isinstance(error, ModuleNotFoundError) and error.name in EXTRA:
        return f"this command needs {error.name}: pip install 'graded-descent[grade]'", Exit.USAGE
    if isinstance(error, OSError) and error.errno in FILE_ERRORS and error.filename is not None:
        name, why = error.filename2 or error.filename, (error.strerror or "").lower()
        return f"{name}: {why}: name another file or folder, or see to this one; what was finished is kept", Exit.USAGE
    bug = f"a bug: {type(error).__name__}: {error}\n(GRADER_DEBUG=1 shows where; please report it)"
    return bug, Exit.INTERNAL
