"""The arguments of a case, as an author's code reads them: with their defaults, which a call is still not given."""
# ruff: noqa: F821 -- annotations here are the language of topics

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.checks import holds
from grader.errors import Lacks
from grader.topics.cases import Arguments, defaults_of
from grader.topics.signature import Reals, function, sample
from support import miniature
from support.miniature import wave


def other_wave(x: Reals["n"], *, shift=2.0, scale=3.0) -> Reals["n"]: ...


def test_a_hyper_parameter_that_is_left_out_is_read_with_its_default_and_not_passed_on() -> None:
    seen: set[Any] = set()

    def claim(trial: Any, case: Any) -> None:
        seen.add((case["shift"], "shift" in case, *sorted({**case})))
        trial.call(wave, **case)

    def cases(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "left out", sample(wave, rng, n=3)
        yield "given", sample(wave, rng, n=3, shift=-1.0)

    passed: list[Any] = []

    def spy(x: np.ndarray, a: float, **hyper: float) -> float:
        passed.append(hyper)
        return float(np.sin(a * x + hyper.get("shift", 0.5)).sum())

    assert miniature.graded(holds(claim, wave), cases, wave=spy).earned
    assert seen == {(-1.0, True, "a", "shift", "x"), (0.5, False, "a", "x")}
    assert sorted(passed, key=len) == [{}, {"shift": -1.0}]


def test_a_name_that_nothing_declares_is_the_authors_mistake() -> None:
    with pytest.raises(Lacks, match=r"`eps` is asked for, which the case has not"):
        Arguments({"x": 1}, {"shift": 0.5})["eps"]


def test_a_default_on_which_two_functions_do_not_agree_is_none() -> None:
    assert defaults_of([function(wave), function(other_wave)]) == {"scale": 3.0}
