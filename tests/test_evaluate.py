"""From checks to verdicts: what each outcome is called, what waits for what, and what a follow-through is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from grader.bundle.inputs import RecordedInputs
from grader.checks import Check, FollowThrough, Trial
from grader.errors import Died, GraderError, Raised, TimedOut, TopicError, Wrong
from grader.inside.plan import Plan
from grader.judging.evaluate import evaluate, evaluate_on_seed
from grader.judging.mistakes import Known, same
from grader.judging.outcome import Outcome
from grader.judging.verdicts import verdicts
from grader.result import Hint, Status, Verdict
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Function
from grader.truth.record import Recorded
from grader.truth.trials import round_seed

STUDENT = Live({})


def empty(row: Row) -> Trial:
    """A trial that knows nothing."""
    return Trial(STUDENT, Recorded([]), RecordedInputs({}, row.id))


class Claim(Check):
    """A check that does what it is told."""

    def __init__(self, *names: str, does: Any = None) -> None:
        self.functions, self.does, self.asked = tuple(Function(name, (), (), "") for name in names), does, 0

    def __call__(self, trial: Any) -> Any:
        self.asked += trial.student is STUDENT
        if isinstance(self.does, Exception):
            raise self.does
        return self.does


def topic(*rows: Row) -> Topic:
    return Topic("A topic", lambda rng: iter(()), rubric=rows)


def outcomes(*rows: Row, **options: Any) -> dict[str, Outcome]:
    return {o.row.id: o for o in evaluate(topic(*rows), STUDENT, empty, **options)}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, Status.EARNED),
        (Wrong("f", "is wrong"), Status.LOST),
        (Raised("ValueError", "x"), Status.RAISED),
        (TimedOut("slow"), Status.TIMEOUT),
        (Died("gone"), Status.DIED),
        (GraderError("ours"), Status.VOID),
        (TopicError("ours"), Status.VOID),
        (MemoryError(), Status.VOID),
        (ZeroDivisionError("a bug in a check"), Status.VOID),
    ],
    ids=repr,
)
def test_each_outcome_of_a_check_has_a_status(error: Exception | None, status: Status) -> None:
    assert outcomes(Row("a", 1, "a", Claim("f", does=error)))["a"].status is status


def test_a_row_waits_for_those_it_needs_and_is_not_asked() -> None:
    second, third = Claim("f"), Claim("f")
    found = evaluate(
        topic(
            Row("a", 1, "the first", Claim("f", does=Wrong("f", "is wrong"))),
            Row("b", 2, "the second", second, needs="a"),
            Row("c", 3, "the third", third, needs="b"),
        ),
        STUDENT,
        empty,
    )
    rows = verdicts(found, [])
    assert [row.status for row in rows] == [Status.LOST, Status.WITHHELD, Status.WITHHELD]
    assert [row.message for row in rows[1:]] == [
        "not asked until 'the first' is earned",
        "not asked until 'the second' is earned",
    ]
    assert (second.asked, third.asked) == (0, 0)


def test_only_named_rows_are_asked() -> None:
    rows = [Row(name, 1, name, Claim("f")) for name in "abc"]
    assert list(outcomes(*rows, rows=["c", "a"])) == ["a", "c"]


class Large(Claim):
    """A claim about an array of `size` numbers, which notes in `asked` when it is made."""

    def __init__(self, size: int, asked: list[int]) -> None:
        super().__init__("f")
        self.size, self.order = size, asked

    def __call__(self, trial: Trial) -> None:
        drawn = trial.normal((self.size,))
        plan = Plan()
        plan.want(*plan.call("f", drawn))
        trial.student.run(plan)
        self.order.append(self.size)


def test_small_inputs_are_asked_before_large_ones_whatever_their_order_on_the_page() -> None:
    asked: list[int] = []
    rows = [
        Row("large", 1, "large", Large(100_000, asked)),
        Row("hidden", 1, "hidden", Large(1, asked), hidden=True),
        Row("middle", 1, "middle", Large(10_000, asked)),
        Row("after", 1, "needs the middle", Large(2, asked), needs="middle"),
        Row("small", 1, "small", Large(10, asked)),
    ]
    student = Live({"f": lambda x: 0.0})
    found = evaluate_on_seed(topic(*rows), student, Recorded([]), seed=0)
    assert asked == [10, 10_000, 2, 100_000, 1]
    assert [o.row.id for o in found] == [row.id for row in rows]


FOLLOWS = FollowThrough("`f`", frozenset(["f"]), Wrong("g", "is wrong"))


@pytest.mark.parametrize(
    ("forward", "known", "earned"),
    [
        (Wrong("f", "is wrong"), [], 2),
        (Wrong("f", "is wrong"), ["the mistake"], 4),
        (Raised("ValueError", "x"), [], 0),
        (None, [], 0),
    ],
)
def test_a_follow_through_is_worth_what_the_fault_before_it_explains(
    forward: Exception | None, known: list[str], earned: float
) -> None:
    first = Row("f", 3, "the function is right", Claim("f", does=forward))
    second = Row("g", 4, "its gradient is right", Claim("g", does=FOLLOWS))
    found = evaluate(topic(first, second), STUDENT, empty)
    mistakes = [Known(Hint(name, "say"), [Outcome(first, Status.LOST, forward)]) for name in known]
    assert verdicts(found, mistakes)[1].earned == earned


def followed(*lost: Row, known: Sequence[str]) -> Verdict:
    """What is said of a row that follows `f`, behind these rows; of those in `known` the mistake is one that we know."""
    rows = [*lost, Row("g", 4, "its gradient is right", Claim("g", does=FOLLOWS))]
    found = evaluate(topic(*rows), STUDENT, empty)
    mistakes = [Known(Hint(f"mistake in {o.row.id}", "say"), [o]) for o in found if o.row.id in known]
    return verdicts(found, mistakes)[-1]


def test_a_known_mistake_does_not_pardon_another_that_nobody_knows() -> None:
    """A second mistake must not raise the score."""
    one, other = (Row(name, 3, f"{name} is right", Claim("f", does=Wrong("f", f"{name} is wrong"))) for name in "ab")
    assert followed(one, other, known="a").earned == 2
    both = followed(one, other, known="ab")
    assert (both.earned, both.message) == (
        4,
        "right for your own `f`, whose fault (mistake in a and mistake in b) cost 'a is right' and 'b is right' already",
    )


def named(student: Sequence[Exception | None], *mistakes: Sequence[Exception | None]) -> list[str]:
    """The mistake that is named for each row of a student, "" for none; a program is given by what each of its rows says."""
    rows = [Row(name, 1, name, Claim("f", does=error)) for name, error in zip("abcdef", student, strict=False)]
    known = [
        Known(
            Hint(f"mistake {i}", "say"),
            [
                Outcome(row, Status.EARNED if e is None else Status.LOST, e)
                for row, e in zip(rows, program, strict=True)
            ],
        )
        for i, program in enumerate(mistakes)
    ]
    return [v.mistake.name if v.mistake else "" for v in verdicts(evaluate(topic(*rows), STUDENT, empty), known)]


def wrong(*answer: float) -> Wrong:
    return Wrong("f", "is wrong", [*answer])


def test_a_kept_row_refutes_a_mistake_that_loses_it() -> None:
    assert named([wrong(0, 2.137), None], [wrong(0, 2.137), wrong(0, 2.137)]) == ["", ""]


def test_a_lost_row_with_another_answer_refutes_a_mistake_unless_another_one_explains_it() -> None:
    student, one, other = [wrong(1.37), wrong(2.37)], [wrong(1.37), None], [None, wrong(2.37)]
    assert named(student, one) == ["", ""]
    assert named(student, one, other) == ["mistake 0", "mistake 1"]


@pytest.mark.parametrize(("answer", "proves"), [((np.nan, 1.0), False), ((0.0, 0.5), False), ((0.0, 2.137), True)])
def test_round_numbers_and_nan_name_a_mistake_only_where_all_that_was_lost_is_explained(
    answer: tuple[float, ...], proves: bool
) -> None:
    one, other = [wrong(*answer), None, wrong(1.11)], [wrong(9.9), wrong(2.37), wrong(3.33)]
    assert named([wrong(*answer), None], one[:2]) == ["mistake 0", ""]
    both = [wrong(*answer), wrong(2.37)]
    assert named(both, [both[0], None], [None, both[1]]) == ["mistake 0", "mistake 1"]
    unknown = [*both, wrong(7.77)]
    found = named(unknown, [*both, None], [None, None, other[2]])
    assert found == ["", "", ""]
    explained = named([*both, wrong(3.33)], [both[0], both[1], wrong(1.11)], [None, None, wrong(3.33)])
    assert explained == ["mistake 0", "mistake 0", "mistake 1"]
    assert bool(proves) is (answer[1] == 2.137)


def test_a_special_case_of_what_is_right_otherwise_is_not_to_blame() -> None:
    right, special = (
        Row("a", 1, "it is right", Claim("f")),
        Row("far", 1, "far out, too", Claim("f", does=Wrong("f", "is nan")), needs="a"),
    )
    half = Row("b", 1, "the other half is right", Claim("f", does=wrong(2.37)))
    assert followed(right, special, half, known="b").message.endswith(
        "(mistake in b) cost 'the other half is right' already"
    )
    assert followed(right, special, known="far").message.endswith("(mistake in far) cost 'far out, too' already")


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (Wrong("f", "x", 1.0), Wrong("f", "y", 1.0 + 1e-12), True),
        (Wrong("f", "x", 1.0), Wrong("f", "x", 1.001), False),
        (Wrong("f", "x", 1.0), Wrong("g", "x", 1.0), False),
        (Wrong("f", "x", [1.0]), Wrong("f", "x", [1.0, 1.0]), False),
        (Wrong("f", "x", float("nan")), Wrong("f", "x", float("nan")), True),
        (Wrong("f", "x"), Wrong("f", "x"), True),
        (Wrong("f", "x"), Wrong("f", "y"), False),
        (Wrong("f", "x"), Wrong("f", "x", 1.0), False),
        (Raised("E", "x", 1, 2), Raised("E", "x", 3, 4), True),
        (Raised("E", "x"), Raised("E", "y"), False),
        (Raised("E", "x"), Wrong("f", "x"), False),
        (None, None, False),
        (TimedOut("x"), TimedOut("x"), False),
    ],
)
def test_evidence_is_the_same_if_place_and_numbers_are(a: Exception, b: Exception, alike: bool) -> None:
    assert same(a, b) is same(b, a) is alike


def test_every_round_topic_and_secret_has_a_seed_of_its_own() -> None:
    seeds = {
        round_seed(b"s", "t", "1"),
        round_seed(b"z", "t", "1"),
        round_seed(b"s", "u", "1"),
        round_seed(b"s", "t", "2"),
        round_seed(b"s", "t1", ""),
    }
    assert len(seeds) == 5
    assert (
        round_seed(b"s", "t", "1") == 312160690518118538012901309582073294016
    )  # for ever: old rounds can be graded again
