"""Where chance comes from: a generator that is given, one draw for each entry, anew in each call."""
# ruff: noqa: F722 -- annotations here are the language of topics

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest

from grader.checks import independent, seeded
from grader.errors import TopicError, Wrong
from grader.topics.signature import Random, Reals, sample
from support import miniature

Program = Callable[..., Any]


def keep(x: Reals["n d"], rng: Random, *, training=True) -> Reals["n d"]: ...


def right(x: np.ndarray, rng: np.random.Generator, *, training: bool = True) -> np.ndarray:
    return x * (rng.random(x.shape) < 0.6) if training else x


def large(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a large batch", sample(keep, rng, x=np.ones((300, 400)))


def mask(case: Mapping[str, Any], answer: np.ndarray) -> np.ndarray:
    return answer != 0


graded = partial(miniature.graded, right={"keep": right})
SEEDED = seeded(keep, idle=("at inference", {"training": False}), on=large)
ENTRIES, CALLS = (independent(mask, keep, among=among, on=large) for among in ("entries", "calls"))


def rows_alike(x: np.ndarray, rng: np.random.Generator, *, training: bool = True) -> np.ndarray:
    return x * (rng.random((1, x.shape[1])) < 0.6)


def halves_alike(x: np.ndarray, rng: np.random.Generator, *, training: bool = True) -> np.ndarray:
    half = rng.random((len(x) // 2, x.shape[1])) < 0.6
    return x * np.concatenate([half, half])


def copied_at_a_lag(x: np.ndarray, rng: np.random.Generator, *, training: bool = True) -> np.ndarray:
    kept = (rng.random(x.size) < 0.6).astype(float)
    at = np.arange(x.size - 777)
    copied = at[(at // 777) % 2 == 1]
    kept[copied] = kept[copied - 777]
    return x * kept.reshape(x.shape)


def the_same_each_call(x: np.ndarray, rng: np.random.Generator, *, training: bool = True) -> np.ndarray:
    return x * (np.random.default_rng(7).random(x.shape) < 0.6)


def not_from_rng(x: np.ndarray, rng: np.random.Generator, *, training: bool = True) -> np.ndarray:
    return x * (np.frombuffer(os.urandom(x.size), np.uint8).reshape(x.shape) < 153)


def draws_at_inference(x: np.ndarray, rng: np.random.Generator, *, training: bool = True) -> np.ndarray:
    kept = rng.random(x.shape) < 0.6
    return x * kept if training else x


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("check", [SEEDED, ENTRIES, CALLS])
def test_chance_that_comes_from_rng_draw_by_draw_is_right(check: Any, seed: int) -> None:
    outcome = graded(check, large, seed=seed)
    assert outcome.earned, outcome.error


@pytest.mark.parametrize(
    ("check", "program", "said"),
    [
        (ENTRIES, rows_alike, "pairs of kept neighbours"),
        (ENTRIES, halves_alike, "upper and lower half"),
        (ENTRIES, copied_at_a_lag, "as far apart as the most alike"),
        (CALLS, the_same_each_call, "at one place in two calls"),
        (SEEDED, not_from_rng, "two generators of the same seed gave two answers"),
        (SEEDED, the_same_each_call, "generators of 4 other seeds gave the very same answer"),
        (SEEDED, draws_at_inference, "a call at inference changed the next call"),
    ],
)
def test_chance_of_another_kind_is_told(check: Any, program: Program, said: str) -> None:
    outcome = graded(check, large, keep=program)
    assert isinstance(outcome.error, Wrong)
    assert said in str(outcome.error)


def test_what_is_random_all_the_time_is_not_called_idle() -> None:
    outcome = graded(SEEDED, large, keep=lambda x, rng, **_: right(x, rng))
    assert outcome.earned, outcome.error


@pytest.mark.parametrize("answer", [0.0, 1.0, np.nan])
@pytest.mark.parametrize("check", [SEEDED, ENTRIES, CALLS])
def test_a_constant_is_no_chance(check: Any, answer: float) -> None:
    outcome = graded(check, large, keep=lambda x, rng, **_: np.full(x.shape, answer))
    assert isinstance(outcome.error, Wrong)


def test_calls_that_are_repeated_share_their_generator() -> None:
    seen: list[float] = []

    def counting(x: np.ndarray, rng: np.random.Generator, *, training: bool = True) -> np.ndarray:
        seen.append(float(rng.random()))
        return right(x, rng)

    graded(CALLS, large, keep=counting)
    assert len(seen) == 2
    assert seen[0] != seen[1]


def test_a_case_without_a_generator_and_a_word_that_means_nothing_are_the_authors_mistakes() -> None:
    def nothing(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "a batch", {"x": np.ones((2, 2)), "rng": 3}

    outcome = graded(seeded(keep, on=nothing), nothing)
    assert "the case has no generator" in str(outcome.error)
    with pytest.raises(TopicError, match="entries or calls"):
        independent(mask, keep, among="rows")


def test_an_answer_that_a_seed_changes_by_rounding_alone_does_not_depend_on_it() -> None:
    """The same terms, added in another order: in a training they are the gradients of batches, all of them from one start."""

    def summed(x: np.ndarray, rng: np.random.Generator, *, training: bool = True) -> np.ndarray:
        weights = np.linspace(0.1, 0.7, len(x))[:, None]
        return np.broadcast_to(sum(rng.permutation(x * weights)), x.shape)

    outcome = graded(seeded(keep, on=large), large, keep=summed)
    assert "generators of 4 other seeds gave the very same answer" in str(outcome.error)
