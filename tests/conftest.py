"""Fixtures: a small course on disk, its truth, and a jail. Torch is loaded by the tests that ask for the truth only."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.course.settings import Course
from grader.submission.jail import ProcessJail
from grader.submission.limits import Limits
from grader.submission.notebook import read_source
from grader.submission.session import Session
from grader.topics.folder import Assignment
from support.courses import make_course
from support.notebooks import notebook
from support.sessions import LIMITS, Open

if TYPE_CHECKING:
    from grader.truth.reference import Oracle


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is kept between gradings lies in a folder of this run, which its workers share."""
    base = tmp_path_factory.getbasetemp()
    os.environ["GRADER_CACHE"] = str((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(mark.args or not mark.kwargs.get("reason") for mark in item.iter_markers("timing")):
            raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.timing(reason=…) says why it depends on a clock")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course that the test may break."""
    return make_course(tmp_path / "course")


@pytest.fixture
def course(folder: Path) -> Course:
    return Course.load(folder / "autograder.yml")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same course for tests that only read it."""
    return make_course(tmp_path_factory.mktemp("shared") / "course")


@pytest.fixture(scope="session")
def shared_course(shared_folder: Path) -> Course:
    return Course.load(shared_folder / "autograder.yml")


@pytest.fixture(scope="session")
def softmax(shared_folder: Path) -> Assignment:
    return Assignment("softmax-xent", shared_folder)


@pytest.fixture(scope="session")
def truth(softmax: Assignment) -> Oracle:
    """The truth of the softmax topic."""
    from grader.truth.reference import Oracle

    return Oracle(softmax)


@pytest.fixture(scope="session")
def jail() -> Iterator[ProcessJail]:
    made = ProcessJail()
    yield made
    made.close()


@pytest.fixture
def open_session(jail: ProcessJail) -> Iterator[Open]:
    """Start a session from the cells of a notebook; all are ended with the test."""
    sessions = []

    def start(*cells: str, limits: Limits = LIMITS, file: str = "work.ipynb", asked: Collection[str] = ()) -> Session:
        data = notebook(*cells) if file.endswith(".ipynb") else "\n".join(cells)
        sessions.append(Session(read_source(data.encode("utf-8", "replace"), file), jail, limits, asked))
        return sessions[-1].__enter__()

    yield start
    for session in sessions:
        session.__exit__()
