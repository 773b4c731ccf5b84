"""A fork server that is killed, hangs or cannot be set up costs nobody anything: a fault of ours is never a zero."""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.grade import Grading
from grader.course.settings import Course
from grader.course.side_by_side import grade_all
from grader.errors import Died, GraderError
from grader.inside.plan import Plan
from grader.result import Result, Status
from grader.submission.find import Submission
from grader.submission.jail import ForkServerJail, server
from grader.submission.notebook import read_source
from grader.submission.session import Session
from support.courses import SOFTMAX_SOLUTION, hand_in
from support.processes import Process, alive, descendants, none_left
from support.repository import ROOT, TESTS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is for Linux")

TOPIC = "softmax-xent"
SLOW = "import time\ntime.sleep(0.5)\n" + SOFTMAX_SOLUTION
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
LAYERS = {"namespaces": ("namespaces", "landlock", "seccomp"), "base": ("landlock", "seccomp")}


Running = Callable[[], list[Process]]


@pytest.fixture
def running() -> Running:
    """Ask what this test has started and is alive, nearest first: other tests of this process keep jails of their own."""
    others = descendants(os.getpid())
    return lambda: [process for process in descendants(os.getpid()) if process not in others]


@pytest.fixture(params=LAYERS)
def grading(request: pytest.FixtureRequest, running: Running, shared_course: Course) -> Iterator[Grading]:
    """A round with a fork server of its own, warm."""
    jail = ForkServerJail(layers=LAYERS[request.param])
    try:
        jail.start().end()
    except GraderError as lacking:
        pytest.skip(str(lacking))
    made = Grading(shared_course, jail)
    made.topic_round(TOPIC)
    yield made
    jail.close()


@pytest.fixture
def honest(tmp_path: Path) -> Submission:
    return Submission("ada", TOPIC, hand_in(tmp_path, "ada", SOFTMAX_SOLUTION))


def at_runs(monkeypatch: pytest.MonkeyPatch, which: Callable[[int], bool], strike: Callable[[], None]) -> None:
    """Strike before the sessions' n-th question, where `which(n)`."""
    original, count = Session.run, itertools.count(1)

    def run(self: Session, plan: object) -> object:
        if which(next(count)):
            strike()
        return original(self, plan)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "run", run)


@pytest.fixture
def kill_server(running: Running) -> Callable[[], None]:
    """Kill this test's fork server: the oldest process of its command line that is not bubblewrap; the others are its children.

    They are gone when this returns: until the kernel has told them that their parent died, one may still answer.
    """

    def kill() -> None:
        deadline = time.monotonic() + 10
        while not (servers := [process for process in running() if is_server(process.pid)]):
            assert time.monotonic() < deadline, "no fork server is running"
            time.sleep(0.01)
        server = min(servers)
        with_children = [server, *descendants(server.pid)]
        os.kill(server.pid, signal.SIGKILL)
        assert none_left(with_children)

    return kill


def is_server(pid: int) -> bool:
    try:
        command, name = Path(f"/proc/{pid}/cmdline").read_bytes(), Path(f"/proc/{pid}/comm").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return False
    return b"fork_server" in command and not name.startswith("bwrap")


# ------------------------------------------------------------------------------------------ the fork server


@pytest.mark.parametrize("at", [1, 3])
def test_a_fork_server_killed_mid_run_costs_nothing(
    grading: Grading, honest: Submission, monkeypatch: pytest.MonkeyPatch, kill_server: Callable[[], None], at: int
) -> None:
    undisturbed = grading.grade(honest)
    at_runs(monkeypatch, lambda n: n == at, kill_server)
    result = grading.grade(honest)
    assert result.score == result.max_score
    assert replace(result, seconds=0) == replace(undisturbed, seconds=0)


def test_a_fork_server_killed_again_and_again_makes_a_submission_void_and_no_zero(
    grading: Grading, honest: Submission, monkeypatch: pytest.MonkeyPatch, kill_server: Callable[[], None]
) -> None:
    with monkeypatch.context() as patch:
        at_runs(patch, lambda n: True, kill_server)
        result = grading.grade(honest)
    assert (result.status, result.score) == ("ungraded", None)
    assert {row.status for row in result.rows} <= {Status.VOID, Status.WITHHELD}
    assert any("the fork server" in row.message for row in result.rows), result.to_json()
    assert grading.grade(honest).score == result.max_score  # it goes on


def test_a_fork_server_killed_while_cells_run_costs_nobody_beside_it_anything(
    grading: Grading, tmp_path: Path, kill_server: Callable[[], None]
) -> None:
    work = [Submission(name, TOPIC, hand_in(tmp_path, name, SLOW)) for name in ("ada", "grace", "alan")]
    killer = threading.Timer(0.3, kill_server)
    killer.start()
    results = list(grade_all(grading, work, workers=3))
    killer.join()
    assert [(result.score, result.notes) for result in results] == [(result.max_score, ()) for result in results]


def test_a_bubblewrap_that_is_killed_loses_nothing(grading: Grading, honest: Submission, running: Running) -> None:
    os.kill(running()[0].pid, signal.SIGKILL)
    assert grading.grade(honest).score == 12
    jailed = running()
    grading.jail.close()
    assert none_left(jailed)


def test_a_fork_server_that_hangs_is_replaced(
    grading: Grading, honest: Submission, monkeypatch: pytest.MonkeyPatch, running: Running
) -> None:
    monkeypatch.setattr(server, "FORK_SECONDS", 0.3)
    hanging = running()
    for process in hanging:
        with contextlib.suppress(ProcessLookupError):  # the last submission's, about to be gone
            os.kill(process.pid, signal.SIGSTOP)
    assert grading.grade(honest).score == 12
    assert not alive(hanging)


@pytest.mark.parametrize("leaving", ["os._exit(3)", "os.abort()", "os.close(3)", "os.close(3); os._exit(0)"])
def test_a_submission_that_ends_itself_is_not_taken_for_our_fault(grading: Grading, leaving: str) -> None:
    source = read_source(f"import os\ndef f():\n    {leaving}".encode(), "x.py")
    with Session(source, grading.jail, grading.course.limits) as session:
        session.begin_row()
        plan = _call("f")
        with pytest.raises(Died):
            session.run(plan)


# ------------------------------------------------------------------------------------------ the machine


@pytest.mark.parametrize("refused", ["landlock_restrict_self", "seccomp"])
def test_a_jail_that_cannot_be_set_up_makes_the_submission_void(refused: str, folder: Path, tmp_path: Path) -> None:
    path = hand_in(tmp_path, "ada", SOFTMAX_SOLUTION)
    program = f"""
        from grader.course.settings import Course
        from grader.course.grade import Grading
        from grader.submission.jail import ForkServerJail
        from grader.submission.find import Submission
        from pathlib import Path
        grading = Grading(Course.load(Path({str(folder / "autograder.yml")!r})), ForkServerJail(layers={LAYERS["base"]}))
        print(grading.grade(Submission("ada", {TOPIC!r}, Path({str(path)!r}))).to_json())
    """
    result = Result.from_json(refusing([refused], program))
    assert (result.status, {row.status for row in result.rows}) == ("ungraded", {Status.VOID})
    kernels_name = "Landlock" if "landlock" in refused else "seccomp"
    assert result.rows[0].message.endswith(f"could not be confined: [Errno 1] {kernels_name}: Operation not permitted")


@pytest.mark.parametrize(("refused", "level"), [("unshare", 2), ("mount", 2), ("landlock_restrict_self", 0)])
def test_where_a_layer_is_refused_the_next_jail_grades_and_says_its_level(refused: str, level: int) -> None:
    program = """
        from grader.submission.jail.levels import measured_jail
        jail = measured_jail(["numpy"])
        print(jail.sentence)
        jail.close()
    """
    if not refusing([], program).startswith("level 3: "):
        pytest.skip("not every layer is there to be refused")
    assert refusing([refused], program).startswith(f"level {level}: ")


def refusing(calls: list[str], program: str) -> str:
    """What a Python program prints where these system calls are refused."""
    command: list[str | Path] = [
        sys.executable,
        TESTS / "support" / "processes.py",
        "refuse",
        *calls,
        "--",
        "-c",
        textwrap.dedent(program),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=ENVIRONMENT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("warm", [True, False])
def test_running_out_of_descriptors_gives_nobody_a_zero(grading: Grading, honest: Submission, warm: bool) -> None:
    ended = []
    for left in range(0, 24, 2 if warm else 4):
        if not warm:
            grading.jail.close()
            grading.jail = ForkServerJail(layers=sorted(grading.jail.layers))  # type: ignore[attr-defined]
        with descriptors(left):
            ended.append(grading.grade(honest))
    assert {result.score for result in ended} == {None, 12.0}
    assert ended[0].status == "ungraded"
    assert "Too many open files" in ended[0].rows[0].message
    assert grading.grade(honest).score == 12


@contextlib.contextmanager
def descriptors(left: int) -> Iterator[None]:
    """No more than so many further ones may be opened: the limit is on their numbers, and those in use may have gaps."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = {int(number) for number in os.listdir("/proc/self/fd")}
    free = (number for number in range(hard) if number not in used)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next(itertools.islice(free, left, None)), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _call(name: str) -> Plan:
    plan = Plan()
    plan.want(*plan.call(name))
    return plan
