"""What follows from the student's own functions: in plain Python, from one of several, and where a training is measured."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Trial,
    Truth,
    composition,
    consistent,
    either,
    follows,
    holds,
    matches,
    measured,
    require_close,
    run,
)
from grader.checks.script import Script
from grader.errors import TopicError
from grader.judging.outcome import Outcome
from grader.judging.verdicts import verdicts
from grader.result import Status
from grader.topics.rubric import Row
from grader.topics.signature import Ints, Reals, sample
from support.miniature import graded_rows

Case = dict[str, Any]


def share(x: Reals["n"]) -> Reals["n"]: ...


def surprise(x: Reals["n"]) -> Reals[""]: ...


def slope(w: Reals["n"], x: Reals["n"]) -> Reals["n"]: ...


def walk(w: Reals["n"], x: Reals["n"], turns: Ints["s", "n"]) -> {"w": Reals["n"]}: ...


def right_share(x: np.ndarray) -> np.ndarray:
    return np.exp(x) / np.exp(x).sum()


def right_slope(w: np.ndarray, x: np.ndarray) -> np.ndarray:
    return 2 * (w - x)


def walk_by(slope: Callable[..., Any]) -> Callable[..., Any]:
    def walk(w: np.ndarray, x: np.ndarray, turns: np.ndarray) -> np.ndarray:
        for _ in turns:
            w = w - 0.1 * slope(w, x)
        return w

    return walk


def surprise_by(share: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: -np.log(share(x)[0])


RIGHT: Mapping[str, Any] = {
    "share": right_share,
    "surprise": surprise_by(right_share),
    "slope": right_slope,
    "walk": walk_by(right_slope),
}


def numbers(rng: np.random.Generator) -> Iterator[tuple[str, Case]]:
    yield "five numbers", sample(share, rng, n=5)


def walks(rng: np.random.Generator) -> Iterator[tuple[str, Case]]:
    yield "thirty turns", sample(walk, rng, n=4, s=30)


def scores(found: list[Outcome]) -> list[float]:
    """Points, where no mistake is recognised: half of what follows."""
    return [v.earned for v in verdicts(found, [])]


# ---------------------------------------------------------------------------------------------------- consistent


def of_own_share(trial: Trial, case: Case) -> None:
    with np.errstate(all="ignore"):
        require_close(trial.call(surprise, **case), Truth.of(-np.log(trial.call(share, **case)[0])), "surprise")


SURPRISE = [
    Row("share", 1, "the shares are right", matches(share)),
    Row("surprise", 2, "the surprise is right", either(matches(surprise), consistent(of_own_share, surprise, share))),
]


@pytest.mark.parametrize(
    ("own_share", "points"),
    [
        pytest.param(lambda x: 2**x / (2**x).sum(), [0.0, 1.0], id="base 2"),
        pytest.param(lambda x: np.full(len(x), 1 / len(x)), [0.0, 0.0], id="the same everywhere"),
        pytest.param(lambda x: np.abs(x), [0.0, 1.0], id="no shares, but numbers that vary"),
        pytest.param(lambda x: x, [0.0, 0.0], id="its argument"),
        pytest.param(lambda x: x * np.nan, [0.0, 0.0], id="no number"),
    ],
)
def test_what_plain_python_makes_of_a_wrong_function_earns_half_where_that_computes_something(
    own_share: Callable[..., Any], points: list[float]
) -> None:
    found = graded_rows(SURPRISE, numbers, right=RIGHT, share=own_share, surprise=surprise_by(own_share))
    assert scores(found) == points


def test_a_second_fault_is_not_followed() -> None:
    base_2 = lambda x: 2**x / (2**x).sum()  # noqa: E731
    found = graded_rows(SURPRISE, numbers, right=RIGHT, share=base_2, surprise=lambda x: 2 * surprise_by(base_2)(x))
    assert scores(found) == [0.0, 0.0]


def test_work_is_asked_whether_it_is_alive_on_cases_of_its_own_where_the_claim_has_none_for_it() -> None:
    def pairs(rng: np.random.Generator) -> Iterator[tuple[str, Case]]:
        yield "a pair", {"pair": rng.normal(size=2)}

    def of_pairs(trial: Trial, case: Case) -> None:
        of_own_share(trial, {"x": case["pair"]})

    found = {}
    for name, own in {"base 2": lambda x: 2**x / (2**x).sum(), "dead": lambda x: np.full(len(x), 0.5)}.items():
        check = either(matches(surprise), consistent(of_pairs, surprise, share, on=pairs, alive=numbers))
        rows = [SURPRISE[0], Row("surprise", 2, "the surprise is right", check)]
        found[name] = scores(graded_rows(rows, numbers, right=RIGHT, share=own, surprise=surprise_by(own)))
    assert found == {"base 2": [0.0, 1.0], "dead": [0.0, 0.0]}


def test_a_claim_that_follows_from_nothing_is_the_authors_mistake() -> None:
    with pytest.raises(TopicError, match="needs the student's own functions"):
        consistent(of_own_share, surprise)


# ------------------------------------------------------------------------------------- scripts, and one of several


def own_step(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "w", case["w"] - 0.1 * world.slope(case["w"], case["x"])


def one_turn(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "w", world.walk(case["w"], case["x"], case["turns"][:1])


def test_what_a_script_asks_is_followed_as_a_function_is() -> None:
    check = either(follows(one_turn, walk), composition(Script(one_turn, walk), own_step, slope))
    rows = [Row("slope", 1, "the slope is right", matches(slope)), Row("turn", 2, "a turn is right", check)]
    half = lambda w, x: w - x  # noqa: E731
    assert scores(graded_rows(rows, walks, right=RIGHT, slope=half, walk=walk_by(half))) == [0.0, 1.0]
    assert scores(graded_rows(rows, walks, right=RIGHT, walk=walk_by(half))) == [1.0, 0.0]


def test_the_second_of_two_fall_backs_is_tried_where_the_first_does_not_hold() -> None:
    def of_right_share(trial: Trial, case: Case) -> None:
        require_close(trial.call(surprise, **case), Truth.of(surprise_by(right_share)(case["x"])), "surprise")

    check = either(
        matches(surprise), consistent(of_right_share, surprise, share), consistent(of_own_share, surprise, share)
    )
    rows = [SURPRISE[0], Row("surprise", 2, "the surprise is right", check)]
    base_2 = lambda x: 2**x / (2**x).sum()  # noqa: E731
    found = graded_rows(rows, numbers, right=RIGHT, share=base_2, surprise=surprise_by(base_2))
    assert scores(found) == [0.0, 1.0]


# ------------------------------------------------------------------------------------------------------ measured


def own_walk(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    w = case["w"]
    for _ in case["turns"]:
        w = w - 0.1 * world.slope(w, case["x"])
    yield "w", w


def arrives(trial: Trial, case: Case) -> str | None:
    away = float(np.abs(trial.call(walk, **case) - case["x"]).max())
    return None if away < 0.1 else f"it ends {away:.3g} away"


STEPS = either(run(walk, at=[3], along="turns"), composition(walk, own_walk, slope))
MEASURED = [
    Row("slope", 1, "the slope is right", matches(slope)),
    Row("end", 2, "the walk arrives", measured(holds(arrives, walk), STEPS)),
]
LAZY, STEEP = (lambda w, x: 0.2 * (w - x)), (lambda w, x: 3 * (w - x))


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        pytest.param({"slope": LAZY, "walk": walk_by(LAZY)}, [0.0, 1.0], id="a wrong slope that does not arrive"),
        pytest.param({"slope": STEEP, "walk": walk_by(STEEP)}, [0.0, 1.0], id="a wrong slope that arrives by luck"),
        pytest.param({"walk": walk_by(LAZY)}, [1.0, 0.0], id="a wrong walk that does not arrive"),
        pytest.param({"walk": walk_by(STEEP)}, [1.0, 2.0], id="a wrong walk that arrives"),
        pytest.param({"slope": LAZY}, [0.0, 2.0], id="a wrong slope that the walk does not use"),
        pytest.param({"slope": lambda w, x: 0 * w, "walk": lambda w, x, turns: w}, [0.0, 0.0], id="dead"),
    ],
)
def test_a_training_along_a_wrong_slope_of_ones_own_is_not_measured(
    changes: Mapping[str, Any], points: list[float]
) -> None:
    assert scores(graded_rows(MEASURED, walks, right=RIGHT, **changes)) == points


def test_what_is_measured_is_said_where_it_is_too_little() -> None:
    found = graded_rows(MEASURED, walks, right=RIGHT, walk=walk_by(LAZY))
    assert found[1].status is Status.LOST
    assert str(found[1].error).startswith("walk on thirty turns: it ends ")
