"""Relations between a submission's own answers: each is earned by what keeps it, lost by what does not, and by what is dead."""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import Check, bounded, depends, equal, evenly, monotone, rowwise, sums_to, unchanged
from grader.errors import TopicError, Wrong
from grader.judging.outcome import Outcome
from grader.topics.signature import Ints, Reals, sample
from support import miniature

Case = Mapping[str, Any]


def softmax(z: Reals["n c"]) -> Reals["n c"]: ...


def loss(z: Reals["n c"], labels: Ints["n", "c"]) -> Reals[""]: ...


def sparse(z: Reals["n c"], labels: Ints["n", "c"]) -> Reals[""]: ...


def right_softmax(z: np.ndarray) -> np.ndarray:
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def right_loss(z: np.ndarray, labels: np.ndarray) -> float:
    top = z.max(axis=1, keepdims=True)
    return float((np.log(np.exp(z - top).sum(axis=1)) + top[:, 0] - z[np.arange(len(z)), labels]).mean())


graded = partial(miniature.graded, right={"softmax": right_softmax, "loss": right_loss, "sparse": right_loss})


def batch(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a batch", sample(loss, rng, n=4, c=3)


def lifted(case: Case) -> Iterator[tuple[str, Case]]:
    for by in (1, 800):
        yield f"all logits move by {by}", {"z": case["z"] + by}


def sinking(case: Case) -> Iterator[tuple[str, Case]]:
    """The true class falls behind, 1000, 1100 and 1200 below the others."""
    for gap in (1000, 1100, 1200):
        z = case["z"].copy()
        z[np.arange(len(z)), case["labels"]] -= gap
        yield f"the true class is {gap} lower", {"z": z}


RELATIONS: dict[str, Check] = {
    "unchanged": unchanged(softmax, when=lifted),
    "equal": equal(loss, sparse),
    "depends": depends(loss, of="z labels"),
    "rowwise": rowwise(softmax),
    "sums_to": sums_to(softmax, 1.0),
    "bounded": bounded(softmax, 0.0, 1.0),
    "monotone": monotone(loss, when=sinking),
    "evenly": evenly(loss, when=sinking),
}
DEAD: dict[str, Mapping[str, Any]] = {
    "zeros": {"softmax": lambda z: np.zeros(z.shape), "loss": lambda z, labels: 0.0},
    "a constant": {"softmax": lambda z: np.full(z.shape, 1 / z.shape[1]), "loss": lambda z, labels: 1.5},
    "NaN": {"softmax": lambda z: np.full(z.shape, np.nan), "loss": lambda z, labels: np.nan},
    "its argument": {"softmax": lambda z: z, "loss": lambda z, labels: z[0, 0]},
}


def why(outcome: Outcome) -> tuple[str, str]:
    return miniature.why(outcome)


@pytest.mark.parametrize("name", RELATIONS)
def test_a_relation_is_earned_by_what_keeps_it(name: str) -> None:
    outcome = graded(RELATIONS[name], batch)
    assert outcome.earned, outcome.error


@pytest.mark.parametrize("name", RELATIONS)
@pytest.mark.parametrize("program", ["zeros", "a constant", "NaN"])
def test_no_relation_is_earned_by_what_computes_nothing(name: str, program: str) -> None:
    outcome = graded(RELATIONS[name], batch, **DEAD[program])
    assert not outcome.earned
    assert isinstance(outcome.error, Wrong)


@pytest.mark.parametrize("name", ["unchanged", "sums_to", "bounded", "rowwise"])
def test_a_relation_of_arrays_is_not_earned_by_an_argument_given_back(name: str) -> None:
    outcome = graded(RELATIONS[name], batch, softmax=lambda z: z)
    assert why(outcome)[0] == "dead"


def test_of_several_changes_the_first_that_is_not_borne_is_told_and_those_before_it_as_what_holds() -> None:
    def naive(z: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    outcome = graded(RELATIONS["unchanged"], batch, softmax=naive)
    assert isinstance(outcome.error, Wrong)
    assert "becomes nan when all logits move by 800" in str(outcome.error)
    assert outcome.error.evidence.because == "it stays when all logits move by 1"


def test_two_functions_that_should_be_equal_are_told_with_both_numbers() -> None:
    outcome = graded(RELATIONS["equal"], batch, sparse=lambda z, labels: right_loss(z, labels) + 0.5)
    assert "the answer is " in str(outcome.error)
    assert ", and in sparse " in str(outcome.error)


def test_an_argument_that_does_not_matter_is_named() -> None:
    outcome = graded(RELATIONS["depends"], batch, loss=lambda z, labels: float((z**2).sum()))
    assert "does not depend on `labels`" in str(outcome.error)


def test_rows_that_know_of_each_other_are_told_by_the_row() -> None:
    outcome = graded(RELATIONS["rowwise"], batch, softmax=lambda z: right_softmax(z) + z.mean())
    assert "row 0: entry [0, " in str(outcome.error)
    assert "when asked alone" in str(outcome.error)


def test_a_sum_that_is_off_and_a_number_out_of_bounds_are_told() -> None:
    half = graded(RELATIONS["sums_to"], batch, softmax=lambda z: right_softmax(z) / 2)
    assert "sums to 0.5, expected 1" in str(half.error)
    twice = graded(RELATIONS["bounded"], batch, softmax=lambda z: 3 * right_softmax(z))
    assert "expected between 0 and 1" in str(twice.error)


def test_a_total_may_be_made_of_other_answers() -> None:
    check = sums_to(softmax, lambda trial, case: np.ones(len(case["z"])))
    assert graded(check, batch).earned


def test_a_loss_with_an_upper_limit_does_not_grow_evenly() -> None:
    capped = graded(RELATIONS["evenly"], batch, loss=lambda z, labels: min(right_loss(z, labels), 1150.0))
    assert "it is to grow by as much each time" in str(capped.error)
    flat = graded(RELATIONS["monotone"], batch, loss=lambda z, labels: min(right_loss(z, labels), 1050.0))
    assert "expected larger" in str(flat.error)


@given(seed=st.integers(0, 2**32), by=st.floats(-700, 700))
def test_a_right_softmax_bears_every_shift(seed: int, by: float) -> None:
    def shifted(case: Case) -> Iterator[tuple[str, Case]]:
        yield f"all logits move by {by}", {"z": case["z"] + by}

    assert graded(unchanged(softmax, when=shifted, within=1e-10), batch, seed=seed).earned


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: depends(loss, of="x"), "loss has no argument `x` (it has: z, labels)"),
        (lambda: rowwise(softmax, along="k"), "no argument of softmax has rows of that letter"),
    ],
)
def test_a_relation_about_what_is_not_there_is_the_authors_mistake(make: Any, said: str) -> None:
    with pytest.raises(TopicError) as error:
        make()
    assert said in str(error.value)


@pytest.mark.parametrize("yielded", [[], ["all logits move"], [("all logits move", 3)]])
def test_changes_that_are_none_are_the_authors_mistake(yielded: list[Any]) -> None:
    outcome = graded(unchanged(softmax, when=lambda case: yielded), batch)
    assert outcome.status == "void"
    assert "a lambda yields" in str(outcome.error)
