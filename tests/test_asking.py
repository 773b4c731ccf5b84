"""Every check asks a function, a layer or a script in the same way: what is earned, what is lost, and what is said of it."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Count,
    Script,
    Trial,
    asking,
    band,
    composition,
    either,
    follows,
    gradient,
    holds,
    matches,
    perform,
    pure,
    run,
    statistical,
)
from grader.errors import Lacks, TopicError, Wrong
from grader.inside.plan import Plan
from grader.inside.wire import Seeded
from grader.judging.evaluate import evaluate
from grader.judging.verdicts import evidence_of
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.asking import Backward
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Opaque, Reals, sample
from grader.truth.trials import seeded_trials
from support.miniature import (
    RIGHT,
    RightWalker,
    Walker,
    descend,
    graded,
    graded_rows,
    layers,
    lost,
    right_descend,
    right_forward,
    scale,
    wave,
    wave_slope,
    waves,
    why,
)

Told = Iterator[tuple[str, Any]]


def goals(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a goal", {"goal": 3 * rng.normal(size=3), "w": rng.normal(size=3), "rng": Seeded(int(rng.integers(1 << 60)))}


def the_walk(world: Any, case: Mapping[str, Any]) -> Told:
    walker = world.Walker(case["goal"], case["rng"])
    yield "the path", walker.walk(steps=20)
    yield "where it ends", walker.w


def the_height(world: Any, case: Mapping[str, Any]) -> Told:
    yield "the height at w", world.Walker(case["goal"], case["rng"]).height(case["w"])


def the_slope(world: Any, case: Mapping[str, Any]) -> Told:
    yield "the slope at w", world.Walker(case["goal"], case["rng"]).slope(case["w"])


WALK, HEIGHT, SLOPE = (Script(story, Walker) for story in (the_walk, the_height, the_slope))


class Sloppy(RightWalker):
    """Its slope is half of what it should be, and its height goes with it."""

    def height(self, w: np.ndarray) -> float:
        return super().height(w) / 2

    def slope(self, w: np.ndarray) -> np.ndarray:
        return super().slope(w) / 2


# -------------------------------------------------------------------------------------------------- what is asked


def test_a_function_is_asked_with_the_arguments_that_a_case_has() -> None:
    plan, [(_, case)] = Plan(), [*waves(np.random.default_rng(0))][:1]
    [answer] = asking(wave).ask(plan, {**case, "other": 1})
    assert (answer.label, answer.shape, answer.kind) == ("wave", (), "f")
    assert [step.name for step in plan.steps] == ["wave"]


def test_a_layer_is_asked_for_its_forward_and_only_for_what_is_no_secret() -> None:
    [(_, case), *_] = layers(np.random.default_rng(0))
    [answer] = asking(scale).ask(Plan(), case)
    assert (answer.label, answer.shape, answer.name) == ("`out` of scale_forward", (4, 3), "out")


def test_a_backward_is_asked_behind_its_forward() -> None:
    [(_, case), *_] = layers(np.random.default_rng(0))
    plan = Plan()
    dx, dg = Backward(scale).ask(plan, {**case, "dout": np.ones((4, 3))})
    assert [step.name for step in plan.steps] == ["scale_forward", "scale_backward"]
    assert (dx.shape, dg.shape) == ((4, 3), (3,))
    with pytest.raises(Lacks, match="`dout` is asked for, which the case has not"):
        Backward(scale).ask(Plan(), case)


def test_a_script_is_asked_for_what_it_yields() -> None:
    [(_, case)] = goals(np.random.default_rng(0))
    answers = WALK.ask(Plan(), case)
    assert [(answer.label, answer.shape) for answer in answers] == [("the path", None), ("where it ends", None)]
    assert (WALK.name, WALK.quoted) == ("Walker", "`Walker`")


def test_a_class_is_not_asked_without_a_script() -> None:
    with pytest.raises(TopicError, match="Walker is an Object: it is asked by a script"):
        asking(Walker)


# ------------------------------------------------------------------------------------------------ matches, follows


def test_matches_takes_a_script_as_follows_does() -> None:
    for check in (matches(WALK), follows(WALK), follows(the_walk, Walker)):
        assert graded(check, goals).earned
        assert why(graded(check, goals, Walker=Sloppy)) == ("value", "the path on a goal")


def test_nan_where_it_is_right_is_earned_by_nan_and_lost_by_a_number() -> None:
    right = {**RIGHT, "wave": lambda x, a, *, shift=0.5: np.nan if shift < 0 else np.sin(a * x + shift).sum()}
    assert graded(matches(wave), waves, right=right).earned
    assert lost(graded(matches(wave), waves, right=right, wave=RIGHT["wave"])).endswith(", expected nan")
    assert why(graded(matches(wave), waves, right=right, wave=lambda x, a, *, shift=0.5: np.nan))[0] == "not-finite"


def stakes(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "three stakes", {"goal": np.array([1.0, 2.0, 3.0]), "rng": Seeded(1), "stakes": ["north", "east", "south"]}


def test_a_script_names_entries_of_its_answers_by_the_labels_of_the_case() -> None:
    class Short(RightWalker):
        def slope(self, w: np.ndarray) -> np.ndarray:
            return super().slope(w) * [1, 0, 1]

    def slopes(world: Any, case: Mapping[str, Any]) -> Told:
        walker = world.Walker(case["goal"], case["rng"])
        yield "the height", walker.height(np.zeros(3))
        yield "the slope", walker.slope(np.zeros(3))

    check = follows(slopes, Walker, labels="stakes")
    assert graded(check, stakes).earned
    outcome = graded(check, stakes, Walker=Short)
    assert lost(outcome) == "the slope on three stakes: “east” is 0, expected -4"
    assert evidence_of(outcome)["label"] == "east"
    assert "entry [1] is 0" in lost(graded(follows(slopes, Walker), stakes, Walker=Short))
    missing = graded(follows(slopes, Walker, labels="poles"), stakes)
    assert missing.status is Status.VOID
    assert "follows(labels='poles'): the case has 'goal', 'rng', 'stakes', but not that" in str(missing.error)


# ------------------------------------------------------------------------------------------- holds, statistical


def test_a_claim_asks_a_script_through_call_and_perform() -> None:
    def comes_near(trial: Trial, case: dict[str, Any]) -> str | None:
        path, end = trial.call(WALK, **case)
        assert np.array_equal(path, perform(trial, the_walk, case, Walker)[0])
        away = float(np.abs(end - case["goal"]).max())
        return None if away < 0.1 and path[-1] == away else f"the walk ends {away:.3g} away"

    check = holds(comes_near, WALK)
    assert [target.name for target in check.functions] == ["Walker"]
    assert graded(check, goals).earned
    assert "Walker on a goal: the walk ends " in lost(graded(check, goals, Walker=Sloppy))


def test_a_script_of_one_answer_is_called_like_a_function_of_one() -> None:
    def is_a_number(trial: Trial, case: dict[str, Any]) -> str | None:
        height = trial.call(HEIGHT, **case)
        return None if height.shape == () and height.dtype == np.float64 else "no number"

    assert graded(holds(is_a_number, HEIGHT), goals).earned


def test_chance_is_counted_in_what_a_script_yields() -> None:
    def many(world: Any, case: Mapping[str, Any]) -> Told:
        rng = world.let(case["rng"])
        for _ in range(400):
            yield "a start", world.Walker(case["goal"], rng).w

    starts = Script(many, Walker)

    def positive(trial: Trial, case: dict[str, Any]) -> Count:
        signs = np.concatenate(trial.call(starts, **case)) > 0
        return Count(int(signs.sum()), signs.size, 0.5, "starts are positive")

    class Lopsided(RightWalker):
        def __init__(self, goal: np.ndarray, rng: np.random.Generator) -> None:
            super().__init__(goal, rng)
            self.w = np.abs(self.w)

    assert graded(statistical(positive, starts), goals).earned
    assert "1,200 of 1,200 starts are positive" in lost(graded(statistical(positive, starts), goals, Walker=Lopsided))


# --------------------------------------------------------------------------------------------------- band and run


def measure(case: Mapping[str, Any], answer: Any) -> Mapping[str, Any]:
    path, end = answer
    return {"the distance": np.abs(end - case["goal"]).max(), "curve": path}


def test_a_band_judges_a_training_that_an_object_does() -> None:
    check = band(WALK, measure, of=["the distance"], ensemble="walks")
    outcome = graded(check, goals)
    assert outcome.earned
    assert outcome.exhibits["curve"]["series"][0]["name"] == "yours"
    assert why(graded(check, goals, Walker=Sloppy)) == ("outside-band", "Walker on a goal")


def steps(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "eight slopes", {"slopes": rng.normal(size=(8, 5)), "w": np.zeros(5)}


def stepping(world: Any, case: Mapping[str, Any]) -> Told:
    w, state = case["w"], dict[str, Any]()
    for slope in case["slopes"]:
        w, state = world.descend(w, slope, state)
    yield "w", w


def test_a_run_is_held_to_checkpoints_of_a_script() -> None:
    check = run(Script(stepping, descend), at=(1, 4, 8), along="slopes")
    assert graded(check, steps).earned
    forgetful: Any = lambda w, dw, state, **hyper: right_descend(w, dw, {}, **hyper)  # noqa: E731
    assert why(graded(check, steps, descend=forgetful)) == ("value", "w after 4 of 8 steps on eight slopes")


# ----------------------------------------------------------------------------------------------------------- pure


def test_pure_asks_a_story_of_objects_twice() -> None:
    assert graded(pure(WALK, HEIGHT), goals).earned

    class Greedy(RightWalker):
        def walk(self, *, steps: int = 20, lr: float = 0.1) -> np.ndarray:
            self.goal *= 0
            return super().walk(steps=steps, lr=lr)

    outcome = graded(pure(WALK, HEIGHT), goals, Walker=Greedy)
    assert why(outcome) == ("argument-changed", "Walker")
    assert "`goal`" in lost(outcome)

    class Moody(RightWalker):
        def height(self, w: np.ndarray) -> float:
            return float(np.random.normal())

    assert lost(graded(pure(WALK, HEIGHT), goals, Walker=Moody)).startswith(
        "the height at w, asked twice: the value is "
    )


def test_pure_sees_an_array_that_a_script_shares_or_puts_into_a_list() -> None:
    def shared(world: Any, case: Mapping[str, Any]) -> Told:
        x = world.let(case["x"])
        yield "twice", world.wave(x, 0.5) + world.wave(x, 0.5)

    def careless(x: np.ndarray, a: float, *, shift: float = 0.5) -> float:
        x += 1
        return float(x.sum())

    assert graded(pure(Script(shared, wave)), waves).earned
    assert why(graded(pure(Script(shared, wave)), waves, wave=careless)) == ("argument-changed", "wave")


def both(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "points", sample(wave, rng, n=5)
    yield "a batch", sample(scale, rng, n=4, d=3)


def test_pure_asks_each_on_the_first_case_that_has_its_arguments() -> None:
    assert graded(pure(wave, scale, HEIGHT, on=lambda rng: [*both(rng), *goals(rng)]), both).earned

    def careless(x: np.ndarray, g: np.ndarray) -> Any:
        answer = right_forward(np.array(x), g)
        g *= 2
        return answer

    outcome = graded(pure(wave, scale), both, scale_forward=careless)
    assert why(outcome) == ("argument-changed", "scale_forward")
    assert "`g`" in lost(outcome)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (scale, "no case is one for scale_forward: scale_forward takes `x` and `g`, which the case has not (it has: goal, w, rng)"),
        (Backward(scale), "no case is one for scale_backward: scale_forward takes `x` and `g`, which the case has not"),
        (Script(stepping, wave), "no case is one for wave: `slopes` is asked for, which the case has not"),
    ],
)  # fmt: skip
def test_pure_says_which_argument_no_case_has(asked: Any, said: str) -> None:
    outcome = graded(pure(HEIGHT, asked), goals)
    assert (outcome.status, type(outcome.error)) == (Status.VOID, TopicError)
    assert said in str(outcome.error)


# ------------------------------------------------------------------------------------------ gradient, composition

OWN_SLOPE = gradient(of=HEIGHT, by=SLOPE, wrt="w")


def test_the_slope_of_a_script_is_that_of_another_scripts_number() -> None:
    assert graded(OWN_SLOPE, goals).earned

    class Downhill(RightWalker):
        def slope(self, w: np.ndarray) -> np.ndarray:
            return -super().slope(w)

    outcome = graded(OWN_SLOPE, goals, Walker=Downhill)
    assert why(outcome) == ("slope", "the slope at w on a goal")
    assert "your `Walker` changes" in lost(outcome)


def test_a_slope_follows_from_the_students_own_number_by_script() -> None:
    rows = [
        Row("height", 1, "the height is right", matches(HEIGHT)),
        Row("slope", 1, "the slope is right", either(matches(SLOPE), OWN_SLOPE)),
    ]
    height, slope = graded_rows(rows, goals, Walker=Sloppy)
    assert (height.status, slope.status) == (Status.LOST, Status.EARNED)
    assert slope.follow is not None
    assert slope.follow.own == "`Walker`"


def test_nothing_follows_from_a_number_that_does_not_change() -> None:
    class Dead(RightWalker):
        def height(self, w: np.ndarray) -> float:
            return 1.0

        def slope(self, w: np.ndarray) -> np.ndarray:
            return 0 * w

    rows = [
        Row("height", 1, "the height is right", matches(HEIGHT)),
        Row("slope", 1, "the slope is right", either(matches(SLOPE), OWN_SLOPE)),
    ]
    assert [o.status for o in graded_rows(rows, goals, Walker=Dead)] == [Status.LOST, Status.LOST]


def test_a_gradient_of_an_array_that_a_script_yields_is_refused_by_its_shape() -> None:
    assert why(graded(gradient(of=SLOPE, by=SLOPE, wrt="w"), goals))[0] == "shape"


def test_what_a_gradient_is_behind_may_be_asked_for_more() -> None:
    seen: list[Any] = []

    def behind(own: Any, case: Mapping[str, Any]) -> bool:
        seen.append(own(**case))
        return own(**{**case, "a": 0.0}) < 2

    half: Any = lambda x, a, *, shift=0.5: np.sin(a * x + shift).sum() / 2  # noqa: E731
    slope: Any = lambda x, a, *, shift=0.5: a * np.cos(a * x + shift) / 2  # noqa: E731
    rows = [
        Row("wave", 1, "right", matches(wave)),
        Row("slope", 1, "right", either(matches(wave_slope), gradient(wave, wave_slope, behind=behind))),
    ]
    assert graded_rows(rows, waves, wave=half, wave_slope=slope)[1].earned
    assert seen
    more: Any = lambda x, a, *, shift=0.5: half(x, a, shift=shift) + 9  # noqa: E731
    assert graded_rows(rows, waves, wave=more, wave_slope=slope)[1].status is Status.LOST


def test_a_script_may_be_what_another_script_makes() -> None:
    def by_hand(world: Any, case: Mapping[str, Any]) -> Told:
        walker = world.Walker(case["goal"], case["rng"])
        w = walker.w
        for _ in range(20):
            w = w - 0.1 * walker.slope(w)
        yield "where it ends", w

    def the_end(world: Any, case: Mapping[str, Any]) -> Told:
        walker = world.Walker(case["goal"], case["rng"])
        walker.walk(steps=20)
        yield "where it ends", walker.w

    end_of = Script(the_end, Walker)
    rows = [
        Row("slope", 1, "the slope is right", matches(SLOPE)),
        Row("end", 1, "the walk is right", either(matches(end_of), composition(end_of, by_hand, Walker))),
    ]
    assert all(o.earned and not o.follow for o in graded_rows(rows, goals))
    slope, end = graded_rows(rows, goals, Walker=Sloppy)
    assert (slope.status, end.status) == (Status.LOST, Status.EARNED)
    assert end.follow is not None


# ------------------------------------------------------------------------------------- what `trial.call` promises


def pair(x: Reals["n"], k: Opaque) -> {"a": Reals["n"], "b": Reals["n 2"], "rest": Opaque}: ...


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((np.ones(3, np.float32), np.ones((3, 2)), 0), "`a` of pair on c: the answer is float32, expected float64: keep the"),
        ((np.ones(3), np.ones((3, 2), np.float16), 0), "`b` of pair on c: the answer is float16, expected float64: keep the"),
        ((np.ones(3), np.ones(3), 0), "`b` of pair on c: the shape is (3,), expected (3, 2)"),
        ((np.ones((3, 2)), np.ones(3), 0), "and that is the shape of `b`: are they returned in another order?"),
        ((np.ones(3), "b", 0), "`b` of pair on c: returned a str, expected an array of shape (3, 2)"),
        ((np.ones(3) * 1j, np.ones((3, 2)), 0), "pair on c: returned something else: an array of dtype complex128"),
    ],
)  # fmt: skip
def test_exact_gives_a_claim_nothing_of_another_form_or_precision(answer: Any, said: str) -> None:
    def never(trial: Trial, case: dict[str, Any]) -> None:
        trial.exact(pair, **case)
        pytest.fail("the answer came through")

    topic = Topic("Pairs", lambda rng: [("c", {"x": np.ones(3), "k": 0})], [Row("row", 1, "c", holds(never, pair))])
    student = Live({"pair": lambda x, k: answer})
    [outcome] = evaluate(topic, student, seeded_trials(topic, student, None, 0))  # type: ignore[arg-type]
    assert isinstance(outcome.error, Wrong)
    assert said in str(outcome.error)


@pytest.mark.parametrize("kind", [int, bool, list, np.float64])
def test_call_gives_real_numbers_as_float64_whatever_they_came_as(kind: Any) -> None:
    def is_float(trial: Trial, case: dict[str, Any]) -> str | None:
        a, b = trial.call(pair, **case)
        return None if a.dtype == b.dtype == np.float64 and (a.shape, b.shape) == ((3,), (3, 2)) else f"{a}, {b}"

    made = [1, 0, 1] if kind is list else np.array([1, 0, 1], kind)
    topic = Topic("Pairs", lambda rng: [("c", {"x": np.ones(3), "k": 0})], [Row("row", 1, "c", holds(is_float, pair))])
    student = Live({"pair": lambda x, k: (made, np.ones((3, 2), int), None)})
    [outcome] = evaluate(topic, student, seeded_trials(topic, student, None, 0))  # type: ignore[arg-type]
    assert outcome.earned, outcome
