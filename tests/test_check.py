"""`check` in a student's notebook: a value with a text and an HTML form, shown once, on a machine that has next to nothing."""

from __future__ import annotations

import html.parser
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.bundle.check import check
from grader.bundle.release import make_record
from grader.bundle.shown import Checked
from grader.result import Hint, Status, Verdict
from grader.topics.folder import Assignment
from support.browserlike import DEPRIVE
from support.courses import SOFTMAX_SOLUTION
from support.repository import ROOT

if TYPE_CHECKING:
    from grader.truth.reference import Oracle

SUMMED = SOFTMAX_SOLUTION.replace("labels].mean()", "labels].sum()")


@pytest.fixture(scope="module")
def beside(softmax: Assignment, truth: Oracle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recorded answers, where a student's notebook would lie."""
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "softmax-xent.answers").write_bytes(make_record(softmax, truth).to_bytes())
    return folder


def test_check_runs_without_sockets_limits_threads_and_processes(beside: Path) -> None:
    program = f"{DEPRIVE}\nsys.path.insert(0, {str(ROOT)!r})\nfrom grader import check\n{SUMMED}\ncheck('softmax-xent')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=beside)
    assert done.returncode == 0, done.stderr
    assert "✗    0/3  the loss is right" in done.stdout
    assert "This looks like “loss summed”" in done.stdout
    assert done.stdout.rstrip().endswith("points on the public cases")


def test_a_script_reads_what_check_found_from_its_value(
    beside: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(beside)
    world: dict[str, Any] = {}
    exec(SUMMED, world)
    monkeypatch.setattr("grader.bundle.check._namespace", lambda: world)
    found = check("softmax-xent")
    assert capsys.readouterr().out == f"{found}\n"
    assert {row.id: row.status for row in found.rows}["loss"] is Status.LOST
    assert str(check("softmax-xent", "nothing")).startswith("softmax-xent has no row 'nothing' (it has: loss, ")


def test_a_notebook_shows_html_once_and_the_text_where_there_is_none(
    beside: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    published: list[dict[str, str]] = []

    class Shell:
        user_ns: dict[str, Any] = {}  # noqa: RUF012

        class display_pub:
            publish = staticmethod(published.append)

    monkeypatch.chdir(beside)
    monkeypatch.setattr("grader.bundle.check._shell", lambda: Shell)
    exec(SUMMED, Shell.user_ns)
    found = check("softmax-xent", "loss")
    assert published == [{"text/plain": str(found), "text/html": found._repr_html_()}]
    assert found._ipython_display_() is None  # type: ignore[attr-defined]
    assert repr(found) == capsys.readouterr().out == ""


def test_html_of_check_holds_no_script_whatever_the_student_wrote() -> None:
    evil = "<script>alert(1)</script>\x1b[31m\u202e"
    row = Verdict("a", evil, 1.0, 0.0, Status.LOST, evil, Hint(evil, evil), {"smallest": {"code": evil, "got": evil}})
    tags: list[str] = []

    class Parser(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            tags.append(tag)

    shown = Checked((row,), [evil])._repr_html_()
    Parser().feed(shown)
    assert "script" not in tags
    assert "\x1b" not in shown
    assert "\u202e" not in shown
