"""The environment of submissions: which distributions can be imported, and where their files really lie."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..faults import OurFault


def files_of(names: Sequence[str]) -> dict[str, Path]:
    """Top-level name → file or folder, of exactly the named distributions and those that they need.

    Raises OurFault for one that is not installed.
    """
    found: dict[str, Path] = {}
    for name in needed(names):
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not top.endswith(".dist-info") and top not in found:
                found[top] = Path(str(distribution.locate_file(top))).resolve()
    return found


def link(names: Sequence[str], folder: Path) -> None:
    """Make `folder` a place to import the named distributions from, and nothing else."""
    for top, path in files_of(names).items():
        (folder / top).symlink_to(path)


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
        raise OurFault(f"`{package}` is allowed by the course but not installed here: pip install {package}")
    return found[0]
