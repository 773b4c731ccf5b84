"""The level of a jail: measured, never assumed, by a submission that tries to break out.

Each canary is a small attack that a student could write. It answers True if it succeeded. `level_of` turns the answers into a
level; docs/security.md explains the levels to people.
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
from ..notebook import read_source
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
    if os.name == "posix":  # on Windows 0 is CTRL_C_EVENT; there the attack counts as successful
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
TRUSTED_FROM = 2  # below this level `grade` refuses without --trust-submissions


@dataclass(frozen=True)
class Measured:
    """The level, and for each canary whether it got out."""

    level: int
    escaped: Mapping[str, bool]

    @property
    def sentence(self) -> str:
        return SENTENCES[self.level]


def measured_jail(imports: Sequence[str]) -> Jail:
    """Return the strongest jail of this machine in which the canaries could be asked, with the level that they showed.

    Raises GraderError if there is none.
    """
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
    """Send the canaries into a jail. One that cannot be asked counts as escaped: nothing is promised unseen."""
    with _targets() as (secret, port):
        questions: dict[str, tuple[Any, ...]] = {
            "read_file": (str(secret),),
            "write_file": (str(secret.with_name("written")),),
            "read_memory": (os.getpid(),),
            "signal": (os.getpid(),),
            "connect": (port,),
            "fork": (),
            "execute": (),
            "drop": (),
            "see_name": (str(secret),),
        }
        with Session(read_source(SOURCE, "canaries.py"), jail, Limits()) as canary:
            escaped = {name: _ask(canary, name, arguments) for name, arguments in questions.items()}
    return Measured(level_of(escaped), escaped)


def level_of(escaped: Mapping[str, bool]) -> int:
    """Return 3 if nothing escaped, 2 if only names can be seen, 1 if our files and memory are safe, 0 otherwise."""
    if not any(escaped.values()):
        return 3
    if not any(got for name, got in escaped.items() if name != "see_name"):
        return 2
    return 0 if any(escaped[name] for name in ("read_file", "write_file", "read_memory", "signal")) else 1


def _ask(canary: Session, name: str, arguments: tuple[Any, ...]) -> bool:
    """Return True if an attack succeeded, or killed its process."""
    plan = Plan()
    plan.want(*plan.call(name, *arguments))
    canary.begin_row()
    try:
        return canary.run(plan) != [False]
    except Fault:
        return name != "fork"  # a fork that ends the process is contained


@contextmanager
def _targets() -> Iterator[tuple[Path, int]]:
    """Make what the canaries are after: a private file of this user, and a port that listens."""
    folders.sweep()
    folder = folders.make("canary")
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            secret = Path(folder) / "secret"
            secret.write_text("a grade")
            secret.chmod(0o600)
            yield secret, server.getsockname()[1]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
