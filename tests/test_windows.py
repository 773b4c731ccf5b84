"""Level 0 on Windows, as far as it can be tried elsewhere: in an interpreter that lacks what Windows lacks (support/windows.py)."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from support.courses import SOFTMAX_SOLUTION, hand_in
from support.repository import ROOT, TESTS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Windows is emulated on Linux only")

# What others wrote is loaded first, for this system (with `import LOADED`); then what is ours, for the other one.
PRETEND = f"""
import os, sys
sys.path[:0] = [{str(ROOT)!r}, {str(TESTS)!r}]
import psutil
from support import windows
import LOADED
for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
    del sys.modules[name]
windows.pretend()
from grader.submission.jail import process
process.BOOT = '''
import sys
sys.path.insert(0, {str(TESTS)!r})
from support import windows
sys.path.pop(0)
windows.deprive()
windows.give()
''' + process.BOOT
"""
SESSION = """
import time
from grader.submission.jail import ProcessJail
from grader.submission.limits import Limits
from grader.submission.notebook import read_source
from grader.inside.plan import Plan
from grader.submission.session import Session

LIMITS = Limits(row_cpu_seconds=0.5, cell_cpu_seconds=0.5, submission_cpu_seconds=10)
jail = ProcessJail()

def ask(session, name, *arguments):
    plan = Plan()
    plan.want(*plan.call(name, *arguments))
    session.begin_row()
    try:
        return session.run(plan)[0]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


SESSIONS = "grader.submission.session, grader.submission.jail"
EVERYTHING = "grader.cli, grader.cli.app, grader.cli.grading, grader.truth.reference, grader.output.report"


def windows(*programs: str, loaded: str = SESSIONS) -> str:
    """What programs print there."""
    code = PRETEND.replace("LOADED", loaded) + "".join(map(textwrap.dedent, programs))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_emulation_of_windows_lacks_what_windows_lacks() -> None:
    said = windows("""
        for lacking in ("import resource", "import fcntl", "os.killpg", "os.getuid()", "os.readv"):
            try:
                exec(lacking)
            except (ImportError, AttributeError):
                print("lacks", lacking)
    """)
    assert said.count("lacks") == 5


def test_every_module_of_the_grader_can_be_imported_on_windows() -> None:
    said = windows(
        """
        import importlib, pkgutil
        import grader
        for module in pkgutil.walk_packages(grader.__path__, "grader."):
            if module.name != "grader.__main__":
                importlib.import_module(module.name)
                print(module.name)
        """,
        loaded=EVERYTHING,
    )
    assert {
        "grader.cli.grading",
        "grader.inside.fork_server",
        "grader.inside.worker",
        "grader.submission.session",
    } <= set(said.split())


def test_a_submission_is_run_limited_and_ended_on_windows(tmp_path: Path) -> None:
    said = windows(
        SESSION,
        """
        source = read_source(b'''
        import os
        def answer(x):
            return x + 1
        def loop():
            while True:
                pass
        def leave():
            os._exit(3)
        def start():
            return os.posix_spawn("/bin/sleep", ["sleep", "60"], {})
        ''', "x.py")
        with Session(source, jail, LIMITS) as session:
            print(ask(session, "answer", 41))
            print(ask(session, "loop"))
            print(ask(session, "leave"))
            started = ask(session, "start")
            print("runs:", psutil.pid_exists(started))
        def runs():
            return psutil.pid_exists(started) and psutil.Process(started).status() != "zombie"
        for _ in range(100):  # a signal takes its time on a busy machine
            if runs():
                time.sleep(0.01)
        print("runs:", runs())
        """,
    )
    answered, looped, left, before, after = said.splitlines()
    assert answered == "42"
    assert looped == "TimedOut: `loop` took longer than 0.5 s of processor time (or slept) and was stopped"
    assert left.startswith("Died: `leave`: the process ended by itself with exit status 3")
    assert (before, after) == ("runs: True", "runs: False")


def test_sleep_costs_no_processor_time_on_windows() -> None:
    said = windows(
        SESSION,
        """
        source = read_source(b"import time\\ndef nap():\\n    time.sleep(1)\\n    return 1\\n", "x.py")
        with Session(source, jail, LIMITS) as session:
            print(ask(session, "nap"))
        """,
    )
    assert said == "1\n"


def test_grading_on_windows_is_level_0_and_wants_to_be_told_of_trust(folder: Path, tmp_path: Path) -> None:
    hand_in(tmp_path / "class", "ada", SOFTMAX_SOLUTION)
    said = windows(
        f"""
        from grader.cli import main
        order = ["grade", {str(tmp_path / "class")!r}, "-o", {str(tmp_path / "out")!r}, "--course", {str(folder)!r}]
        for more in ([], ["--trust-submissions"]):
            sys.argv[1:], sys.stderr = [*order, "--no-progress", *more], sys.stdout
            try:
                main()
            except SystemExit as end:
                print("exit", end.code)
        """,
        loaded=EVERYTHING,
    )
    refused, _, graded = said.partition("exit 2")
    assert "level 0: crashes and loops are contained" in refused
    assert "--trust-submissions" in refused
    assert "graded 1 of 1" in graded
    assert "12/12" in graded
