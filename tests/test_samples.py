"""Mean, variance and distribution of random answers: the limits beside scipy's tests, false alarms, power, and what is read."""

import sys
from collections.abc import Callable, Iterator
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2, kstest, kstwo, norm

from grader.bundle.inputs import Log, RecordedInputs, RecordingInputs
from grader.checks import Distribution, Mean, Trial, Variance, statistical
from grader.checks.chance import FALSE_ALARM
from grader.checks.samples import Sample
from grader.checks.statistic import SEEN
from grader.errors import GraderError, TopicError, Wrong
from grader.inside.wire import decode, encode
from grader.judging.mistakes import same
from grader.judging.outcome import Outcome
from grader.judging.outcome_wire import error_from_wire, error_to_wire
from grader.numerics import hoeffding
from grader.proving.report import Report
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Random, Reals, sample
from grader.truth.record import InMemory
from grader.truth.trials import SeededInputs, seeded_trials
from support.miniature import NumpyTruth, outcomes

N = 20_000
ALARMS = st.sampled_from([1e-9, 1e-6, 1e-3])
SIMULATIONS, ALARM = 20_000, 0.01

Make = Callable[[np.ndarray], Sample]


def blank(n: int) -> np.ndarray:
    return np.full(n, 0.5)


def rejected(make: Make, rows: np.ndarray, false_alarm: float = ALARM) -> float:
    """The share of samples, each a row, that the test rejects."""
    low, high = make(rows[0]).acceptance(false_alarm)
    return float(np.mean([not low <= make(row).observed <= high for row in rows]))


def spread(rate: float) -> float:
    """Four standard deviations of a share of all simulations."""
    return float(4 * np.sqrt(rate * (1 - rate) / SIMULATIONS))


# ------------------------------------------------------------------------------------------ limits, beside scipy's


@given(st.integers(2, 10**4), st.floats(-5, 5), st.floats(0.01, 100), ALARMS)
def test_each_tail_of_the_mean_of_normal_values_has_exactly_half_of_the_false_alarm(
    n: int, mean: float, deviation: float, false_alarm: float
) -> None:
    low, high = Mean(blank(n), mean, "", deviation=deviation).acceptance(false_alarm)
    error = deviation / np.sqrt(n)
    assert norm.cdf(low, mean, error) == pytest.approx(false_alarm / 2, rel=1e-6)
    assert norm.sf(high, mean, error) == pytest.approx(false_alarm / 2, rel=1e-6)


@given(st.integers(2, 5_000), st.floats(0.02, 0.98), ALARMS)
def test_no_law_of_two_points_exceeds_the_bound_for_bounded_values(n: int, rate: float, false_alarm: float) -> None:
    """Of all laws on an interval that of its two ends strays most."""
    low, high = Mean(blank(n), rate, "", within=(0, 1)).acceptance(false_alarm)
    assert binom.cdf(np.ceil(n * low) - 1, n, rate) <= false_alarm / 2
    assert binom.sf(np.floor(n * high), n, rate) <= false_alarm / 2


@given(st.integers(2, 5_000), st.floats(0.02, 0.98), st.floats(0.05, 1), st.sampled_from([1e-9, 1e-3]))
def test_a_law_of_the_declared_deviation_does_not_exceed_the_bound(
    n: int, rate: float, part: float, alarm: float
) -> None:
    """The law of two points, one of them an end, is the worst of its deviation on that side."""
    deviation = part * np.sqrt(rate * (1 - rate))
    _, high = Mean(blank(n), rate, "", within=(0, 1), deviation=deviation).acceptance(alarm)
    top, below = 1 - rate, deviation**2 / (1 - rate)  # above and below the mean
    p = below / (top + below)
    successes = np.floor(n * ((high - rate) + below) / (top + below) * (1 + 1e-12))
    assert binom.sf(successes, n, p) <= alarm / 2


@given(st.integers(1, 10**6), st.floats(0.01, 10), st.floats(0.01, 1), st.floats(0.001, 1))
def test_the_bound_is_nowhere_above_that_of_bernstein(n: int, b: float, part: float, ratio: float) -> None:
    variance, t = ratio * b**2, part * b
    bernstein = t**2 / (2 * variance + 2 * b * t / 3)
    assert hoeffding.exponent(t, b, variance) >= bernstein * (1 - 1e-9)


def test_the_bound_for_bounded_values_is_a_tenth_wider_than_the_exact_limits_at_most() -> None:
    for rate in (0.1, 0.5):
        _, high = Mean(blank(N), rate, "", within=(0, 1)).acceptance(FALSE_ALARM)
        exact = binom.isf(FALSE_ALARM / 2, N, rate) / N
        assert 1 <= (high - rate) / (exact - rate) < 1.1


@given(st.integers(2, 10**5), st.floats(1e-6, 100), ALARMS)
def test_each_tail_of_the_variance_has_exactly_half_of_the_false_alarm(n: int, variance: float, alarm: float) -> None:
    low, high = Variance(np.zeros(n), variance, "").acceptance(alarm)
    assert chi2.cdf(low / variance * (n - 1), n - 1) == pytest.approx(alarm / 2, rel=1e-6)
    assert chi2.sf(high / variance * (n - 1), n - 1) == pytest.approx(alarm / 2, rel=1e-6)


@settings(deadline=None)  # scipy's exact law takes its time
@given(st.integers(2, 10**5), ALARMS)
def test_the_limit_of_a_distribution_is_that_of_kolmogorovs_test_or_a_little_wider(n: int, false_alarm: float) -> None:
    low, high = Distribution(blank(n), norm.cdf, "").acceptance(false_alarm)
    assert low == 0
    assert kstwo.sf(min(high, 1), n) <= false_alarm * (1 + 1e-6)
    if n >= 200:
        assert high < 1.02 * kstwo.isf(false_alarm, n)


@given(st.lists(st.floats(-3, 3) | st.sampled_from([0.0, 1.0]), min_size=2, max_size=50))
def test_the_distance_of_a_distribution_is_that_of_scipy(values: list[float]) -> None:
    assert Distribution(np.array(values), norm.cdf, "").observed == pytest.approx(kstest(values, norm.cdf).statistic)


# ------------------------------------------------------------------------------------- false alarms and power, simulated

n = 60
RIGHT: dict[str, tuple[Make, Callable[[np.random.Generator], np.ndarray], bool]] = {
    "mean of normal values": (
        lambda x: Mean(x, 2.0, "", deviation=3.0),
        lambda rng: rng.normal(2, 3, (SIMULATIONS, n)),
        True,
    ),
    "mean of coins": (
        lambda x: Mean(x, 0.3, "", within=(0, 1)),
        lambda rng: 1.0 * (rng.random((SIMULATIONS, n)) < 0.3),
        False,
    ),
    "mean of uniform values": (
        lambda x: Mean(x, 0.5, "", within=(0, 1), deviation=12**-0.5),
        lambda rng: rng.random((SIMULATIONS, n)),
        False,
    ),
    "variance": (lambda x: Variance(x, 9.0, ""), lambda rng: rng.normal(2, 3, (SIMULATIONS, n)), True),
    "distribution": (lambda x: Distribution(x, norm.cdf, ""), lambda rng: rng.normal(size=(SIMULATIONS, n)), False),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_right_samples_are_rejected_as_often_as_declared_at_most(kind: str) -> None:
    make, draw, exact = RIGHT[kind]
    share = rejected(make, draw(np.random.default_rng(0)))
    assert share <= ALARM + spread(ALARM)
    assert share >= ALARM - spread(ALARM) if exact else share > 0


def moved(make: Make, sign: int) -> float:
    return sign * make(blank(n)).smallest_seen(ALARM)


def two_points(rng: np.random.Generator, mean: float) -> np.ndarray:
    """Values 0 and 1: the widest law within."""
    return 1.0 * (rng.random((SIMULATIONS, n)) < mean)


def shared(rng: np.random.Generator, at: float, off: float) -> np.ndarray:
    """Uniform values, but for the share up to `at`, which is larger by `off`: below it and above it they are uniform."""
    u = rng.random((SIMULATIONS, n))
    return np.where(u < at + off, at * u / (at + off), at + (1 - at) * (u - at - off) / (1 - at - off))


WRONG: dict[str, tuple[Make, Callable[[np.random.Generator, Make], np.ndarray], bool]] = {
    "a larger mean": (
        RIGHT["mean of normal values"][0],
        lambda rng, make: rng.normal(2 + moved(make, 1), 3, (SIMULATIONS, n)),
        True,
    ),
    "a smaller mean": (
        RIGHT["mean of normal values"][0],
        lambda rng, make: rng.normal(2 + moved(make, -1), 3, (SIMULATIONS, n)),
        True,
    ),
    "more coins": (RIGHT["mean of coins"][0], lambda rng, make: two_points(rng, 0.3 + moved(make, 1)), False),
    "larger values within": (
        RIGHT["mean of uniform values"][0],
        lambda rng, make: np.clip(rng.random((SIMULATIONS, n)) * 0.5 + 0.25 + moved(make, 1), 0, 1),
        False,
    ),
    "a larger variance": (
        RIGHT["variance"][0],
        lambda rng, make: rng.normal(0, np.sqrt(9 + moved(make, 1)), (SIMULATIONS, n)),
        True,
    ),
    "another share in the middle": (
        lambda x: Distribution(x, lambda u: u, ""),
        lambda rng, make: shared(rng, 0.5 - moved(make, 1) / 2, moved(make, 1)),
        False,
    ),
    "another share at a side": (
        lambda x: Distribution(x, lambda u: u, ""),
        lambda rng, make: shared(rng, 0.1, moved(make, 1)),
        False,
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_sample_that_is_off_by_what_is_seen_is_rejected_as_often_as_declared(kind: str) -> None:
    make, draw, exact = WRONG[kind]
    share = rejected(make, draw(np.random.default_rng(1), make))
    assert share >= SEEN - spread(SEEN)
    assert share <= SEEN + spread(SEEN) if exact else share <= 1


def test_the_power_of_a_distribution_is_reached_at_its_worst_place_and_little_more() -> None:
    """A share that is off at one place alone, with the next values far away, is seen with the declared power, hardly more."""
    size, rng = 4_000, np.random.default_rng(2)
    test = Distribution(blank(size), lambda u: u, "")
    off, limit = test.smallest_seen(FALSE_ALARM), test.acceptance(FALSE_ALARM)[1]
    shares = rng.binomial(size, 0.5, size=100_000) / size
    assert (shares - (0.5 - off) > limit).mean() == pytest.approx(SEEN, abs=0.01)


def test_twenty_thousand_entries_see_a_deviation_that_is_off_by_a_thirtieth() -> None:
    off = Variance(np.zeros(N), 1.0, "").smallest_seen(FALSE_ALARM)
    assert np.sqrt(1 + off) - 1 == pytest.approx(0.0375, abs=1e-3)


def test_a_deviation_that_is_left_out_is_the_largest_within() -> None:
    widest = Mean(blank(N), 0.2, "", within=(0, 1), deviation=0.4)
    assert Mean(blank(N), 0.2, "", within=(0, 1)).acceptance(1e-9) == pytest.approx(widest.acceptance(1e-9))
    narrow = Mean(blank(N), 0.2, "", within=(0, 1), deviation=0.01)
    assert narrow.smallest_seen(1e-9) < widest.smallest_seen(1e-9) / 10


def test_what_too_few_values_cannot_tell_is_accepted_and_its_power_is_infinite() -> None:
    few = Mean(blank(3), 0.5, "", within=(0, 1))
    assert few.acceptance(1e-9) == (0, 1)
    assert few.smallest_seen(1e-9) == np.inf
    assert Distribution(blank(5), norm.cdf, "").smallest_seen(1e-9) == np.inf


# -------------------------------------------------------------------------------------------- a row of a rubric


def weights(rng: Random, *, n=20_000) -> Reals["n"]:
    """n normal weights of mean 0 and deviation 0.1."""


def cases(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "many weights", sample(weights, rng, n=N)


CLAIMS: dict[str, Callable[[np.ndarray], Any]] = {
    "mean": lambda w: Mean(w, 0.0, "weights", deviation=0.1),
    "variance": lambda w: Variance(w, 0.01, "weights"),
    "distribution": lambda w: Distribution(w, np.vectorize(NormalDist(0, 0.1).cdf), "weights"),
    "signs": lambda w: Mean(np.sign(w), 0.0, "signs of weights", within=(-1, 1)),
    "size": lambda w: Mean(w, 0.0, "weights", within=(-1, 1), deviation=0.1),
}


def topic_of(*kinds: str) -> Topic:
    def row(kind: str) -> Row:
        return Row(
            kind, 1, "it is right", statistical(lambda trial, case: CLAIMS[kind](trial.call(weights, **case)), weights)
        )

    return Topic("Weights", cases, [row(kind) for kind in kinds or CLAIMS])


def drawn(draw: Callable[[np.random.Generator, int], Any]) -> Live:
    return Live({"weights": lambda rng, *, n=N: draw(rng, n)})


def graded(draw: Callable[[np.random.Generator, int], Any], *kinds: str, seed: int = 0) -> dict[str, Outcome]:
    return {o.row.id: o for o in outcomes(topic_of(*kinds), drawn(draw), seed=seed)}


def lost(draw: Callable[[np.random.Generator, int], Any]) -> set[str]:
    return {row for row, outcome in graded(draw).items() if outcome.status is Status.LOST}


def test_each_statistic_sees_its_own_fault() -> None:
    assert lost(lambda rng, n: rng.normal(0, 0.1, n)) == set()
    assert lost(lambda rng, n: rng.normal(0.006, 0.1, n)) == {"mean", "distribution", "signs", "size"}
    assert lost(lambda rng, n: rng.normal(0, 0.11, n)) == {"variance", "distribution"}
    assert lost(lambda rng, n: rng.uniform(-(0.03**0.5), 0.03**0.5, n)) == {"distribution"}
    assert lost(lambda rng, n: np.zeros(n)) == {"variance", "distribution"}
    assert lost(lambda rng, n: np.full(n, 3.0)) == set(CLAIMS)


def test_values_that_are_not_finite_or_not_within_are_told_whatever_chance_does() -> None:
    for bad in (np.nan, np.inf, 1e200):
        for row, outcome in graded(lambda rng, n, bad=bad: np.append(rng.normal(0, 0.1, n - 1), bad)).items():
            if row != "signs" or np.isnan(bad):
                assert "not all of the 20,000 " in str(outcome.error)
                assert " are finite" in str(outcome.error)
    beyond = graded(lambda rng, n: np.append(rng.normal(0, 0.1, n - 1), 1.5), "size")["size"]
    assert str(beyond.error).endswith("not all of the 20,000 weights lie between -1 and 1")


def test_a_student_reads_the_number_the_right_one_and_what_chance_gives() -> None:
    said = {row: str(outcome.error) for row, outcome in graded(lambda rng, n: np.full(n, 0.02)).items()}
    assert (
        "weights on many weights: the mean of 20,000 weights is 0.02, expected 0 (chance alone gives -0.00432 to"
        in said["mean"]
    )
    assert (
        "the variance of 20,000 weights is 0, expected 0.01 (chance alone gives 0.0094011 to 0.010623,"
        in said["variance"]
    )
    assert (
        "of 20,000 weights a share of 0 is less than 0.02, expected 0.57926 (chance alone gives 0.55612 to"
        in said["distribution"]
    )
    assert all(text.endswith("but for one time in 1,000,000,000)") for text in said.values())


def test_limits_are_told_with_the_digits_that_tell_them_apart() -> None:
    far = Mean(np.full(N, 1000.01), 1000.0, "weights", deviation=0.1)
    said = str(far.wrong("here", *far.acceptance(FALSE_ALARM), FALSE_ALARM))
    assert "is 1000.01, expected 1000 (chance alone gives 999.99568 to 1000.00432" in said


def test_one_fault_is_recognised_in_another_draw_and_another_fault_is_not() -> None:
    one, again, other = (
        graded(lambda rng, n, by=by: rng.normal(by, 0.2, n), "mean", "variance", "distribution", seed=seed)
        for by, seed in ((0.02, 0), (0.02, 1), (0.04, 0))
    )
    shape = graded(lambda rng, n: rng.laplace(0.02, 0.3, n), "mean", "variance", "distribution")
    for row in ("mean", "variance", "distribution"):
        error = one[row].error
        assert error is not None
        assert same(error, again[row].error)
        assert same(error_from_wire(decode(encode(error_to_wire(error)))), again[row].error)
        assert same(error, other[row].error) is (row == "variance")
        assert same(error, shape[row].error) is (row == "mean")


def test_at_home_the_limits_come_from_the_record_without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    topic = topic_of()
    solution, logs = drawn(lambda rng, n: rng.normal(0, 0.1, n)), dict[str, Log]()
    for row in topic.rubric:
        row.check(Trial(solution, NumpyTruth(), RecordingInputs(SeededInputs(topic, 0, row.id), logs, InMemory())))
    for module in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        monkeypatch.setitem(sys.modules, module, None)
    wrong = drawn(lambda rng, n: rng.uniform(-0.2, 0.3, n))
    for row in topic.rubric:
        row.check(Trial(solution, NumpyTruth(), RecordedInputs(logs, row.id)))
        with pytest.raises(Wrong):
            row.check(Trial(wrong, NumpyTruth(), RecordedInputs(logs, row.id)))


@pytest.mark.parametrize("law", [(999, 0.0, 0.1), (N, 0.0, 0.2), (N, 0.0, 0.1, -1, 1)])
def test_a_record_of_another_law_judges_nobody(law: tuple[float, ...]) -> None:
    class Other(SeededInputs):
        def computed(self, compute: Callable[[], Any]) -> Any:
            return *law, *compute()[-2:]

    topic = topic_of("mean")
    trial = Trial(drawn(lambda rng, n: rng.normal(0, 0.1, n)), NumpyTruth(), Other(topic, 0, "mean"))
    with pytest.raises(GraderError, match="only grading can judge this"):
        topic.rubric[0].check(trial)


def test_a_law_whose_last_digit_another_machine_computed_otherwise_is_the_same() -> None:
    class Other(SeededInputs):
        def computed(self, compute: Callable[[], Any]) -> Any:
            n, mean, deviation, low, high = compute()
            return n, mean, np.nextafter(deviation, 1), low, high

    topic = topic_of("mean")
    topic.rubric[0].check(Trial(drawn(lambda rng, n: rng.normal(0, 0.1, n)), NumpyTruth(), Other(topic, 0, "mean")))


def test_the_author_reads_the_power_of_each_kind_in_a_table_of_its_own() -> None:
    topic, student = topic_of(), drawn(lambda rng, n: rng.normal(0, 0.1, n))
    trials = seeded_trials(topic, student, NumpyTruth(), 0)
    checks = {row.id: row.check for row in topic.rubric}
    powers = {row.id: checks[row.id].power(trials(row)) for row in topic.rubric}  # type: ignore[attr-defined]
    said = Report("weights", list(powers), powers=powers).text()
    lines = [line.split() for line in said.splitlines()]
    assert "a mean or a variance or a share that is `off` by so much is noticed with probability 0.9." in said
    assert ["row", "case", "mean", "of", "draws", "mean", "off"] in lines
    assert ["mean", "many", "weights", "weights", "20,000", "0", "0.0052"] in lines
    assert ["variance", "many", "weights", "weights", "20,000", "0.01", "0.00076"] in lines
    assert ["row", "case", "distribution", "of", "draws", "off"] in lines
    assert ["distribution", "many", "weights", "weights", "20,000", "0.028"] in lines


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Mean(blank(9), 0.0, "weights"), "give their deviation, or the interval"),
        (lambda: Mean(blank(9), 0.0, "weights", deviation=0.0), r"Mean\(deviation=0\)"),
        (lambda: Mean(blank(9), 2.0, "weights", within=(0, 1)), r"2 is not inside of \(0, 1\)"),
        (lambda: Variance(blank(9), -1.0, "weights"), r"Variance\(variance=-1\)"),
        (lambda: Variance(blank(1), 1.0, "weights"), "two values at least, not 1"),
        (lambda: Distribution(blank(9), lambda x: x + 1, "weights"), "from 0 to 1"),
        (lambda: Distribution(blank(9), lambda x: x[:1], "weights"), "as many numbers as it takes"),
    ],
)
def test_a_law_that_cannot_be_is_a_slip_of_the_authors(make: Callable[[], Sample], sentence: str) -> None:
    with pytest.raises(TopicError, match=sentence):
        make()
