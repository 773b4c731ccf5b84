"""Functions that a topic gives to the student's: made in their process, counted there, and never accepted in an answer."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest

from grader.checks import follows, matches, pure
from grader.errors import Raised, TopicError, Wrong
from grader.inside.plan import Plan
from grader.inside.wire import Bound, WireError, decode, encode
from grader.submission.in_process import Live
from grader.topics.cell import assignments, call
from grader.topics.signature import Given, Reals, function, given, sample
from grader.topics.stubs import stub
from support import miniature
from support.sessions import Open


def bowl(x, *, a, c):
    """A comment, and a form of writing, that are not sent."""
    return (a * (x - c) ** 2).sum()  # nor this one


def slope(f: Given["d -> "], x: Reals["d"], *, h=1e-5) -> Reals["d"]:
    """The slope of f at x, by central differences."""


def right_slope(f: Callable[[np.ndarray], float], x: np.ndarray, *, h: float = 1e-5) -> np.ndarray:
    steps = h * np.eye(len(x))
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps])


def bowls(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a bowl", sample(slope, rng, d=3, f=given(bowl, a=rng.uniform(1, 2, size=3), c=rng.normal(size=3)))


def counting(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    f = world.let(case["f"])
    yield "the slope", world.slope(f, case["x"])
    yield "how often f was called", world.calls(f)
    yield "where", world.points(f)


graded = partial(miniature.graded, right={"slope": right_slope}, truth=miniature.NumpyTruth({"slope": right_slope}))


def one_sided(f: Callable[[np.ndarray], float], x: np.ndarray, *, h: float = 1e-5) -> np.ndarray:
    return np.array([(f(x + step) - f(x)) / h for step in h * np.eye(len(x))])


def test_a_function_that_is_given_is_called_with_what_is_bound() -> None:
    assert graded(matches(slope), bowls).earned
    outcome = graded(matches(slope), bowls, slope=one_sided)
    assert miniature.why(outcome) == ("value", "slope on a bowl")


def test_the_calls_of_a_function_that_is_given_are_counted_and_written_down() -> None:
    assert graded(follows(counting, slope), bowls).earned

    def wasteful(f: Callable[[np.ndarray], float], x: np.ndarray, *, h: float = 1e-5) -> np.ndarray:
        f(x)
        return right_slope(f, x, h=h)

    outcome = graded(follows(counting, slope), bowls, slope=wasteful)
    assert miniature.why(outcome) == ("value", "how often f was called on a bowl")
    assert "is 7, expected 6" in str(outcome.error)


def test_a_call_beyond_the_budget_raises_and_says_so() -> None:
    def tight(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
        [(name, case)] = bowls(rng)
        yield name, {**case, "f": given(bowl, budget=5, **case["f"].bound)}

    plan = Plan()
    [(_, case)] = tight(np.random.default_rng(0))
    plan.want(*function(slope).ask(plan, case))
    with pytest.raises(Raised, match="may be called 5 times, and you call it once more"):
        Live({"slope": right_slope}).run(plan)


def test_a_function_that_is_dead_does_not_earn_pure_and_one_that_is_right_does() -> None:
    assert graded(pure(slope), bowls).earned
    outcome = graded(pure(slope), bowls, slope=lambda f, x, h=1e-5: np.ones_like(x))
    assert miniature.why(outcome)[0] == "dead"


def test_in_a_process_of_its_own_a_function_is_made_and_counted(open_session: Open) -> None:
    session = open_session("import numpy as np\ndef twice(f, x):\n    return f(x) + f(x)")
    plan = Plan()
    f = plan.let(given(bowl, a=np.ones(2), c=np.zeros(2)))
    plan.want(*plan.call("twice", f, np.array([1.0, 2.0])), plan.apply("calls", f))
    assert session.run(plan) == [10.0, 2]


@pytest.mark.parametrize("name", ["a function", "in a list", "in a dict"])
def test_no_answer_holds_a_function(name: str) -> None:
    bound = Bound("f", "def f(): return 1", {})
    value = {"a function": bound, "in a list": [bound], "in a dict": {"f": bound}}[name]
    with pytest.raises(WireError, match="a function where none may be"):
        decode(encode(value))
    assert decode(encode(value), code=True) == value


def test_a_student_cannot_send_a_function_back(open_session: Open) -> None:
    session = open_session("def keep(f):\n    return f")
    plan = Plan()
    plan.want(*plan.call("keep", given(bowl, a=np.ones(1), c=np.zeros(1))))
    with pytest.raises(Wrong, match="returned something else"):
        session.run(plan)


def test_the_text_that_is_sent_does_not_depend_on_how_it_is_written() -> None:
    def bowl(x, *, a, c):
        """A comment, and a form of writing, that are not sent."""
        return (a
                * (x - c)**2).sum()  # fmt: skip

    one, other = given(bowl, a=1.0, c=2.0), given(globals()["bowl"], a=1.0, c=2.0)
    assert one == other


def test_a_case_with_a_function_can_be_pasted() -> None:
    [(_, case)] = bowls(np.random.default_rng(1))
    declared = function(slope)
    world: dict[str, Any] = {"np": np, "slope": right_slope}
    exec("\n".join(assignments(["f", "x"], case)), world)
    found = eval(call(declared, case), world)
    assert np.allclose(found, 2 * case["f"].bound["a"] * (case["x"] - case["f"].bound["c"]))


def test_a_function_is_said_to_the_student_as_what_it_takes_and_gives() -> None:
    text = stub(function(slope))
    assert "f: a function: it takes a real array of shape (d,), and returns a real number" in text


def test_a_function_may_take_an_array_of_any_shape() -> None:
    def size(f: Given["... -> "], x: Reals["..."]) -> Reals[""]:
        """How large f is at x."""

    text = stub(function(size))
    assert "f: a function: it takes a real array of any shape, and returns a real number" in text


@pytest.mark.parametrize("what", ["d", "d -> n -> k", "d - 3", "... d -> ", 3])
def test_a_function_that_is_declared_as_nothing_is_the_authors_mistake(what: Any) -> None:
    with pytest.raises(TopicError, match="what the function takes and gives"):
        Given[what]


def test_what_has_no_text_cannot_be_given() -> None:
    with pytest.raises(TopicError, match="a `def` is expected"):
        given(np.sin)
