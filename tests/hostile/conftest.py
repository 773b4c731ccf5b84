"""One range for all tests of a process, and the attacker's own folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile.harness import Range


@pytest.fixture(scope="session")
def range_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    with Range(tmp_path_factory.mktemp("range")) as made:
        yield made


@pytest.fixture
def place(range_: Range) -> Path:
    folder = range_.bait.folder / "class" / "mallory"
    folder.mkdir(exist_ok=True)
    os.chown(folder, os.getuid(), os.getgid())
    for old in folder.iterdir():
        old.unlink()
    return folder
