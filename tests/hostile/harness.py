"""The range: an attack is handed in beside an honest submission, and everything that it could have gained is looked at.

An attack is a file `attacks/NAME.py`. Its docstring begins with `GROUP: what it tries.` and may go on with lines `key: value`:

    breaches: process naive   configurations (below) where it must succeed, so that it is known to be alive
    holds:    full base       configurations that must hold it (this is the default)
    unsafe:   process naive   configurations where it is not tried, for the machine's sake
    needs:    root            of the grader, so that the attack can succeed anywhere
    alive:    where else      in place of `breaches`, why nothing that can be tried here lets it through
    race:     what it races   where it succeeds or is seen only if it is fast enough, which a busy machine may prevent
    seen:     out of turn     words of the attacker's Result in the first of `holds` that show that the attack took place
    deserves: 6               the points of its honest part (default: those of HONEST, whose gradient is wrong)

It is handed in as a notebook of four cells: WORLD (a dict of what a student may know or guess of the machine), HONEST, the
file itself, and a call of its `breach()`, which returns True where it got what it wanted. See README.md for the results.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.course.grade import Grading
from grader.course.settings import Course
from grader.course.side_by_side import grade_all
from grader.errors import Fault, GraderError, Wrong
from grader.inside.plan import Plan
from grader.result import Result
from grader.submission.find import Submission
from grader.submission.jail import ForkServerJail, Jail, ProcessJail
from grader.submission.notebook import read_path
from grader.submission.session import Session
from hostile.bait import Bait
from support.courses import SOFTMAX_SOLUTION, hand_in, make_course
from support.notebooks import notebook
from support.processes import Process, descendants, dying
from support.repository import ROOT, TESTS

HERE = TESTS / "hostile"
TOPIC = "softmax-xent"
LAYERS = {
    "full": ("namespaces", "landlock", "seccomp"),
    "base": ("landlock", "seccomp"),
    "namespaces": ("namespaces",),
    "landlock": ("landlock",),
    "seccomp": ("seccomp",),
}
CONFIGURATIONS = (*LAYERS, "process", "careless", "naive")  # the last two are other graders: careless.py, naive.py
HONEST = SOFTMAX_SOLUTION.partition("def softmax_xent_grad")[0] + (
    "def softmax_xent_grad(logits, labels):\n    return 0 * logits\n"
)
NEIGHBOUR = SOFTMAX_SOLUTION + "\nimport time\nanswer = 'neighbours-' + 'work'\ntime.sleep(0.1)\n"
OTHERS = CONFIGURATIONS[-2:]
OTHER_SECONDS = 15.0  # of the wall for one of the others: what sleeps in it is stopped
# Of processor time for one of the others: what loops is stopped. The honest need 0.2 s, those who search for a seed 3 (6 on a
# busy machine).
OTHER_CPU_SECONDS = 8
MOST_CPU_SECONDS = 8.0  # that the grader itself may use for one submission and its neighbour
MOST_MEMORY = 1 << 30  # that reading may add to the grader
LEAVE_SECONDS = 2.0  # for what an attack started to be told to go
KILL_SECONDS = 30.0  # for it to be gone then


@dataclass(frozen=True)
class Attack:
    """One file of attacks/ and what its docstring says."""

    name: str
    group: str
    tries: str
    code: str
    breaches: tuple[str, ...] = ("process",)
    holds: tuple[str, ...] = ("full", "base")
    unsafe: tuple[str, ...] = ()
    needs: str = ""
    alive: str = ""
    race: str = ""
    seen: str = ""
    deserves: float | None = None

    @classmethod
    def load(cls, path: Path) -> Attack:
        code = path.read_text(encoding="utf-8")
        head, _, rest = (ast.get_docstring(ast.parse(code)) or "").partition("\n")
        group, _, tries = head.partition(": ")
        said: dict[str, Any] = {}
        for line in rest.splitlines():
            key, colon, value = line.partition(":")
            if colon and key in ("breaches", "holds", "unsafe"):
                said[key] = tuple(value.split())
                assert set(said[key]) <= set(CONFIGURATIONS), f"{path.name}: {line}"
            elif colon and key in ("needs", "alive", "race", "seen"):
                said[key] = value.strip()
            elif colon and key == "deserves":
                said[key] = float(value)
        assert tries, f"{path.name}: its docstring begins with 'GROUP: what it tries'"
        attack = cls(path.stem, group, tries, code, **said)
        assert attack.breaches or attack.alive, f"{path.name}: where does it succeed?"
        return attack


ATTACKS = [Attack.load(path) for path in sorted((HERE / "attacks").glob("*.py"))]


@dataclass(frozen=True)
class Shot:
    """What came of an attack in one configuration: what it gained, one sentence each; nothing where it was held."""

    gains: tuple[str, ...]
    result: Result | None = None

    @property
    def breached(self) -> bool:
        return bool(self.gains)


class Lacking(Exception):
    """This machine has not got what a configuration needs."""


class Range:
    """A course, a class with a neighbour, bait, and a jail per configuration. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.course = Course.load(make_course(folder / "course") / "autograder.yml")
        self.bait = Bait(folder)
        self.neighbour = Submission("grace", TOPIC, hand_in(self.bait.folder / "class", "grace", NEIGHBOUR))
        self.bait.world["neighbour"] = str(self.neighbour.path)
        self.gradings: dict[str, Grading] = {}
        self.baselines: dict[str, tuple[Result, float]] = {}

    def __enter__(self) -> Range:
        return self

    def __exit__(self, *error: object) -> None:
        for grading in self.gradings.values():
            grading.jail.close()
        self.bait.close()

    def grading(self, configuration: str) -> Grading:
        """Raises Lacking where this machine has not got a layer."""
        if configuration not in self.gradings:
            layers = LAYERS.get(configuration)
            jail: Jail = ProcessJail() if layers is None else ForkServerJail(layers=layers)
            try:
                jail.start().end()
            except GraderError as fault:
                jail.close()
                raise Lacking(str(fault)) from fault
            self.gradings[configuration] = Grading(self.course, jail)
        return self.gradings[configuration]

    def fire(self, attack: Attack, configuration: str) -> Shot:
        """The attack in the real pipeline beside the neighbour; then its own word on what it got."""
        path = hand_in(self.bait.folder / "class", "mallory", self.compose(attack.code), f"{TOPIC}.ipynb")
        if configuration in OTHERS:
            return self._fire_at_another(configuration, path)
        _, honest = self.baseline(configuration)
        deserved = honest if attack.deserves is None else attack.deserves
        with self.watched() as gains:
            shot = self.hand_in(path, configuration, deserved)
            gains += shot.gains
            if self.asked(path, configuration):
                gains.append("it says that it got what it wanted")
        return Shot(tuple(dict.fromkeys(gains)), shot.result)

    def breached(self, attack: Attack, configuration: str) -> bool:
        """Whether it gains anything. Its own word is asked first: only where that is no, all else is looked at."""
        if configuration not in OTHERS:
            path = hand_in(self.bait.folder / "class", "mallory", self.compose(attack.code), f"{TOPIC}.ipynb")
            with self.watched() as gains:
                said = self.asked(path, configuration)
            if said or gains:
                return True
        return self.fire(attack, configuration).breached

    def hand_in(self, path: Path, configuration: str, deserved: float) -> Shot:
        """Any file, graded beside the neighbour: gains are points that it does not deserve, or another's Result."""
        grading = self.grading(configuration)
        honest, _ = self.baseline(configuration)
        with self.watched() as gains:
            graded = grade_all(grading, [Submission("mallory", TOPIC, path), self.neighbour], workers=2)
            results = {result.student: result for result in graded}
            mine = results["mallory"]
            if mine.score is None:
                gains.append(f"its grade is void: {[row.message for row in mine.rows][:1]}")
            elif mine.score > deserved:
                gains.append(f"a score of {mine.score:g} where {deserved:g} is deserved")
            if replace(results["grace"], seconds=0) != honest:
                gains.append(f"the neighbour's Result changed: {results['grace'].to_json(None)[:300]}")
        return Shot(tuple(gains), mine)

    def graded(self, path: Path, deserved: float | None = None, configuration: str = "full") -> str:
        """Grade a file that may gain nothing and cost little, and return its Result as text.

        It deserves the points of HONEST, where nothing else is said.
        """
        honest = self.baseline(configuration)[1]
        deserved = honest if deserved is None else deserved
        started, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        shot = self.hand_in(path, configuration, deserved)
        assert shot.gains == ()
        assert shot.result is not None
        assert shot.result.score == deserved
        assert time.process_time() - started < MOST_CPU_SECONDS
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) << 10 < MOST_MEMORY
        return shot.result.to_json()

    def asked(self, path: Path, configuration: str, function: str = "breach") -> bool:
        """What the attack's own function answers, while the neighbour's process is alive. No answer is no."""
        jail = self.grading(configuration).jail
        plan = Plan()
        plan.want(*plan.call(function))
        with Session(read_path(self.neighbour.path), jail, self.course.limits):
            try:
                with Session(read_path(path), jail, self.course.limits) as mallory:
                    mallory.begin_row()
                    return mallory.run(plan) == [True]
            except (Fault, Wrong):
                return False

    def baseline(self, configuration: str) -> tuple[Result, float]:
        """The neighbour's Result, and the points of HONEST, with no attack around."""
        if configuration not in self.baselines:
            grading = self.grading(configuration)
            path = hand_in(self.bait.folder / "class", "alan", HONEST)
            score = grading.grade(Submission("alan", TOPIC, path)).score
            assert score is not None
            self.baselines[configuration] = (replace(grading.grade(self.neighbour), seconds=0), score)
            assert self.baselines[configuration][0].score == self.baselines[configuration][0].max_score
        return self.baselines[configuration]

    def compose(self, code: str) -> str:
        """The notebook that is handed in."""
        return notebook(f"WORLD = {self.bait.world!r}", HONEST, code, "breach()", topic=TOPIC)

    @contextlib.contextmanager
    def watched(self) -> Iterator[list[str]]:
        """Whatever is written, sent or left running inside adds a gain; what is left behind is cleared away."""
        gains: list[str] = []
        before, processes, descriptors = self.bait.snapshot(), descendants(os.getpid(), ended=True), _descriptors()
        yield gains
        gains += [f"left running: {name}" for name in _left(processes)]
        gains += self.bait.changes(before)
        if _descriptors() > descriptors:
            gains.append("the grader has more open descriptors than before")

    def _fire_at_another(self, grader: str, path: Path) -> Shot:
        command = [sys.executable, "-m", f"hostile.{grader}", str(path)]
        if grader == "naive":
            command += [str(self.bait.folder / "secret"), str(self.neighbour.path)]
        with self.watched() as gains:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # as at a terminal where nobody types
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{TESTS}"},
                text=True,
                start_new_session=True,
                preexec_fn=_limited,
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(OTHER_SECONDS)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            said = process.stdout.read() if select.select([process.stdout], [], [], 1)[0] else ""
            process.stdout.close()
            gains += _told_gains(said)
        return Shot(tuple(gains))


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (OTHER_CPU_SECONDS, OTHER_CPU_SECONDS))


def _told_gains(said: str) -> list[str]:
    """What another grader told in its last line; a grader that could not even tell was ended by its submission."""
    try:
        return list(json.loads(said.strip().splitlines()[-1]))
    except (ValueError, IndexError, TypeError):
        return ["the grader did not survive it"]


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def _left(before: dict[Process, str]) -> list[str]:
    """Processes below this one that were not there before, once they had time to go; they are killed.

    On a busy machine it takes a while until one that was killed is gone: it is not left.
    """
    started = time.monotonic()
    while extra := {one: name for one, name in descendants(os.getpid(), ended=True).items() if one not in before}:
        if time.monotonic() - started > (KILL_SECONDS if any(map(dying, extra)) else LEAVE_SECONDS):
            break
        time.sleep(0.05)
    for process in extra:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    for process in extra:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process.pid, 0)
    return sorted(extra.values())


__all__ = ["ATTACKS", "CONFIGURATIONS", "HONEST", "Attack", "Lacking", "Range", "Shot"]
