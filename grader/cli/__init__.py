"""The command `grader`: thin commands over the package. Heavy imports happen inside commands, so that `--help` is quick."""

from .app import main

__all__ = ["main"]
