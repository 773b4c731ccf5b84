"""The packages that submissions may import: the distributions that bring them, and where their files really are."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import GraderError

# Part of BOOT, runs inside. It finds the modules that `places` names, each in its folder, and no other module of these folders.
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
    """Return the files and folders, by name, of the named packages and of all that they require.

    Raises GraderError for a package that is not installed.
    """
    return {top: (place / top).resolve() for top, place in _tops(names).items()}


def places(names: Sequence[str]) -> dict[str, str]:
    """Return the folder of each top-level module of the same packages: the `places` of FINDER."""
    return {inspect.getmodulename(top) or top: str(place) for top, place in _tops(names).items()}


def _tops(names: Sequence[str]) -> dict[str, Path]:
    """Return the folder that each top-level file or folder of these packages lies in, by its name."""
    found: dict[str, Path] = {}
    for name in needed(names):
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not top.endswith(".dist-info"):
                found.setdefault(top, Path(str(distribution.locate_file(""))))
    return found


def needed(names: Sequence[str]) -> Iterator[str]:
    """Yield the distributions of the named packages and, once each, everything that they require, without extras."""
    queue, seen = [_distribution(name) for name in names], set()
    while queue:
        name = queue.pop(0)
        if name.lower() in seen:
            continue
        seen.add(name.lower())
        try:
            requirements = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # a requirement of another system, or of another version of Python
        yield name
        queue += [re.split(r"[^\w.-]", r, maxsplit=1)[0] for r in requirements if "extra ==" not in r]


def _distribution(package: str) -> str:
    """Return the distribution that brings a package, named as it is imported: "scikit-learn" for `sklearn`."""
    try:
        return str(importlib.metadata.distribution(package).metadata["Name"])
    except importlib.metadata.PackageNotFoundError:
        found = importlib.metadata.packages_distributions().get(package)
    if not found:
        raise GraderError(f"`{package}` is allowed by the course but not installed here: pip install {package}")
    return found[0]
