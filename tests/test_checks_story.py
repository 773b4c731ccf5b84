"""Scripts: what a check writes down of ordinary Python, and what it says where a student's classes or functions differ."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest

from grader.checks import Trial, composition, either, follows, holds, matches, perform
from grader.checks.script import Script
from grader.inside.plan import Plan
from grader.inside.wire import Ref, Seeded
from grader.judging.outcome import Outcome
from grader.judging.verdicts import verdicts
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Object, Opaque, Random, Reals, sample
from support import miniature
from support.miniature import NumpyTruth, graded_rows, outcomes, why
from support.watched import Watched


class Counter(Object):
    """Adds up."""

    total: Reals[""]

    def __init__(self, start: Reals[""]): ...

    def __add__(self, other): ...

    def __call__(self, factor: Reals[""]): ...

    def add(self, amount: Reals[""]) -> None: ...


def slope(w: Reals["n"], x: Reals["n"]) -> Reals["n"]: ...


def walk(w: Reals["n"], x: Reals["n"], *, steps=3) -> {"w": Reals["n"]}: ...


def noise(rng: Random, *, n=4) -> Reals["n"]: ...


class RightCounter:
    def __init__(self, start: float) -> None:
        self.total = start

    def __add__(self, other: Any) -> "RightCounter":
        return RightCounter(self.total + getattr(other, "total", other))

    __radd__ = __add__

    def __call__(self, factor: float) -> "list[RightCounter]":
        return [RightCounter(self.total)] * int(factor)

    def add(self, amount: float) -> None:
        self.total += amount


def right_walk(w: np.ndarray, x: np.ndarray, *, steps: int = 3) -> np.ndarray:
    for _ in range(steps):
        w = w - 0.1 * 2 * (w - x)
    return w


RIGHT: Mapping[str, Any] = {
    "Counter": RightCounter,
    "slope": lambda w, x: 2 * (w - x),
    "walk": right_walk,
    "noise": lambda rng, n=4: rng.normal(size=n),
}


def numbers(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "two numbers", {"a": float(rng.normal()), "b": float(rng.normal())}


def walks(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a walk", sample(walk, rng, n=4)


def adding(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    counter = world.Counter(case["a"])
    yield "the total at first", counter.total
    counter.add(case["b"])
    yield "the total after add", counter.total
    yield "the total of 1 + counter", (1.0 + counter).total


def own_walk(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    w = case["w"]
    for _ in range(3):
        w = w - 0.1 * world.slope(w, case["x"])
    yield "w", w


graded = partial(miniature.graded, right=RIGHT)


def test_a_script_of_objects_is_earned_by_a_class_that_does_as_the_reference() -> None:
    outcome = graded(follows(adding, Counter), numbers)
    assert outcome.earned, outcome


def test_an_answer_of_a_script_that_differs_is_named_as_the_script_names_it() -> None:
    class Forgetful(RightCounter):
        def add(self, amount: float) -> None:
            self.total = amount

    outcome = graded(follows(adding, Counter), numbers, Counter=Forgetful)
    assert why(outcome) == ("value", "the total after add on two numbers")


def test_a_list_that_a_script_yields_is_not_changed_by_what_it_does_afterwards() -> None:
    """A number that is changed in place afterwards was right all the same."""

    class InPlace(RightCounter):
        def __init__(self, start: float) -> None:
            self.total: Any = np.array(start, dtype=float)

        def add(self, amount: float) -> None:
            self.total += amount

    def before_and_after(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        counter = world.Counter(case["a"])
        yield "the total before", [counter.total, counter.total]
        counter.add(case["b"])
        yield "the total after", [counter.total, counter.total]

    outcome = graded(follows(before_and_after, Counter), numbers, Counter=InPlace)
    assert outcome.earned, outcome


def test_a_missing_method_is_said_with_its_class() -> None:
    class Bare:
        def __init__(self, start: float) -> None:
            self.total = start

        def addd(self, amount: float) -> None: ...

    outcome = graded(follows(adding, Counter), numbers, Counter=Bare)
    assert "missing method or attribute: `Bare.add` (did you mean to call `addd` that?)" in str(outcome.error)


def test_an_operator_that_is_not_defined_is_an_exception_of_the_students() -> None:
    class NoAddition:
        def __init__(self, start: float) -> None:
            self.total = start

        def add(self, amount: float) -> None:
            self.total += amount

    outcome = graded(follows(adding, Counter), numbers, Counter=NoAddition)
    assert outcome.status is Status.RAISED
    assert "TypeError" in str(outcome.error)


def test_a_script_is_one_plan_with_operators_in_python_s_own_dispatch() -> None:
    topic = Topic("Scripts", numbers, [Row("row", 1, "it is right", follows(adding, Counter))])
    student = Watched(RIGHT)
    outcomes(topic, student, NumpyTruth(RIGHT))
    [plan] = student.plans
    assert [(s.op, s.name) for s in plan.steps if s.op == "apply"] == [("apply", "add")]
    assert plan.steps[-2].args == (1.0, Ref(0))


def test_ten_thousand_operations_are_one_message() -> None:
    def chain(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        counter = world.Counter(0.0)
        one = world.Counter(1.0)
        for _ in range(10_000):
            counter = counter + one
        yield "the total", counter.total

    outcome = graded(follows(chain, Counter), numbers)
    assert outcome.earned, outcome


def test_values_in_a_list_are_compared_as_one_array() -> None:
    def totals(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        one, two = world.Counter(case["a"]), world.Counter(case["b"])
        yield "the totals before", [one.total, two.total]
        two.add(1.0)
        yield "the totals", [one.total, two.total]

    class Deaf(RightCounter):
        def add(self, amount: float) -> None: ...

    assert graded(follows(totals, Counter), numbers).earned
    outcome = graded(follows(totals, Counter), numbers, Counter=Deaf)
    assert why(outcome) == ("value", "the totals on two numbers")
    assert "entry [1] is " in str(outcome.error)


def test_a_sum_of_thousands_is_one_step_in_python_s_own_dispatch() -> None:
    def total(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        yield "the total", world.sum([world.Counter(0.25)] * 10_000, world.Counter(case["a"])).total

    class Backwards(RightCounter):
        def __add__(self, other: Any) -> "RightCounter":
            return RightCounter(self.total - other.total)

    plan = Plan()
    Script(total, Counter).ask(plan, {"a": 1.0})
    assert [step.op for step in plan.steps] == ["new", "new", "apply", "get"]
    assert graded(follows(total, Counter), numbers).earned
    outcome = graded(follows(total, Counter), numbers, Counter=Backwards)
    assert why(outcome)[0] == "value"


def test_an_object_is_called_and_the_length_of_a_list_is_an_answer() -> None:
    def copies(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        made = world.Counter(case["a"])(3.0)
        yield "the last copy", made[2].total
        yield "how many there are", world.length(made)

    class Generous(RightCounter):
        def __call__(self, factor: float) -> list[RightCounter]:
            return [RightCounter(self.total)] * 4

    assert graded(follows(copies, Counter), numbers).earned
    outcome = graded(follows(copies, Counter), numbers, Counter=Generous)
    assert why(outcome) == ("value", "how many there are on two numbers")
    assert "is 4, expected 3" in str(outcome.error)


def test_a_name_that_the_check_does_not_name_is_the_authors_mistake() -> None:
    def asks_for_more(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        yield "x", world.slope(case["a"], case["b"])

    outcome = graded(follows(asks_for_more, Counter), numbers)
    assert outcome.status is Status.VOID
    assert "`slope`, which is not named beside it" in str(outcome.error)


# ------------------------------------------------------------------------------------------------ composition

COMPOSED = either(matches(walk), composition(walk, own_walk, slope))
COMPOSED_ROWS = [Row("slope", 1, "the slope is right", matches(slope)), Row("walk", 2, "the walk is right", COMPOSED)]


@pytest.mark.parametrize(
    ("own_slope", "earned"),
    {
        "half the slope": (lambda w, x: w - x, 1.0),  # not a known mistake: half the points
        "a row in place of a vector": (lambda w, x: 2 * (w - x).reshape(1, -1), 1.0),
        "no slope at all": (lambda w, x: 0 * w, 0.0),
        "a slope that is the same everywhere": (lambda w, x: np.ones_like(w), 0.0),
        "no number": (lambda w, x: np.nan * w, 0.0),
    }.values(),
)
def test_a_loop_around_a_wrong_slope_is_followed_only_behind_work_that_is_alive(
    own_slope: Callable[..., Any], earned: float
) -> None:
    def own(w: np.ndarray, x: np.ndarray, *, steps: int = 3) -> np.ndarray:
        for _ in range(steps):
            w = w - 0.1 * own_slope(w, x)
        return w

    found = graded_rows(COMPOSED_ROWS, walks, right=RIGHT, slope=own_slope, walk=own)
    assert [v.earned for v in verdicts(found, [])] == [0.0, earned]


def test_a_loop_that_is_wrong_by_itself_is_not_followed() -> None:
    wrong = lambda w, x, *, steps=3: w - 0.1 * (w - x)  # noqa: E731
    found = graded_rows(COMPOSED_ROWS, walks, right=RIGHT, walk=wrong)
    assert [o.status for o in found] == [Status.EARNED, Status.LOST]


# ------------------------------------------------------------------------------------------------ random generators


def test_a_generator_is_made_where_the_plan_is_run_from_the_seed_of_the_case() -> None:
    def drawn(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "a draw", sample(noise, rng)

    [(_, case)] = drawn(np.random.default_rng(0))
    assert isinstance(case["rng"], Seeded)
    assert graded(matches(noise), drawn).earned
    assert not graded(matches(noise), drawn, noise=lambda rng, n=4: np.random.normal(size=n)).earned


def test_an_opaque_or_random_argument_is_described_for_students() -> None:
    assert "generator" in Random.describe()
    assert Opaque.describe() != Random.describe()


# ------------------------------------------------------------------------------------------ answers to other claims


def draws(rng: Random, w: Reals["n"]) -> {"shown": Reals["n"], "kept": Opaque}: ...


def again(kept: Opaque) -> Reals["k"]: ...


def drawn(rng: np.random.Generator, w: np.ndarray) -> Any:
    shown = rng.random(len(w))
    return shown, shown


def twice(trial: Trial, case: dict[str, Any]) -> str | None:
    """Two calls draw on from one generator; what is kept comes back whatever its size."""

    def script(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        rng = world.let(case["rng"])
        first, second = world.draws(rng, case["w"]), world.draws(rng, case["w"])
        yield "the first", first.shown
        yield "the second", second.shown
        yield "what was kept", world.again(second.kept)

    first, second, kept = perform(trial, script, case, draws, again)
    assert first.shape == second.shape == (4,)
    assert np.array_equal(kept, second)
    return "one draw, twice" if np.array_equal(first, second) else None


def performed(**world: Any) -> Outcome:
    topic = Topic(
        "Draws", lambda rng: [("four", sample(draws, rng, n=4))], [Row("row", 1, "c", holds(twice, draws, again))]
    )
    [outcome] = outcomes(topic, Live({"draws": drawn, "again": lambda kept: kept, **world}))
    return outcome


def test_a_claim_gets_the_answers_of_a_script_whose_calls_share_a_generator() -> None:
    assert performed().earned


def test_a_claim_sees_a_generator_that_does_not_draw_on() -> None:
    fixed = lambda rng, w: (np.ones(len(w)), np.ones(len(w)))  # noqa: E731
    assert str(performed(draws=fixed).error) == "draws, again on four: one draw, twice"


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ({"draws": lambda rng, w: (np.ones(9), None)}, "the first on four: the shape is (9,), expected (4,)"),
        (
            {"again": lambda kept: None},
            "what was kept on four: returned None (is a `return` missing?), expected a number",
        ),
    ],
)
def test_answers_of_a_script_have_the_declared_form(world: dict[str, Any], said: str) -> None:
    assert str(performed(**world).error) == said
