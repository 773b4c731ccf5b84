"""The level of a jail is measured, never assumed: a submission that tries to break out, and what it achieved.

Each canary is a small attack that a student could write; its answer is True where it succeeded. Which level follows from
which answers is decided here, in one place (docs/security.md explains the levels to people).
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import Fault, GraderError
from ...inside.plan import Plan
from ..limits import Limits
from ..notebook import read
from ..session import Session
from . import Jail, folders, jails

SOURCE = b"""
import os, socket, subprocess

def tried(attack):
    def attempt(*args):
        try:
            attack(*args)
            return True
        except BaseException:
            return False
    return attempt

@tried
def read_file(path):
    open(path).read()

@tried
def see_name(path):
    os.stat(path)

@tried
def write_file(path):
    open(path, "w").close()

@tried
def read_memory(pid):
    open(f"/proc/{pid}/environ", "rb").read()

@tried
def signal(pid):
    if os.name == "posix":  # elsewhere 0 is a signal, too; it is said to get out unasked
        os.kill(pid, 0)

@tried
def connect(port):
    socket.create_connection(("127.0.0.1", port), 1).close()

@tried
def fork():
    if os.fork() == 0:
        os._exit(0)

@tried
def execute():
    subprocess.run(["/bin/true"], check=True)

@tried
def drop():
    open("/dev/shm/grader-canary", "w").close()
    os.unlink("/dev/shm/grader-canary")
"""

SENTENCES = {
    3: "level 3: submissions run alone on an empty machine; grades, tests and other students' work are out of reach",
    2: "level 2: grades, tests and other students' work are out of reach; names of files can be probed",
    1: "level 1: the grader's own files are out of reach; submissions are not isolated from each other",
    0: "level 0: crashes and loops are contained; student code could read and write what this user can",
}
ADVICE = (
    "Level 3 takes Linux with user namespaces, bubblewrap and libseccomp (Debian, Ubuntu: apt-get install bubblewrap "
    "libseccomp2); see docs/security.md."
)
TRUSTED_FROM = 2  # below this level `grade` wants to be told that the submissions are trusted


@dataclass(frozen=True)
class Measured:
    """The level, and what each canary achieved (True: it got out)."""

    level: int
    escaped: Mapping[str, bool]

    @property
    def sentence(self) -> str:
        return SENTENCES[self.level]


def measured_jail(imports: Sequence[str]) -> Jail:
    """The strongest jail of this machine that submissions can be started in, with the level that its canaries showed."""
    for jail in jails(imports):
        try:
            measured = measure(jail)
        except BaseException as error:
            jail.close()
            if not isinstance(error, GraderError):
                raise
            problem = error
            continue
        jail.level, jail.sentence = measured.level, measured.sentence
        return jail
    raise problem


def measure(jail: Jail) -> Measured:
    """Send the canaries into a jail. A canary that cannot be asked counts as escaped: nothing is promised unseen."""
    with _bait() as bait:
        questions: dict[str, tuple[Any, ...]] = {
            "read_file": (str(bait.secret),),
            "write_file": (str(bait.secret.with_name("written")),),
            "read_memory": (os.getpid(),),
            "signal": (os.getpid(),),
            "connect": (bait.port,),
            "fork": (),
            "execute": (),
            "drop": (),
            "see_name": (str(bait.secret),),
        }
        with Session(read(SOURCE, "canaries.py"), jail, Limits()) as canary:
            escaped = {name: _ask(canary, name, arguments) for name, arguments in questions.items()}
    return Measured(level_of(escaped), escaped)


def level_of(escaped: Mapping[str, bool]) -> int:
    """3 where nothing escaped, 2 where only names can be seen, 1 where only our files and memory are safe, else 0."""
    if not any(escaped.values()):
        return 3
    if not any(got for name, got in escaped.items() if name != "see_name"):
        return 2
    return 0 if any(escaped[name] for name in ("read_file", "write_file", "read_memory", "signal")) else 1


def _ask(canary: Session, name: str, arguments: tuple[Any, ...]) -> bool:
    plan = Plan()
    plan.want(*plan.call(name, *arguments))
    canary.begin_row()
    try:
        return canary.run(plan) != [False]
    except Fault:
        return name != "fork"  # a fork bomb's child that was killed with its parent is contained


@dataclass(frozen=True)
class _Bait:
    secret: Path
    port: int


@contextmanager
def _bait() -> Iterator[_Bait]:
    """What the canaries are after: a private file of this user, and a port that listens."""
    folders.sweep()
    folder = folders.make("canary")
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            secret = Path(folder) / "secret"
            secret.write_text("a grade")
            secret.chmod(0o600)
            yield _Bait(secret, server.getsockname()[1])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
