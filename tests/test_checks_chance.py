"""Claims about random numbers: the exact test's bounds, its false alarms, its power, and what a student reads."""
# ruff: noqa: F821 -- annotations here are the language of topics

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from grader.checks import Count, Trial, statistical
from grader.checks.chance import FALSE_ALARM
from grader.checks.statistic import SEEN
from grader.errors import GraderError, TopicError, Wrong
from grader.inside.wire import decode, encode
from grader.judging.mistakes import same
from grader.judging.outcome import Outcome
from grader.judging.outcome_wire import error_from_wire, error_to_wire
from grader.proving.report import Report
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Random, Reals, sample
from grader.truth.trials import SeededInputs, seeded_trials
from support.miniature import NumpyTruth, outcomes


def coins(rng: Random, *, n=1_000_000, rate=0.8) -> Reals["n"]:
    """n entries, each 1 with probability `rate`, else 0."""


def cases(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a million coins", sample(coins, rng, n=1_000_000)


def heads(trial: Trial, case: dict[str, Any]) -> Count | str:
    shown = trial.call(coins, **case)
    if not np.isin(shown, (0, 1)).all():
        return "an entry is neither 0 nor 1"
    return Count(int(shown.sum()), shown.size, 0.8, "coins show heads")


def topic_of() -> Topic:
    return Topic("Coins", cases, [Row("rate", 1, "the rate is right", statistical(heads, coins))])


def graded(toss: Callable[..., Any]) -> Outcome:
    [outcome] = outcomes(topic_of(), Live({"coins": toss}))
    return outcome


def tossed(true_rate: float) -> Callable[..., Any]:
    return lambda rng, *, n=1_000_000, rate=0.8: 1.0 * (rng.random(n) < true_rate)


def test_the_declared_rate_is_earned_and_a_rate_off_by_what_is_seen_is_lost() -> None:
    off = Count(0, 1_000_000, 0.8, "").smallest_seen(FALSE_ALARM)
    assert graded(tossed(0.8)).earned
    assert graded(tossed(0.8 + 2 * off)).status is Status.LOST
    assert graded(tossed(0.8 - 2 * off)).status is Status.LOST


def test_a_student_reads_the_count_the_share_and_what_chance_gives() -> None:
    said = str(graded(tossed(0.2)).error)
    assert said.startswith("coins on a million coins: ")
    assert " of 1,000,000 coins show heads (0.199" in said
    assert "), expected 0.8 (chance alone gives 0.797" in said
    assert "one time in 1,000,000,000" in said


def test_a_sentence_that_a_count_returns_is_the_message_of_the_lost_row() -> None:
    assert "neither 0 nor 1" in str(graded(lambda rng, **k: np.full(1_000_000, 0.5)).error)


@given(st.integers(1, 10**7), st.floats(0.001, 0.999), st.sampled_from([1e-9, 1e-6, 1e-3]))
def test_the_bounds_reject_with_at_most_the_declared_probability_and_no_tighter_ones_would(
    draws: int, rate: float, false_alarm: float
) -> None:
    low, high = Count(0, draws, rate, "").acceptance(false_alarm)
    below, above = binom.cdf(low - 1, draws, rate), binom.sf(high, draws, rate)
    assert below <= false_alarm / 2
    assert above <= false_alarm / 2
    assert binom.cdf(low, draws, rate) >= false_alarm / 2 * (1 - 1e-9)
    assert low <= draws * rate <= high + 1


def test_the_bounds_of_the_exact_test_agree_with_scipy() -> None:
    low, high = Count(0, 1_000, 0.3, "").acceptance(1e-3)
    assert (
        binomtest(low - 1, 1_000, 0.3, alternative="less").pvalue
        < 5e-4
        < binomtest(low, 1_000, 0.3, alternative="less").pvalue
    )
    assert binomtest(high + 1, 1_000, 0.3, alternative="greater").pvalue < 5e-4


def test_the_declared_power_is_what_simulation_shows() -> None:
    count = Count(0, 10_000, 0.5, "")
    off = count.smallest_seen(FALSE_ALARM)
    low, high = count.acceptance(FALSE_ALARM)
    seen = np.random.default_rng(0).binomial(10_000, 0.5 + off, size=20_000)
    assert abs(((seen < low) | (seen > high)).mean() - SEEN) < 0.01


def test_a_million_draws_see_a_keep_rate_that_is_off_by_four_thousandths() -> None:
    assert Count(0, 1_000_000, 0.5, "").smallest_seen(FALSE_ALARM) == pytest.approx(0.0037, abs=1e-4)


def test_the_author_reads_the_power_of_each_count_as_a_table() -> None:
    topic, student = topic_of(), Live({"coins": tossed(0.8)})
    [row] = topic.rubric
    assert isinstance(row.check, statistical)
    power = row.check.power(seeded_trials(topic, student, NumpyTruth(), 0)(row))
    report = Report("coins", [row.id], powers={row.id: power})
    *_, sentence, _, titles, line = report.text().splitlines()
    assert sentence == "these tests with probability 1e-09 at most."
    assert titles.split() == ["row", "case", "counted", "draws", "rate", "off"]
    assert line == "rate  a million coins  coins show heads  1,000,000  0.8   0.003"


def test_a_rate_that_is_off_on_either_side_is_seen() -> None:
    """Far from 1/2 the sides differ: the larger deviation holds for both."""
    count = Count(0, 1_000, 0.05, "")
    off, (low, high) = count.smallest_seen(FALSE_ALARM), count.acceptance(FALSE_ALARM)
    upwards, downwards = (binom.cdf(low - 1, 1_000, r) + binom.sf(high, 1_000, r) for r in (0.05 + off, 0.05 - off))
    assert min(upwards, downwards) == pytest.approx(SEEN)


def test_one_fault_is_recognised_in_another_draw_and_another_fault_is_not() -> None:
    one = graded(tossed(0.2)).error
    same_fault = graded(lambda rng, **k: 1.0 * (rng.binomial(1, 0.2, size=1_000_000) == 1)).error
    other = graded(tossed(0.3)).error
    assert isinstance(one, Wrong)
    assert isinstance(same_fault, Wrong)
    assert one.evidence.answer != same_fault.evidence.answer
    assert same(one, same_fault)
    assert not same(one, other)


def test_a_record_keeps_how_far_one_fault_may_differ_by_chance() -> None:
    error = graded(tossed(0.2)).error
    assert isinstance(error, Wrong)
    kept = error_from_wire(decode(encode(error_to_wire(error))))
    assert isinstance(kept, Wrong)
    assert kept.evidence.by_chance == error.evidence.by_chance > 0
    assert same(kept, error)


def test_a_record_of_another_number_of_draws_judges_nobody() -> None:
    class Other(SeededInputs):
        def computed(self, compute: Callable[[], Any]) -> Any:
            _, rate, low, high = compute()
            return 999, rate, low, high

    topic = topic_of()
    trial = Trial(Live({"coins": tossed(0.8)}), NumpyTruth(), Other(topic, 0, "rate"))
    with pytest.raises(GraderError, match=r"on record is another number \(999\)"):
        topic.rubric[0].check(trial)


def test_a_statistical_check_with_a_high_false_alarm_rate_is_refused() -> None:
    with pytest.raises(TopicError, match="at most 1e-09"):
        statistical(heads, coins, false_alarm=0.01)
