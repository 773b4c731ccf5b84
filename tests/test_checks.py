"""Claims about values and behaviour on a course in miniature: what is earned, what is not, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import Trial, cheap, holds, matches, pure
from grader.errors import Wrong
from grader.inside.plan import Plan
from grader.judging.outcome import Outcome
from grader.judging.verdicts import verdicts
from grader.numerics.compare import Truth
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import sample
from grader.truth.trials import seeded_trials
from support.miniature import (
    RIGHT,
    NumpyTruth,
    graded,
    graded_rows,
    layers,
    lost,
    outcomes,
    right_backward,
    right_forward,
    scale,
    wave,
    wave_slope,
    waves,
    why,
)

# ---------------------------------------------------------------------------------------------------------- matches


def test_matches_is_earned_by_the_right_answer_in_any_form() -> None:
    assert graded(matches(wave), waves).earned
    assert graded(
        matches(wave_slope), waves, wave_slope=lambda x, a, **k: RIGHT["wave_slope"](x, a, **k).tolist()
    ).earned


def test_matches_names_the_function_the_case_and_both_numbers() -> None:
    outcome = graded(matches(wave), waves, wave=lambda x, a, *, shift=0.5: np.sin(a * x + 0.5).sum())
    assert why(outcome) == ("value", "wave on another shift")
    assert ", expected " in lost(outcome)


def test_matches_leaves_defaults_out_so_that_wrong_ones_show() -> None:
    outcome = graded(matches(wave), waves, wave=lambda x, a, *, shift=0.6: np.sin(a * x + shift).sum())
    assert why(outcome) == ("value", "wave on a few points")


def test_matches_judges_a_layer_by_its_forward_and_not_by_its_cache() -> None:
    assert graded(matches(scale), layers, scale_forward=lambda x, g: (g * np.tanh(x), object())).earned
    outcome = graded(matches(scale), layers, scale_forward=lambda x, g: (g + np.tanh(x), None))
    assert why(outcome) == ("value", "`out` of scale_forward on a batch")


def test_matches_tells_a_missing_function_and_an_unwritten_one() -> None:
    topic = Topic("Miniature", waves, [Row("row", 1, "right", matches(wave))])
    nothing = Live({"waves": RIGHT["wave"]})
    (outcome,) = outcomes(topic, nothing)
    assert why(outcome) == ("missing", "")
    assert "`waves`" in lost(outcome)

    def unwritten(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("wave")

    assert graded(matches(wave), waves, wave=unwritten).status is Status.RAISED


def test_a_reference_that_raises_makes_the_row_void_and_no_zero() -> None:
    class Broken(NumpyTruth):
        def run(self, plan: Plan) -> list[Truth]:
            raise ZeroDivisionError("in the reference")

    topic, student = Topic("Miniature", waves, [Row("row", 1, "right", matches(wave))]), Live(RIGHT)
    (outcome,) = outcomes(topic, student, Broken())
    assert outcome.status is Status.VOID


# -------------------------------------------------------------------------------------------------------------- pure


def test_pure_is_earned_by_functions_that_leave_no_trace() -> None:
    assert graded(pure(wave, wave_slope), waves).earned
    assert graded(pure(scale), layers).earned


def test_pure_names_the_argument_that_changed() -> None:
    def careless(x: np.ndarray, a: float, **_: float) -> Any:
        x *= a
        return np.sin(x + 0.5).sum()

    outcome = graded(pure(wave), waves, wave=careless)
    assert why(outcome) == ("argument-changed", "wave")
    assert "`x`" in lost(outcome)


def test_pure_sees_dout_and_what_forward_was_given() -> None:
    def into_dout(dout: np.ndarray, cache: Any) -> Any:
        result = right_backward(dout.copy(), cache)
        dout *= 0
        return result

    def into_x(dout: np.ndarray, cache: Any) -> Any:
        result = right_backward(dout, (cache[0].copy(), cache[1]))
        cache[0][:] = np.sign(cache[0]) * np.abs(cache[0])
        cache[0][0, 0] += 1
        return result

    assert "its argument `dout`" in lost(graded(pure(scale), layers, scale_backward=into_dout))
    assert "the argument `x` of scale_forward" in lost(graded(pure(scale), layers, scale_backward=into_x))


def test_pure_sees_another_answer_to_the_same_question() -> None:
    outcome = graded(pure(wave), waves, wave=lambda x, a, **_: np.random.normal())
    assert why(outcome) == ("not-repeatable", "wave, asked twice")


def test_a_cache_is_the_students_own_to_change() -> None:
    def forward(x: np.ndarray, g: np.ndarray) -> Any:
        return g * np.tanh(x), {"x": x.copy(), "g": g, "asked": 0}

    def backward(dout: np.ndarray, cache: Any) -> Any:
        cache["asked"] += 1
        return right_backward(dout, (cache["x"], cache["g"]))

    assert graded(pure(scale), layers, scale_forward=forward, scale_backward=backward).earned


# ------------------------------------------------------------------------------------------------------------- cheap


class Clocked(Live):
    """An implementation whose functions say what they cost: no test waits for a real clock."""

    def __init__(self, forward: float, backward: float) -> None:
        self.clock = 0.0
        super().__init__(
            {
                "scale_forward": self.spending(forward, right_forward),
                "scale_backward": self.spending(backward, right_backward),
            }
        )

    def spending(self, seconds: float, function: Callable[..., Any]) -> Callable[..., Any]:
        def spend(*args: Any) -> Any:
            self.clock += seconds
            return function(*args)

        return spend

    def cpu_seconds(self) -> float:
        return self.clock


def test_a_backward_that_computes_nothing_is_not_cheap() -> None:
    student = Clocked(0.5, 0.5)
    student.world = {**student.world, "scale_backward": lambda dout, cache: (dout * 0, dout[0] * 0)}
    [outcome] = outcomes(Topic("Miniature", layers, [Row("row", 1, "cheap", cheap(scale, on=layers))]), student)
    assert why(outcome) == ("dead", "scale_backward on a batch")


def cost(forward: float, backward: float) -> Outcome:
    topic = Topic("Miniature", layers, [Row("row", 1, "cheap", cheap(scale, on=layers))])
    student = Clocked(forward, backward)
    return outcomes(topic, student)[0]


def test_a_backward_that_costs_a_few_forwards_is_cheap() -> None:
    assert cost(forward=0.5, backward=1.5).earned
    assert cost(forward=0.1, backward=1.95).earned


def test_a_backward_that_costs_many_forwards_is_not_cheap() -> None:
    assert why(cost(forward=0.01, backward=3)) == ("cost", "scale_backward on a batch")


def test_a_backward_of_milliseconds_is_cheap_whatever_its_ratio() -> None:
    assert cost(forward=1e-6, backward=0.04).earned


# ------------------------------------------------------------------------------------------------------------- holds


def is_odd(trial: Trial, case: dict[str, Any]) -> str | None:
    there, back = trial.call(wave, **case), trial.call(wave, **{**case, "x": -case["x"]})
    return None if there == -back else f"f(x) is {there:.3g} and f(−x) {back:.3g}"


def agrees(trial: Trial, case: dict[str, Any]) -> str | None:
    return None if trial.call(wave, **case) == pytest.approx(trial.expected(wave, **case)) else "they disagree"


def test_holds_is_earned_where_the_claim_finds_nothing() -> None:
    assert graded(holds(is_odd, wave), waves, wave=lambda x, a, **_: x.sum()).earned
    assert graded(holds(agrees, wave), waves).earned


def test_holds_says_of_a_missing_function_no_more_than_that() -> None:
    topic = Topic("Miniature", waves, [Row("row", 1, "right", holds(is_odd, wave))])
    nothing = Live({})
    (outcome,) = outcomes(topic, nothing)
    assert why(outcome) == ("missing", "")


def test_holds_loses_with_the_sentence_of_the_claim() -> None:
    outcome = graded(holds(is_odd, wave), waves)
    assert why(outcome) == ("claim", "wave on a few points")
    assert "they disagree" in lost(graded(holds(agrees, wave), waves, wave=lambda x, a, **_: 0.0))


def test_a_claim_that_raises_wrong_loses_with_its_own_evidence() -> None:
    def claim(trial: Trial, case: dict[str, Any]) -> None:
        raise Wrong("wave", "is wrong in its own way", got=1)

    outcome = graded(holds(claim, wave), waves)
    assert lost(outcome) == "wave on a few points: is wrong in its own way"


@pytest.mark.parametrize("answer", [None, "text", {}, [[1], [1, 2]]])
def test_an_answer_of_another_form_loses_the_row_before_a_claim_sees_it(answer: Any) -> None:
    outcome = graded(holds(is_odd, wave), waves, wave=lambda x, a, **_: answer)
    assert why(outcome) == ("form", "wave on a few points")


def test_a_claim_that_raises_makes_the_row_void() -> None:
    def claim(trial: Trial, case: dict[str, Any]) -> None:
        raise KeyError("oops")

    assert graded(holds(claim, wave), waves).status is Status.VOID


# ------------------------------------------------------------------------------------------------------ rows together


def test_a_row_whose_needs_are_not_met_is_withheld_and_says_why() -> None:
    rows = [
        Row("wave", 2, "the wave is right", matches(wave)),
        Row("pure", 1, "x is left alone", pure(wave), needs="wave"),
    ]
    outcomes = graded_rows(rows, waves, wave=lambda x, a, **_: 0.0)
    assert outcomes[1].status is Status.WITHHELD
    assert verdicts(outcomes, ())[1].message == "not asked until 'the wave is right' is earned"


def test_every_row_draws_the_same_cases_and_chance_of_its_own() -> None:
    topic, student = Topic("Miniature", waves, []), Live(RIGHT)
    one, same, other = (
        seeded_trials(topic, student, NumpyTruth(), seed)(Row(row, 1, row, matches(wave)))
        for seed, row in [(1, "a"), (1, "b"), (2, "a")]
    )
    assert np.array_equal(one.cases()[0][1]["x"], same.cases()[0][1]["x"])
    assert not np.array_equal(one.cases()[0][1]["x"], other.cases()[0][1]["x"])
    draws = [trial.normal((3,)) for trial in (one, same, other, one.branch("first"))]
    assert len({draw.tobytes() for draw in draws}) == 4
    again = seeded_trials(topic, student, NumpyTruth(), 1)(Row("a", 1, "a", matches(wave))).normal((3,))
    assert np.array_equal(again, draws[0])


def nested(rng: np.random.Generator) -> Any:
    yield "a few points", sample(wave, rng, n=5) | {"batches": [rng.integers(5, size=2), [1.0]]}


def test_cases_are_drawn_once_and_each_row_has_its_own() -> None:
    drawn_by = []

    def counted(rng: np.random.Generator) -> Any:
        drawn_by.append(rng)
        yield from nested(rng)

    trial = seeded_trials(Topic("Miniature", counted, []), Live(RIGHT), NumpyTruth(), 1)
    trials = [trial(Row(row, 1, row, matches(wave))) for row in "ab"]
    [(_, first)] = trials[0].cases()
    first["x"][:] = 0
    first["batches"][0][:] = 7
    first["batches"][1].append(2.0)
    del first["a"]
    [(_, second)] = trials[1].cases()
    [(_, fresh)] = nested(np.random.default_rng(1))
    assert len(drawn_by) == 1
    assert second.keys() == fresh.keys()
    assert np.array_equal(second["x"], fresh["x"])
    assert np.array_equal(second["batches"][0], fresh["batches"][0])
    assert second["batches"][1] == [1.0]


def test_large_cases_are_drawn_for_each_row_and_kept_for_none() -> None:
    drawn_by = []

    def large(rng: np.random.Generator) -> Any:
        drawn_by.append(rng)
        yield "many points", sample(wave, rng, n=100_000)

    trial = seeded_trials(Topic("Miniature", large, []), Live(RIGHT), NumpyTruth(), 1)(Row("a", 1, "a", matches(wave)))
    [(_, first)] = trial.cases()
    first["x"][:] = 0
    draws = len(drawn_by)
    [(_, second)] = trial.cases()
    assert len(drawn_by) == draws + 1
    assert second["x"].all()


def spoiling(trial: Trial, case: dict[str, Any]) -> None:
    """A claim that holds, and changes what it was given."""
    trial.call(wave, **case)
    case["x"][:] = 1e300
    case["a"] = float("nan")


def spoiled_wave(x: np.ndarray, a: float, *, shift: float = 0.5) -> Any:
    answer = RIGHT["wave"](x, a, shift=shift)
    x[:] = 1e300
    return answer


def test_neither_a_check_nor_a_student_that_changes_arguments_spoils_the_next_row() -> None:
    rows = [
        Row("before", 1, "the wave is right", matches(wave)),
        Row("spoils", 1, "a claim holds", holds(spoiling, wave)),
        Row("after", 1, "the wave is right", matches(wave)),
        Row("pure", 1, "x is left alone", pure(wave)),
        Row("last", 1, "the wave is right", matches(wave)),
    ]
    assert [o.status for o in graded_rows(rows, waves)] == [Status.EARNED] * 5
    spoiled = graded_rows(rows, waves, wave=spoiled_wave)
    assert {o.row.id for o in spoiled if not o.earned} == {"pure"}
    assert why(spoiled[3]) == ("argument-changed", "wave")


def test_numpy_does_not_warn_where_a_claim_computes_with_the_infinities_of_a_submission(
    recwarn: pytest.WarningsRecorder,
) -> None:
    def sums(trial: Any, case: Any) -> str | None:
        found = trial.call(wave, **case)
        return None if found - found == 0 else "it is not finite"

    outcome = graded(holds(sums, wave), waves, wave=lambda x, a, *, shift=0.5: np.inf)
    assert "it is not finite" in lost(outcome)
    assert [str(warning.message) for warning in recwarn] == []
