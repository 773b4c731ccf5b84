"""What one edit of the student's own code takes back was one slip, and is priced as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import repairing
from grader.course.grade import Grading
from grader.course.repairing import Repair
from grader.course.settings import Course
from grader.judging import repair
from grader.judging.evaluate import evaluate_on_seed
from grader.judging.outcome import Outcome
from grader.result import Result, Status
from grader.submission.find import Submission
from grader.submission.jail import ProcessJail
from grader.submission.limits import Limits
from grader.submission.notebook import Source, read_source
from grader.submission.session import Session
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from grader.truth.trials import PUBLIC_SEED
from support.notebooks import notebook
from support.repository import ROOT

LIMITS = Limits()
HELPER = """
import numpy as np
EPS = 1e-8

def moving(old, new, beta):
    return old + (1 - beta) * (new - old)
"""
ADAM = """
def adam(w, dw, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=EPS):
    t, m, v = state or (0, 0 * w, 0 * w)
    t, m, v = t + 1, moving(m, dw, beta1), moving(v, dw ** 2, beta2)
    m_hat, v_hat = m / (1 - beta1 ** t), v / (1 - beta2 ** t)
    return w - lr * m_hat / (v_hat ** 0.5 + eps), (t, m, v)
"""
SHOW = "training = [adam(np.ones(2), np.ones(2), {}) for _ in range(3)]"


@pytest.fixture(scope="module")
def adam() -> tuple[Assignment, Oracle]:
    assignment = Assignment("adam", ROOT)
    return assignment, Oracle(assignment)


def handed_in(*cells: str) -> Source:
    return read_source(notebook(*cells).encode(), "adam.ipynb")


def is_one_slip(adam: tuple[Assignment, Oracle], jail: ProcessJail, *cells: str, limits: Limits = LIMITS) -> bool:
    (assignment, truth), source = adam, handed_in(*cells)
    with Session(source, jail, limits, ["adam"]) as student:
        outcomes = evaluate_on_seed(assignment.topic, student, truth, PUBLIC_SEED)
    assert any(not o.earned for o in outcomes)
    return Repair(assignment, truth, PUBLIC_SEED, jail, limits).is_one_slip(source, outcomes)


def graded(*cells: str) -> Result:
    course = Course.load(ROOT / "autograder.yml")
    jail = ProcessJail(course.imports)
    try:
        ada = Submission("ada", "adam", Path("adam.ipynb"))
        return Grading(course, jail).grade_bytes(ada, notebook(*cells).encode())
    finally:
        jail.close()


def test_a_right_program_needs_no_repair() -> None:
    assert graded(HELPER, ADAM).score == 20


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("t + 1, moving", "t + 2, moving"),
        ("w - lr * m_hat", "w + lr * m_hat"),
        ("(t, m, v)\n", "(t, v, m)\n"),
        ("moving(v, dw ** 2, beta2)", "moving(v, dw ** 2, beta1)"),
    ],
)
def test_an_unlisted_slip_in_a_program_of_other_form_is_one(
    adam: tuple[Assignment, Oracle], jail: ProcessJail, was: str, now: str
) -> None:
    assert was in ADAM
    assert is_one_slip(adam, jail, HELPER, ADAM.replace(was, now), SHOW)


def test_a_slip_in_a_helper_of_another_cell_is_found_there(adam: tuple[Assignment, Oracle], jail: ProcessJail) -> None:
    assert is_one_slip(adam, jail, HELPER.replace("new - old", "new + old"), ADAM)


def test_such_a_slip_costs_a_third_of_what_it_loses_and_says_no_name() -> None:
    """It earns nothing but that it leaves its arguments alone: only its repair shows that it computes something."""
    two = graded(HELPER, ADAM.replace("t + 1, moving", "t + 2, moving").replace("w - lr", "w + lr"), SHOW)
    assert two.score == 1  # it leaves its arguments alone
    one = graded(HELPER, ADAM.replace("w - lr", "w * lr - lr"), SHOW)
    lost = [row for row in one.rows if row.status != "earned"]
    assert sum(row.points for row in lost) == 18
    assert one.score == pytest.approx(20 - 18 / 3, abs=0.01)
    assert any("Lost to the same slip" in row.message for row in lost)
    assert all(row.mistake is None for row in lost)


def test_two_slips_are_not_one(adam: tuple[Assignment, Oracle], jail: ProcessJail) -> None:
    twice = ADAM.replace("t + 1, moving", "t + 2, moving").replace("beta1 ** t", "beta2 ** t")
    assert not is_one_slip(adam, jail, HELPER, twice)


def test_a_program_that_computes_nothing_is_no_slip(adam: tuple[Assignment, Oracle], jail: ProcessJail) -> None:
    assert not is_one_slip(adam, jail, "def adam(w, dw, state, *, lr=1, beta1=0, beta2=0, eps=0):\n    return w, state")


SEARCHING = """
import numpy as np

def tried(name, wrong):
    seen = np.__dict__.setdefault(name, [0])
    seen[0] += 1
    return 1.0 if seen[0] > 40 else wrong

def adam(w, dw, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = state or (0, 0 * w, 0 * w)
    t, m, v = t + 1, beta1 * m + (1 - beta1) * dw * tried("_one", 1.3), beta2 * v + (1 - beta2) * dw ** 2
    return w - lr * m / (1 - beta1 ** t) / (np.sqrt(v / (1 - beta2 ** t)) + eps) * tried("_other", 1.7), (t, m, v)
"""


def test_a_program_that_remembers_the_search_gains_nothing(
    adam: tuple[Assignment, Oracle], jail: ProcessJail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has two slips, and answers rightly once it was asked often enough, in the rows or in the search."""
    (assignment, truth), source, kept = adam, handed_in(SEARCHING), repair.is_one_slip
    with Session(source, jail, Limits(), ["adam"]) as student:
        outcomes = evaluate_on_seed(assignment.topic, student, truth, PUBLIC_SEED, ["first"])
    search = Repair(assignment, truth, PUBLIC_SEED, jail, Limits())
    assert not search.is_one_slip(source, outcomes)
    monkeypatch.setattr(repairing, "is_one_slip", lambda source, outcomes, ask, alone: kept(source, outcomes, ask, ask))
    assert search.is_one_slip(source, outcomes)  # so it would be, if the search believed its own process


def test_a_search_in_which_edits_loop_is_given_up(
    adam: tuple[Assignment, Oracle], jail: ProcessJail, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = """
from itertools import count

def wait():
    for i in count():
        if i > 2:
            break
"""
    slips = ADAM.replace("w - lr", "w + lr").replace("t + 1, moving", "t + 2, moving")
    cells = [waiting, HELPER, slips.replace("    t, m, v = state", "    wait()\n    t, m, v = state")]
    found, kept = list[Status](), repair.is_one_slip

    def watched(source: Source, outcomes: Sequence[Outcome], ask: repair.Ask, alone: repair.Ask) -> bool:
        def noted(edited: Source, rows: Sequence[str] | None) -> list[Outcome]:
            answer = ask(edited, rows)
            found.extend(o.status for o in answer)
            return answer

        return kept(source, outcomes, noted, alone)

    monkeypatch.setattr(repairing, "is_one_slip", watched)
    assert not is_one_slip(adam, jail, *cells, limits=replace(LIMITS, row_cpu_seconds=0.5))
    assert found.count(Status.TIMEOUT) == repair.LATE
