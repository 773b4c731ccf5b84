"""Faults of our own are ours: no process stays, nothing finished is lost, and nobody gets a zero for them."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
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
from courses import SOFTMAX_SOLUTION, hand_in
from processes import alive, descendants, none_left

from grader.course.grade import Grading
from grader.course.gradebook import Gradebook
from grader.course.settings import Course
from grader.errors import Died, GradebookError, GraderError
from grader.inside.plan import Plan
from grader.result import Result, Status
from grader.submission.find import Submission
from grader.submission.jail import ForkServerJail, server
from grader.submission.notebook import read_source
from grader.submission.session import Session

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is for Linux")

TOPIC = "softmax-xent"
HERE = Path(__file__).resolve().parent
HANGING = """
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
time.sleep(60)
"""
SLOW = "import time\ntime.sleep(0.5)\n" + SOFTMAX_SOLUTION
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parent)}
LAYERS = {"namespaces": ("namespaces", "landlock", "seccomp"), "base": ("landlock", "seccomp")}


@pytest.fixture(params=LAYERS)
def grading(request: pytest.FixtureRequest, shared_course: Course) -> Iterator[Grading]:
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


def kill_server() -> None:
    """The oldest process of its command line that is not bubblewrap; the others are its children."""
    deadline = time.monotonic() + 10
    while not (servers := [pid for pid in descendants(os.getpid()) if is_server(pid)]):
        assert time.monotonic() < deadline, "no fork server is running"
        time.sleep(0.01)
    os.kill(min(servers), signal.SIGKILL)
    assert none_left([min(servers)], 10)


def is_server(pid: int) -> bool:
    try:
        command, name = Path(f"/proc/{pid}/cmdline").read_bytes(), Path(f"/proc/{pid}/comm").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return False
    return b"fork_server" in command and not name.startswith("bwrap")


# ------------------------------------------------------------------------------------------ the fork server


@pytest.mark.parametrize("at", [1, 3])
def test_a_fork_server_killed_mid_run_costs_nothing(
    grading: Grading, honest: Submission, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    undisturbed = grading.grade(honest)
    at_runs(monkeypatch, lambda n: n == at, kill_server)
    result = grading.grade(honest)
    assert result.score == result.max_score
    assert replace(result, seconds=0) == replace(undisturbed, seconds=0)


def test_a_fork_server_killed_again_and_again_makes_a_submission_void_and_no_zero(
    grading: Grading, honest: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        at_runs(patch, lambda n: True, kill_server)
        result = grading.grade(honest)
    assert (result.status, result.score) == ("ungraded", None)
    assert {row.status for row in result.rows} <= {Status.VOID, Status.WITHHELD}
    assert any("the fork server" in row.message for row in result.rows), result.to_json()
    assert grading.grade(honest).score == result.max_score  # it goes on


def test_a_fork_server_killed_while_cells_run_costs_nobody_beside_it_anything(grading: Grading, tmp_path: Path) -> None:
    work = [Submission(name, TOPIC, hand_in(tmp_path, name, SLOW)) for name in ("ada", "grace", "alan")]
    killer = threading.Timer(0.3, kill_server)
    killer.start()
    results = list(grading.grade_all(work, workers=3))
    killer.join()
    assert [(result.score, result.notes) for result in results] == [(result.max_score, ()) for result in results]


def test_killing_bubblewrap_itself_loses_nothing_either(grading: Grading, honest: Submission) -> None:
    outer = descendants(os.getpid())[0]
    os.kill(outer, signal.SIGKILL)
    assert grading.grade(honest).score == 12
    jailed = descendants(os.getpid())
    grading.jail.close()
    assert none_left(jailed, 1)


def test_a_fork_server_that_hangs_is_replaced(
    grading: Grading, honest: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "FORK_SECONDS", 0.3)
    hanging = descendants(os.getpid())
    for pid in hanging:
        with contextlib.suppress(ProcessLookupError):  # the last submission's, about to be gone
            os.kill(pid, signal.SIGSTOP)
    assert grading.grade(honest).score == 12
    assert not alive(hanging)


@pytest.mark.parametrize("leaving", ["os._exit(3)", "os.abort()", "os.close(3)", "os.close(3); os._exit(0)"])
def test_a_submission_that_ends_itself_cannot_blame_us(grading: Grading, leaving: str) -> None:
    source = read_source(f"import os\ndef f():\n    {leaving}".encode(), "x.py")
    with Session(source, grading.jail, grading.course.limits) as session:
        session.begin_row()
        plan = _call("f")
        with pytest.raises(Died):
            session.run(plan)


# ------------------------------------------------------------------------------------------ the machine


@pytest.mark.parametrize("refused", ["landlock_restrict_self", "seccomp"])
def test_a_jail_that_cannot_be_set_up_makes_void(refused: str, folder: Path, tmp_path: Path) -> None:
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
    command = [sys.executable, HERE / "processes.py", "refuse", *calls, "--", "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=ENVIRONMENT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("warm", [True, False])
def test_out_of_descriptors_nobody_gets_a_zero(grading: Grading, honest: Submission, warm: bool) -> None:
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
    """No more than so many further ones may be opened."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with open(os.devnull) as lowest:
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest.fileno() + left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# ------------------------------------------------------------------------------------------ the whole program

GRADER = [sys.executable, "-c", "from grader.cli import main; main()"]


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A folder on a file system as small as one likes; asked again, it grows."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(size: str) -> Path:
        options = f"size={size},nr_inodes=400" + (",remount" if os.path.ismount(place) else "")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("file systems can be mounted by root only")
        return place

    yield mount
    if os.path.ismount(place):
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("size", ["8k", "60k", "120k"])
def test_a_full_disk_is_said_and_costs_nobody_a_grade(
    full_disk: Callable[[str], Path], folder: Path, tmp_path: Path, size: str
) -> None:
    for student in ("ada", "grace", "alan"):
        hand_in(tmp_path / "class", student, SOFTMAX_SOLUTION)
    command = [*GRADER, "grade", tmp_path / "class", "-o", full_disk(size), "--course", folder, "--no-progress"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=ENVIRONMENT, check=False)
    assert done.returncode in (2, 3)
    assert re.search("disk is full|No space left", done.stderr)
    assert "a bug" not in done.stderr
    with contextlib.suppress(GradebookError), Gradebook(tmp_path / "disk" / "gradebook.db", create=False) as book:
        assert [result.score for result in book.latest()] == [12.0] * len(book.latest())
    full_disk("50m")
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=ENVIRONMENT, check=False)
    assert (done.returncode, done.stderr.count("graded 3 of 3")) == (0, 1)


def test_a_grader_that_is_killed_leaves_no_process_and_loses_no_finished_result(folder: Path, tmp_path: Path) -> None:
    for student, text in (("ada", SOFTMAX_SOLUTION), ("grace", HANGING), ("zoe", HANGING)):
        hand_in(tmp_path / "class", student, text)
    command = [*GRADER, "grade", tmp_path / "class", "-o", tmp_path / "out", "--course", folder, "-j", "2"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**ENVIRONMENT, "TMPDIR": str(temporary)}
    grader = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: stored(tmp_path / "out") == {"ada": 12.0})
    running = descendants(grader.pid)
    assert running
    grader.kill()
    grader.wait()
    assert none_left(running, 1)
    assert stored(tmp_path / "out") == {"ada": 12.0}
    assert list(temporary.iterdir()) == []


def test_what_a_killed_grader_leaves_in_the_folder_for_temporary_files_goes_with_the_next_start(tmp_path: Path) -> None:
    program = "from grader.submission.jail import ProcessJail as J\njail = J()\nchild = jail.start()\nprint(flush=True)\ninput()"
    environment = {**ENVIRONMENT, "TMPDIR": str(tmp_path)}
    grader = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert grader.stdout is not None
    grader.stdout.readline()
    running = descendants(grader.pid)
    grader.kill()
    grader.communicate()
    assert running
    assert none_left(running, 5)
    assert len(list(tmp_path.iterdir())) == 1
    subprocess.run([sys.executable, "-c", program], input=b"\n", env=environment, check=True, stdout=subprocess.DEVNULL)
    assert [name for name in os.listdir(tmp_path) if f"-{grader.pid}-" in name] == []


def stored(output: Path) -> dict[str, float | None]:
    try:
        with Gradebook(output / "gradebook.db", create=False) as book:
            return {result.student: result.score for result in book.latest()}
    except GradebookError:
        return {}


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _call(name: str) -> Plan:
    plan = Plan()
    plan.want(*plan.call(name))
    return plan
