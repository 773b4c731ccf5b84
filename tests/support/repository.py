"""This repository: its root, its course, and its scripts as modules."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from grader.course.settings import Course

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"


@cache
def own_course() -> Course:
    """Return the course of this repository."""
    return Course.load(ROOT / "autograder.yml")


@cache
def load_script(path: str) -> ModuleType:
    """Import the script at `path` (from the root) without running its `main`."""
    name = Path(path).stem
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
