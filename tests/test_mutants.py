"""Generated mutants are slips of one statement; the rubric catches them, or the author hears of it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.cli import authoring
from grader.cli.authoring import prove
from grader.course.settings import Course
from grader.proving.mutants.coverage import Coverage
from grader.result import Status
from grader.submission.jail import Jail, open_jail
from grader.topics.folder import Assignment
from grader.topics.mutants.generate import Mutant, mutants
from grader.truth.reference import Oracle
from support.courses import HEAVY, HEAVY_SOLUTION, SOFTMAX_SOLUTION, edit, make_course

# A class with methods, loops, slices, conditions: shapes that the topics of the small course do not have.
OBJECT = '''
"""A stack."""
import math


class Stack:
    """It grows."""

    def __init__(self, items=(), *, limit=3):
        self.items = list(items)
        self.limit = limit

    def push(self, item):
        if item is not None and len(self.items) < self.limit:
            self.items += [item]
        return self.items[-1]

    def total(self, start=0):
        for i in range(start, len(self.items)):
            start += max(self.items[i:i + 2], default=0)
        return start if start > 0 else -math.sqrt(abs(start))
'''


def made(source: str, function: str = "") -> list[str]:
    """The mutants' statements, of one function."""
    return [m.now for m in mutants(source) if not function or m.function == function]


def statements(source: str) -> list[str]:
    """Every statement of a program, of compound ones the head."""
    found = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt) and not isinstance(node, ast.Pass)
    ]
    return sorted(ast.unparse(node).splitlines()[0] if hasattr(node, "body") else ast.unparse(node) for node in found)


def difference(a: list[str], b: list[str]) -> list[str]:
    left = list(a)
    for item in b:
        if item in left:
            left.remove(item)
    return left


# ------------------------------------------------------------------------------------------ what is made

names, numbers = st.sampled_from("abxy"), st.integers(0, 9).map(str)
expressions = st.recursive(
    names | numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", "@", "<", "and"]), inner).map(
            "({0[0]} {0[1]} {0[2]})".format
        ),
        st.tuples(inner, inner).map("f({0[0]}, {0[1]})".format),
        st.tuples(inner, inner).map("x[{0[0]}:{0[1]}]".format),
        inner.map("x.sum({}, axis=1, keepdims=True)".format),
        inner.map("np.mean({}, axis=-1)".format),
    ),
    max_leaves=6,
)
lines = st.tuples(names, st.sampled_from(["=", "+="]), expressions).map(" ".join)
programs = st.lists(lines, min_size=1, max_size=4).map(
    lambda body: "def f(a, b=2):\n    " + "\n    ".join(body) + "\n    return a"
)


@settings(deadline=None, max_examples=40)  # a program has a hundred mutants, and every one is compiled
@given(programs | st.sampled_from([OBJECT, SOFTMAX_SOLUTION, HEAVY_SOLUTION]))
def test_every_mutant_is_a_program_of_its_own_that_differs_in_one_statement(source: str) -> None:
    found = mutants(source)
    codes = [ast.unparse(ast.parse(m.source)) for m in found]
    assert len(set(codes)) == len(codes)
    assert ast.unparse(ast.parse(source)) not in codes
    for mutant in found:
        compile(mutant.source, "mutant", "exec")
        if mutant.now and not mutant.was.endswith(":"):
            assert difference(statements(source), statements(mutant.source)) == [mutant.was]
            assert difference(statements(mutant.source), statements(source)) == [mutant.now]


def test_mutants_are_the_same_each_time() -> None:
    assert mutants(OBJECT) == mutants(OBJECT)


@pytest.mark.parametrize(
    "now",
    [
        "def heavy_ball(w, dw, state, *, lr=0.2, beta=0.9):",  # a default
        "v = beta * state.get('v', 0) - dw",  # an operator
        "v = beta * state.get('v', 0)",  # a dropped term
        "v = beta * state.get(0, 'v') + dw",  # swapped arguments
        "v = beta * state.get('v', 1) + dw",  # a constant
        "",  # a deleted statement
    ],
)
def test_every_usual_slip_of_an_optimiser_is_a_mutant(now: str) -> None:
    assert now in made(HEAVY_SOLUTION)


@pytest.mark.parametrize(
    ("function", "now"),
    [
        ("log_softmax", "shifted = logits - logits.max(axis=0, keepdims=True)"),
        ("log_softmax", "shifted = logits - logits.max(axis=1, keepdims=False)"),
        ("log_softmax", "shifted = logits - logits.min(axis=1, keepdims=True)"),
        ("softmax_xent", "rows = np.arange(len(labels) - 1)"),
        ("Stack.push", "if not (item is not None and len(self.items) < self.limit):"),
        ("Stack.push", "if item is not None and len(self.items) <= self.limit:"),
        ("Stack.push", "self.items = [item]"),
        ("Stack.total", "for i in range(start, len(self.items) - 1):"),
        ("Stack.total", "return -math.sqrt(abs(start)) if start > 0 else start"),
    ],
)
def test_every_usual_slip_of_calls_conditions_and_slices_is_a_mutant(function: str, now: str) -> None:
    assert now in [
        ast.unparse(ast.parse(x)) if not x.endswith(":") else x for x in made(SOFTMAX_SOLUTION + OBJECT, function)
    ]


def test_no_mutant_changes_a_docstring_or_an_import() -> None:
    assert not [m for m in mutants(OBJECT) if "stack" in m.was.lower() and m.was.startswith(('"', "'"))]
    assert not [m for m in mutants(OBJECT) if m.was == "import math"]


def test_the_name_of_a_mutant_says_where_and_what() -> None:
    assert Mutant("constant", "f", 7, "x = 1", "x = 2", "").name == "f, line 7: `x = 1` → `x = 2`"
    assert Mutant("deleted statement", "", 7, "x = 1", "", "").name == "line 7: `x = 1` → deleted"


# ------------------------------------------------------------------------------------------ how they are judged

HOLE = "trajectory(heavy_ball, steps=10, lr=0.1)"  # the default of lr is judged no more


@pytest.fixture(scope="module")
def strong() -> Iterator[Jail]:
    jail = open_jail()
    yield jail
    jail.close()


def covered(folder: Path, jail: Jail) -> Coverage:
    assignment = Assignment("heavy-ball", folder)
    return Coverage.of(assignment, Oracle(assignment), jail)


@pytest.fixture(scope="module")
def sound(shared_folder: Path, strong: Jail) -> Coverage:
    return covered(shared_folder, strong)


@pytest.fixture(scope="module")
def holed(tmp_path_factory: pytest.TempPathFactory, strong: Jail) -> Coverage:
    folder = make_course(tmp_path_factory.mktemp("holed") / "course")
    edit(folder, HEAVY, "topic.py", "trajectory(heavy_ball, steps=10)", HOLE)
    return covered(folder, strong)


def test_a_sound_rubric_catches_every_mutant(sound: Coverage) -> None:
    assert sound.findings() == []
    assert sound.figures()["caught"] == sound.figures()["mutants"] == len(sound.judged) > 20
    assert all(judged.lost and judged.lost.error for judged in sound.caught)


def test_a_mutant_that_survives_is_reported_with_its_line(holed: Coverage) -> None:
    assert [m.now for m in holed.survivors] == [
        f"def heavy_ball(w, dw, state, *, lr={lr}, beta=0.9):" for lr in ("0.2", "0.0")
    ]
    assert holed.findings()[0].startswith(
        "mutant survives: heavy_ball, line 1: `def heavy_ball(w, dw, state, *, lr=0.1"
    )
    assert holed.figures()["score"] < 1


def explained(coverage: Coverage, folder: Path, *equivalents: str) -> Coverage:
    """The same mutants, with these equivalents in mistakes.py."""
    edit(folder, HEAVY, "mistakes.py", "from grader import Mistake", "from grader import Equivalent, Mistake")
    path = folder / "assignments" / HEAVY / "mistakes.py"
    path.write_text(path.read_text() + f"\nequivalents = [{', '.join(equivalents)}]\n")
    return replace(coverage, equivalents=Assignment("heavy-ball", folder).equivalents)


def equivalent(was: str, now: str, because: str = "nobody leaves lr out") -> str:
    return f"Equivalent({was!r}, {now!r}, because={because!r})"


HEAD = "def heavy_ball(w, dw, state, *, lr={}, beta=0.9):"


def test_an_equivalent_with_a_reason_is_accepted(holed: Coverage, folder: Path) -> None:
    found = explained(holed, folder, *(equivalent(HEAD.format("1e-1"), HEAD.format(lr)) for lr in ("0.2", "0.0")))
    assert found.findings() == []
    assert (found.figures()["equivalents"], found.figures()["score"]) == (2, 1.0)


@pytest.mark.parametrize(
    ("one", "finding"),
    [
        (equivalent(HEAD.format(0.1), HEAD.format(0.2)), "is stale: row 'steps' catches that mutant; take it out"),
        (equivalent("v = 1", "v = 2"), "equivalent `v = 1` → `v = 2` is stale: no such mutant is made; take it out"),
    ],
    ids=["caught", "never made"],
)
def test_a_stale_equivalent_is_found(sound: Coverage, folder: Path, one: str, finding: str) -> None:
    [found] = explained(sound, folder, one).findings()
    assert found.endswith(finding)


def test_an_equivalent_without_a_reason_is_found(holed: Coverage, folder: Path) -> None:
    found = explained(holed, folder, *(equivalent(HEAD.format(0.1), HEAD.format(lr), " ") for lr in ("0.2", "0.0")))
    assert [finding.endswith("gives no reason") for finding in found.findings()] == [True, True]


def test_a_mutant_that_loops_is_caught_by_its_limit(folder: Path, strong: Jail) -> None:
    once = "    once = 1\n    while once:\n        once -= 1\n    return w - lr"
    edit(folder, HEAVY, "solution.py", "    return w - lr", once)
    found = covered(folder, strong)
    [endless] = [j for j in found.judged if j.mutant.was == "once -= 1" and not j.mutant.now]
    assert endless.lost
    assert endless.lost.status is Status.TIMEOUT
    assert endless in found.caught


def test_verify_with_mutants_prints_the_figures(shared_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    authoring.verify_topics(["heavy-ball"], 1, True, False, shared_folder, "text", False)
    said = capsys.readouterr().out
    assert "caught, 0 named equivalent, 0 survive: score 100.0%" in said
    assert "pairs of mistakes: 1 made" in said
    authoring.verify_topics(["heavy-ball"], 1, True, False, shared_folder, "json", False)
    [report] = json.loads(capsys.readouterr().out)
    assert report["mutants"]["survivors"] == report["pairs"]["missed"] == []


def test_an_unsound_topic_is_not_proven_thoroughly(course: Course, folder: Path) -> None:
    edit(folder, HEAVY, "mistakes.py", 'now="w + lr * v"', 'now="w - v * lr"')
    report = prove(course, "heavy-ball", 1, mutants=True)
    assert report.mutants == {}
    assert report.findings
