"""The command `grader` in this process: what it prints, and its exit status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from grader.cli.app import app


def grader(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])
