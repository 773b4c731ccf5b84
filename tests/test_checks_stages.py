"""Quantities in several steps: a slip costs the row of its own step, and what follows from it is followed."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from grader.checks import Trial, holds, matches, stage
from grader.errors import TopicError, Wrong
from grader.judging.outcome import Outcome
from grader.judging.verdicts import verdicts
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Reals, sample
from grader.truth.trials import seeded_trials
from support.miniature import NumpyTruth, graded_rows, outcomes, why

Steps = dict[str, Callable[..., np.ndarray]]


def steps(x: Reals["n d"], w: Reals["d"]) -> {"a": Reals["n"], "b": Reals["n"], "c": Reals["n"]}:
    """a = x w, b = a², c = a + b + mean(x)."""


RIGHT: Steps = {
    "a": lambda x, w: x @ w,
    "b": lambda a: a**2,
    "c": lambda x, a, b: a + b + x.mean(axis=1),
}


def composed(given: Steps) -> Callable[..., Any]:
    def run(x: np.ndarray, w: np.ndarray) -> Any:
        a = given["a"](x, w)
        b = given["b"](a)
        return a, b, given["c"](x, a, b)

    return run


def alone(name: str) -> Callable[..., np.ndarray]:
    """The step by itself, as the reference is asked for it: with every value that there is."""

    def step(**given: Any) -> np.ndarray:
        code = RIGHT[name].__code__
        return RIGHT[name](**{k: given[k] for k in code.co_varnames[: code.co_argcount]})

    return step


TRUTH = NumpyTruth({"steps": composed(RIGHT), **{f"steps.{name}": alone(name) for name in RIGHT}})


def cases(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a batch", sample(steps, rng, n=4, d=3)
    yield "a single row", sample(steps, rng, n=1, d=2)


def graded(**changes: Callable[..., np.ndarray]) -> list[Outcome]:
    rows = [Row(name, 2, f"{name} is right", stage(steps, name)) for name in "abc"]
    return graded_rows(rows, cases, right={"steps": composed({**RIGHT, **changes})}, truth=TRUTH)


def points(**changes: Callable[..., np.ndarray]) -> list[float]:
    return [v.earned for v in verdicts(graded(**changes), [])]


def test_right_values_of_all_stages_earn_every_row() -> None:
    assert points() == [2, 2, 2]


@pytest.mark.parametrize(
    ("changes", "earned"),
    [
        ({"a": lambda x, w: 2 * (x @ w)}, [0, 1, 1]),  # no known mistake: half for what follows
        ({"b": lambda a: a**3}, [2, 0, 1]),
        ({"c": lambda x, a, b: a - b}, [2, 2, 0]),
        ({"a": lambda x, w: -(x @ w), "c": lambda x, a, b: a - b}, [0, 2, 0]),  # b = a² does not see the sign
        ({"a": lambda x, w: 2 * (x @ w), "b": lambda a: a**3}, [0, 0, 1]),
    ],
    ids=["first", "second", "last", "first and last", "two slips and one that follows"],
)
def test_a_slip_in_a_stage_costs_its_own_row_and_half_of_those_that_follow(changes: Steps, earned: list[float]) -> None:
    assert points(**changes) == earned


@pytest.mark.parametrize(
    "dead",
    [
        lambda x, w: np.zeros(len(x)),
        lambda x, w: np.ones(len(x)),
        lambda x, w: np.full(len(x), np.nan),
        lambda x, w: None,
    ],
    ids=["zeros", "ones", "nan", "none"],
)
def test_no_stage_follows_from_a_dead_one(dead: Callable[..., Any]) -> None:
    def b(a: Any) -> Any:
        return a if a is None else a**2

    def c(x: np.ndarray, a: Any, b: Any) -> Any:
        return a if a is None else a + b + x.mean(axis=1)

    assert points(a=dead, b=b, c=c) == [0, 0, 0]


def test_a_stage_that_follows_names_the_quantity_that_it_follows_from() -> None:
    found = graded(a=lambda x, w: 2 * (x @ w))
    said = [v.message for v in verdicts(found, [])]
    assert said[1] == "right for your own `a`, but not for the right one (see 'a is right'): half the points"
    assert why(found[0]) == ("value", "`a` of steps on a batch")


def test_a_stage_blames_only_the_quantities_that_it_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    slips: Steps = {"a": lambda x, w: 2 * (x @ w), "b": lambda a: a**3}

    def blamed() -> str:
        follow = graded(**slips)[2].follow
        return follow.own if follow else ""

    assert blamed() == "`a` and `b`"
    monkeypatch.setitem(RIGHT, "c", lambda x, a, b: 3 * a)
    assert blamed() == "`a`"


def test_an_output_returned_in_the_place_of_another_is_told() -> None:
    said = [v.message for v in verdicts(graded(a=lambda x, w: (x @ w) ** 2, b=lambda a: np.sqrt(a)), [])]
    assert said[0].endswith("It is what `b` should be: are they returned in another order, or is one written into?")


def two(x: Reals["n d"]) -> {"rows": Reals["n"], "columns": Reals["d"]}:
    """The sums of the rows, and of the columns."""


def test_outputs_returned_in_another_order_are_told_by_their_shapes() -> None:
    def claim(trial: Trial, case: dict[str, Any]) -> None:
        trial.call(two, **case)

    def batch(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "a batch", sample(two, rng, n=4, d=3)

    topic = Topic("Two", batch, [Row("row", 1, "right", holds(claim, two))])
    swapped = Live({"two": lambda x: (x.sum(axis=0), x.sum(axis=1))})
    [outcome] = outcomes(topic, swapped)
    assert str(outcome.error) == (
        "`rows` of two on a batch: the shape is (3,), expected (4,), and that is the shape of `columns`: are they returned in "
        "another order?"
    )


def test_a_stage_of_an_output_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TopicError, match=r"steps has no output `z` \(it has: a, b, c\)"):
        stage(steps, "z")


# ------------------------------------------------------------------------------------ outputs that are matched alone


def matched(**changes: Callable[..., np.ndarray]) -> list[Outcome]:
    rows = [Row(name, 2, f"{name} is right", matches(steps, output=name)) for name in "abc"]
    return graded_rows(rows, cases, right={"steps": composed({**RIGHT, **changes})}, truth=TRUTH)


def test_matches_of_one_output_judges_it_alone() -> None:
    assert [o.earned for o in matched()] == [True] * 3
    found = matched(b=lambda a: a[None], c=lambda x, a, b: a + a**2 + x.mean(axis=1))
    assert [o.earned for o in found] == [True, False, True]
    assert why(found[1]) == ("shape", "`b` of steps on a batch")
    assert [set(o.row.check.judges) for o in found] == [{f"`{name}` of steps"} for name in "abc"]


def test_an_output_that_cannot_be_sent_costs_only_its_own_row() -> None:
    found = matched(b=lambda a: object(), c=lambda x, a, b: a + a**2 + x.mean(axis=1))  # type: ignore[arg-type, return-value]
    assert [o.earned for o in found] == [True, False, True]


def test_matches_of_one_output_writes_the_call_that_takes_it() -> None:
    student = Live({"steps": composed({**RIGHT, "b": lambda a: a**3})})
    row = Row("b", 2, "b is right", matches(steps, output="b"))
    trial = seeded_trials(Topic("Steps", cases, [row]), student, TRUTH, 0)(row)
    alone = row.check.single_case(trial)
    assert alone is not None
    with pytest.raises(Wrong) as caught:
        row.check(trial)
    assert alone.write(alone.cases[0][1], caught.value)[-1] == "steps(x, w)[1]"
