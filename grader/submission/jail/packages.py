"""The environment of submissions: which distributions can be imported, and where their files really lie."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import GraderError

# Runs inside: modules are found by name in the folders of `places`, and no others of those folders are.
FINDER = """
import importlib.machinery, sys

class Allowed:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if path is None and name in places:
            return importlib.machinery.PathFinder.find_spec(name, [places[name]])

sys.meta_path.append(Allowed)
"""


def files_of(names: Sequence[str]) -> dict[str, Path]:
    """Top-level name → file or folder, of exactly the named distributions and those that they need.

    Raises GraderError for one that is not installed.
    """
    return {top: (place / top).resolve() for top, place in _tops(names).items()}


def places(names: Sequence[str]) -> dict[str, str]:
    """Top-level module → the folder that it lies in, likewise: what FINDER wants."""
    return {inspect.getmodulename(top) or top: str(place) for top, place in _tops(names).items()}


def _tops(names: Sequence[str]) -> dict[str, Path]:
    """Name of a top-level file or folder → the folder that it lies in."""
    found: dict[str, Path] = {}
    for name in needed(names):
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not top.endswith(".dist-info"):
                found.setdefault(top, Path(str(distribution.locate_file(""))))
    return found


def needed(names: Sequence[str]) -> Iterator[str]:
    """The distributions that bring the named packages and, once each, everything they require (extras left out)."""
    queue, seen = [_distribution(name) for name in names], set()
    while queue:
        name = queue.pop(0)
        if name.lower() in seen:
            continue
        seen.add(name.lower())
        try:
            requirements = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # required on another system, or by another version of Python
        yield name
        queue += [re.split(r"[^\w.-]", r, maxsplit=1)[0] for r in requirements if "extra ==" not in r]


def _distribution(package: str) -> str:
    """Packages are named as they are imported: `sklearn` comes with scikit-learn."""
    try:
        return str(importlib.metadata.distribution(package).metadata["Name"])
    except importlib.metadata.PackageNotFoundError:
        found = importlib.metadata.packages_distributions().get(package)
    if not found:
        raise GraderError(f"`{package}` is allowed by the course but not installed here: pip install {package}")
    return found[0]
