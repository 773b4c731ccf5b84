"""An implementation in this process answers as one in the jail does: copies in, copies out, faults as evidence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.errors import Raised, TopicError, Wrong
from grader.inside.plan import Plan
from grader.submission.in_process import Live


def ask(source: str, name: str, *args: Any) -> Any:
    plan = Plan()
    plan.want(*plan.call(name, *args))
    return Live.of(source).run(plan)[0]


def test_a_submission_gets_copies_of_its_arguments() -> None:
    x = np.zeros(2)
    assert ask("def f(x):\n    x += 1\n    return x", "f", x).tolist() == [1, 1]
    assert x.tolist() == [0, 0]


def test_an_answer_is_a_copy_of_the_moment_it_was_given() -> None:
    plan = Plan()
    (first,) = plan.call("f", np.zeros(1))
    (second,) = plan.call("f", first)
    plan.want(first, second)
    one, two = Live.of("def f(x):\n    x += 1\n    return x").run(plan)
    assert (one.tolist(), two.tolist()) == ([1], [2])


@pytest.mark.parametrize("code", ["object()", "1j", "2**64", "{1}"])
def test_what_could_not_leave_the_jail_cannot_leave_here(code: str) -> None:
    with pytest.raises(Wrong) as caught:
        ask(f"def f():\n    return {code}", "f")
    assert (caught.value.evidence.id, caught.value.evidence.where) == ("form", "f")


def test_an_exception_is_reported_with_its_line() -> None:
    with pytest.raises(Raised) as caught:
        ask("def f():\n    return g()\ndef g():\n    return 1 / 0", "f")
    assert (caught.value.type, caught.value.line) == ("ZeroDivisionError", 4)


def test_a_missing_function_is_named() -> None:
    with pytest.raises(Wrong, match="`softmax`") as caught:
        ask("def sofmax(): pass", "softmax")
    assert caught.value.evidence.id == "missing"


def test_handles_last_until_the_next_row() -> None:
    live = Live.of("def make():\n    return [0]\ndef add(box):\n    box[0] += 1\n    return box[0]")
    plan = Plan()
    plan.keep(plan.call("make")[0])
    (box,) = live.run(plan)
    add = Plan()
    add.want(*add.call("add", box), *add.call("add", box))
    assert live.run(add) == [1, 2]
    live.begin_row()
    with pytest.raises(Raised):
        live.run(add)


@pytest.mark.parametrize("source", ["def f(:", "import no_such_module", "raise KeyError('x')"])
def test_a_text_that_cannot_be_run_is_said_to_be_so(source: str) -> None:
    with pytest.raises(TopicError, match=r"solution.py cannot be run: \w+Error"):
        Live.of(source)


def test_the_same_question_gets_the_same_random_numbers() -> None:
    source = "import random\nimport numpy as np\ndef f():\n    return [random.random(), np.random.rand()]"
    assert ask(source, "f") == ask(source, "f")
