"""Write one JSON file for every Result: DIR/results/STUDENT/TOPIC.json (the form is docs/result.md)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...files import atomic_write, safe_component
from ...result import Result


def write_results(results: Iterable[Result], directory: Path | str) -> list[Path]:
    """Write the files and return their paths. A name can neither leave `directory` nor collide with another."""
    return [
        atomic_write(
            Path(directory, "results", safe_component(result.student), f"{safe_component(result.topic)}.json"),
            result.to_json() + "\n",
        )
        for result in results
    ]
