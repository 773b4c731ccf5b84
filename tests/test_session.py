"""A submission in a real process: how its cells run, what a call gets, and what comes back."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from grader.errors import Raised, Wrong
from grader.inside.plan import Plan
from support.sessions import ANSWER, Open, ask, notes


def test_cells_run_in_order_in_one_namespace(open_session: Open) -> None:
    session = open_session("x = 1", "x += 1", "def f():\n    return x * 21")
    assert ask(session, "f") == 42
    assert session.notes == []


def test_an_exception_is_noted_with_cell_and_line_and_the_next_cell_runs(open_session: Open) -> None:
    session = open_session("x = 1", "y = 2\nz = 1 / 0\ny = 3", "def f():\n    return y")
    assert ask(session, "f") == 3
    assert notes(session) == {2: "raised ZeroDivisionError: division by zero (line 2): the rest was run without it"}


def test_a_cell_that_is_no_python_is_noted_with_its_line(open_session: Open) -> None:
    session = open_session("x = 1\ndef f(:\n    pass", ANSWER)
    assert ask(session, "answer") == 42
    assert notes(session)[1].startswith("is no Python: SyntaxError: ")
    assert "(line 2)" in notes(session)[1]


def test_an_exception_says_where_in_the_students_cells_it_was_raised(open_session: Open) -> None:
    session = open_session("import numpy as np", "def f(x):\n    # a comment\n    return np.zeros(3) @ x")
    with pytest.raises(Raised) as caught:
        ask(session, "f", np.zeros(4))
    assert (caught.value.type, caught.value.cell, caught.value.line) == ("ValueError", 2, 3)
    assert str(caught.value).endswith("in cell 2, line 3")


def test_magics_and_shell_lines_do_not_stop_a_cell(open_session: Open) -> None:
    session = open_session("%matplotlib inline\n!pip install torch\nx = 42", "%%time\ndef f():\n    return x")
    assert ask(session, "f") == 42


def test_await_at_top_level_works_as_in_jupyter(open_session: Open) -> None:
    session = open_session(
        "import asyncio\nasync def work():\n    await asyncio.sleep(0)\n    return 42",
        "x = await work()",
        "def f():\n    return x",
    )
    assert ask(session, "f") == 42
    assert session.notes == []


def test_the_main_part_of_a_python_file_is_run(open_session: Open) -> None:
    session = open_session("x = 1\nif __name__ == '__main__':\n    x = 42\ndef f():\n    return x", file="work.py")
    assert ask(session, "f") == 42


def test_a_missing_function_is_named_with_what_comes_close(open_session: Open) -> None:
    session = open_session("def sofmax(x):\n    return x")
    with pytest.raises(Wrong, match=r"missing function: `softmax` \(did you mean to call `sofmax` that\?\)"):
        ask(session, "softmax", 1.0)


def test_every_call_gets_arguments_of_its_own(open_session: Open) -> None:
    session = open_session("def f(x):\n    x += 1\n    return x")
    x = np.zeros(2)
    assert ask(session, "f", x).tolist() == ask(session, "f", x).tolist() == [1, 1]
    assert x.tolist() == [0, 0]


def test_an_answer_is_a_copy_of_the_moment_it_was_given(open_session: Open) -> None:
    session = open_session(
        "def step(w, state):\n    w -= 1\n    state['n'] = state.get('n', 0) + 1\n    return w, state"
    )
    session.begin_row()
    plan = Plan()
    w, state = plan.call("step", np.zeros(2), {}, outputs=2)
    again, state = plan.call("step", w, state, outputs=2)
    plan.want(w, again, state)
    plan.keep(state)
    first, second, seen, handle = session.run(plan)
    assert (first.tolist(), second.tolist(), seen) == ([-1, -1], [-2, -2], {"n": 2})
    more = Plan()
    more.want(*more.call("step", np.zeros(1), handle, outputs=2))
    assert session.run(more)[1] == {"n": 3}


ODD_ANSWERS = {
    "[1, 2]": [1, 2],
    "(1.5, 'x')": (1.5, "x"),
    "None": None,
    "[[1], [2, 3]]": [[1], [2, 3]],
    "'text'": "text",
    "{'a': True}": {"a": True},
    "float('nan') and 1": 1,
}


@pytest.mark.parametrize("code", ODD_ANSWERS)
def test_plain_answers_come_as_they_are(open_session: Open, code: str) -> None:
    answer = ask(open_session(f"def f():\n    return {code}"), "f")
    assert answer == ODD_ANSWERS[code]
    assert type(answer) is type(ODD_ANSWERS[code])


@pytest.mark.parametrize(
    "code", ["object()", "1j", "np.array([1j])", "np.array([None])", "2**64", "(x for x in ())", "print", "{1, 2}"]
)
def test_an_answer_that_the_wire_cannot_carry_loses_its_row_alone(open_session: Open, code: str) -> None:
    session = open_session(f"import numpy as np\ndef f():\n    return {code}", ANSWER)
    with pytest.raises(Wrong) as caught:
        ask(session, "f")
    assert (caught.value.evidence.id, caught.value.evidence.where) == ("form", "f")
    assert ask(session, "answer") == 42


@pytest.mark.parametrize("make", ["x = [x]", "x = {'x': x}"])
@pytest.mark.parametrize("depth", [29, 30, 31, 32, 33, 2000])
def test_a_deep_answer_is_read_or_refused_politely(open_session: Open, make: str, depth: int) -> None:
    session = open_session(f"def f():\n    x = 1\n    for _ in range({depth}):\n        {make}\n    return x")
    process = session.child
    with contextlib.suppress(Wrong):
        ask(session, "f")
    assert session.child is process, "it was ended: what it sent could not be read"


def test_a_function_that_returns_too_many_values_is_told_how_many(open_session: Open) -> None:
    session = open_session("def f():\n    return 1, 2, 3")
    with pytest.raises(Wrong, match="3 values") as caught:
        ask(session, "f", outputs=2)
    assert caught.value.evidence.id == "form"


def test_threads_left_running_do_not_stop_the_next_question(open_session: Open) -> None:
    code = (
        "import threading, time\ndef f():\n    threading.Thread(target=lambda: time.sleep(1e6)).start()\n    return 1"
    )
    session = open_session(code, ANSWER)
    assert ask(session, "f") == 1
    assert ask(session, "answer") == 42


def test_the_same_question_gets_the_same_random_numbers(open_session: Open) -> None:
    code = "import numpy as np, random\ndef f():\n    return [np.random.rand(), random.random()]"
    session = open_session(code)
    assert ask(session, "f") == ask(session, "f") == ask(open_session(code), "f")


def test_a_handle_of_one_row_is_unknown_in_the_next(open_session: Open) -> None:
    session = open_session("def f():\n    return object()\ndef g(x):\n    return 1")
    session.begin_row()
    plan = Plan()
    plan.keep(plan.call("f")[0])
    (handle,) = session.run(plan)
    with pytest.raises(Raised):
        ask(session, "g", handle)
