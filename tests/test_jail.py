"""What a submission finds around it, and what the jail leaves behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.errors import Died, GraderError, Raised
from grader.submission.jail import ProcessJail, folders
from grader.submission.jail.base import how_it_ended
from grader.submission.notebook import read_source
from grader.submission.session import Session
from support.sessions import LIMITS, Open, ask


def test_a_submissions_folder_is_empty_its_own_and_gone_afterwards(open_session: Open) -> None:
    look = (
        "import os\ndef f():\n    before = os.listdir()\n    open('x', 'w').write('y')\n    return before, os.getcwd()"
    )
    first, second = open_session(look), open_session(look)
    (empty, mine), (also_empty, other) = ask(first, "f"), ask(second, "f")
    assert empty == also_empty == []
    assert mine != other
    assert Path(mine).is_dir()
    first.__exit__()
    assert not Path(mine).exists()
    assert Path(other).is_dir()


def test_a_submission_sees_no_environment_variable_of_the_grader(
    open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_SECRET", "hush")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/tmp")
    seen = ask(open_session("import os\ndef f():\n    return dict(os.environ)"), "f")
    assert "hush" not in str(seen)
    allowed = {"PATH", "HOME", "LC_ALL", "PYTHONHASHSEED"}
    assert {name for name in seen if not name.endswith("_NUM_THREADS")} == allowed
    assert seen["OMP_NUM_THREADS"] == "1"


def test_a_submission_inherits_no_descriptor_but_the_channel(open_session: Open, tmp_path: Path) -> None:
    secret = os.open(tmp_path / "secret", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(secret, True)
    look = """
import os
def f():
    paths = [f"/proc/self/fd/{n}" for n in range(3, 64)]
    return [os.readlink(path) for path in paths if os.path.exists(path)]
"""
    try:
        links = ask(open_session(look), "f")
    finally:
        os.close(secret)
    assert [link.partition(":")[0] for link in links] == ["socket"]


def test_a_submission_cannot_import_the_grader(open_session: Open) -> None:
    look = "import sys, importlib\ndef f(name):\n    return bool(importlib.import_module(name))"
    session = open_session(look)
    for name in ("grader_inside.judging", "pytest", "pydantic"):
        with pytest.raises(Raised, match="ModuleNotFoundError"):
            ask(session, "f", name)
    loaded = ask(open_session("import sys\ndef f():\n    return sorted(sys.modules)"), "f")
    assert [name for name in loaded if "grader" in name and not name.startswith("grader_inside")] == []


def test_a_jail_that_cannot_start_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submission.jail.process.PYTHON", ("/no/such/python",))
    broken = ProcessJail()
    with (
        pytest.raises(GraderError, match="no process could be started"),
        Session(read_source(b"x = 1", "x.py"), broken, LIMITS),
    ):
        pass
    broken.close()


def test_a_package_that_is_not_installed_is_our_fault() -> None:
    with pytest.raises(GraderError, match="`no_such_package` is allowed by the course but not installed here"):
        ProcessJail(["no_such_package"])


def test_packages_are_named_as_they_are_imported_and_others_beside_them_are_not_found() -> None:
    allowed = ProcessJail(["numpy", "yaml", "pytest"])  # pytest needs colorama, but only on Windows
    look = b"import pytest, yaml, _pytest, pluggy\nimport importlib\ndef f(name):\n    importlib.import_module(name)"
    with Session(read_source(look, "x.py"), allowed, LIMITS) as session:
        assert session.notes == []
        with pytest.raises(Raised, match="ModuleNotFoundError"):
            ask(session, "f", "hypothesis")
    allowed.close()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (3, "ended by itself with exit status 3"),
        (-9, "was ended by SIGKILL"),
        (-11, r"was ended by SIGSEGV \(a crash in compiled code, or `abort`\)"),
        (0xC0000005, r"was ended by the system \(status 0xC0000005: a crash"),
    ],
)
def test_an_exit_status_is_said_in_words(status: int, words: str) -> None:
    assert re.match(words, how_it_ended(status))


def test_folders_of_a_grader_that_is_no_more_are_swept_and_no_others(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ours = Path(folders.make("scratch"))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    stale = Path(str(ours).replace(f"-{os.getpid()}-", f"-{ended.pid}-"))
    elsewhere = Path(str(stale).replace(f"-{ended.pid}-", f"0-{ended.pid}-"))  # a container's: its numbers are its own
    for folder in (stale, elsewhere, tmp_path / "grader-notes", tmp_path / f"scratch-{ended.pid}-x"):
        folder.mkdir()
        (folder / "file").touch()
    link = tmp_path / stale.name.replace(f"-{ended.pid}-", f"-{ended.pid}-link-")
    link.symlink_to(elsewhere)
    folders.sweep()
    assert not stale.exists()
    assert len(list(tmp_path.iterdir())) == 5
    assert (elsewhere / "file").exists()


def test_a_closed_jail_leaves_no_process_behind() -> None:
    closing = ProcessJail()
    session = Session(read_source(b"x = 1", "x.py"), closing, LIMITS).__enter__()
    assert session.child is not None
    closing.close()
    with pytest.raises(Died, match="SIGKILL"):
        ask(session, "x")
    with pytest.raises(GraderError, match="closed"):
        session.begin_row()
    session.__exit__()
