"""One range for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness import Range


@pytest.fixture(scope="session")
def range_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    with Range(tmp_path_factory.mktemp("range")) as made:
        yield made
