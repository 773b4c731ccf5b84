"""What students read of each kind of error, word for word: tests/golden/sentences.txt. Other tests ask for its id and its place.

After a change of words: `GRADER_GOLDEN=write python -m pytest tests/test_sentences.py`, and read the diff.
"""
# ruff: noqa: F722, F821 -- annotations here are the language of topics

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.checks import Count, Trial, band, cheap, converges, gradient, holds, matches, pure, statistical, vjp
from grader.errors import Fault, Raised
from grader.judging.outcome import Outcome
from grader.judging.verdicts import error_id, verdicts
from grader.numerics.compare import Truth, require_close
from grader.submission.in_process import Live
from grader.topics.rubric import Row, Topic
from grader.topics.signature import Random, Reals, sample
from support.miniature import (
    NumpyTruth,
    descend,
    graded,
    graded_rows,
    layers,
    outcomes,
    right_backward,
    right_forward,
    scale,
    wave,
    wave_slope,
    waves,
)
from support.repository import ROOT, TESTS
from support.sessions import Open, ask

GOLDEN = TESTS / "golden" / "sentences.txt"
HEADINGS = re.findall(r"^### `([\w-]+)`$", (ROOT / "docs" / "errors.md").read_text("utf-8"), re.MULTILINE)

Said = tuple[str, str]  # the id of an error, and its sentence


def of(outcome: Outcome) -> Said:
    return error_id(outcome), verdicts([outcome], [])[0].message


def of_pair(first: Row, second: Row, **changes: Any) -> Said:
    found = graded_rows([first, second], waves, **changes)
    return error_id(found[1]), verdicts(found, [])[1].message


# ---------------------------------------------------------------------------------------------- small failing examples


def tossed(rng: Random, *, n=1000) -> Reals["n"]:
    """n coins, each 1 with probability 1/2."""


def trained(x: Reals["n"], rng: Random) -> {"w": Reals[""]}:
    """Some training."""


def coins(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a thousand coins", sample(tossed, rng, n=1000)


def starts(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "ten points", sample(trained, rng, n=10)


def nothing(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ()


def heads(trial: Trial, case: dict[str, Any]) -> Count:
    return Count(int(trial.call(tossed, **case).sum()), 1000, 0.5, "coins show heads")


def is_zero(trial: Trial, case: dict[str, Any]) -> str | None:
    return f"f(x) is {trial.call(wave, **case):.3g}, and should be 0"


def many(members: int, x: np.ndarray) -> Mapping[str, np.ndarray]:
    return {"the end": np.linspace(0, 1, members) ** 2, "curve": np.zeros((members, 2))}


def changing(x: np.ndarray, a: float, **_: float) -> Any:
    x *= a
    return np.sin(x + 0.5).sum()


def failing(x: np.ndarray, a: float, **_: float) -> Any:
    raise ValueError("operands could not be broadcast together")


@dataclass
class Counting:
    calls: int = 0

    def __call__(self, x: np.ndarray, a: float, **_: float) -> float:
        self.calls += 1
        return float(self.calls)


class Clocked(Live):
    """A backward that costs a hundred seconds, and a forward that costs one."""

    clock = 0.0

    def cpu_seconds(self) -> float:
        return self.clock

    def forward(self, x: np.ndarray, g: np.ndarray) -> Any:
        self.clock += 1
        return right_forward(x, g)

    def backward(self, dout: np.ndarray, cache: Any) -> Any:
        self.clock += 100
        return right_backward(dout, cache)


def costly() -> Outcome:
    student = Clocked({})
    student.world = {"scale_forward": student.forward, "scale_backward": student.backward}
    return outcomes(Topic("Miniature", layers, [Row("row", 1, "c", cheap(scale, on=layers))]), student)[0]


def compared(got: Any, want: Any) -> Said:
    with pytest.raises(Exception, match="f: ") as caught:
        require_close(got, Truth.of(want), "f")
    return caught.value.evidence.id, str(caught.value)  # type: ignore[attr-defined]


def bowls(rng: np.random.Generator) -> Any:
    to = rng.integers(-3, 4, size=2)
    yield "a bowl", {"start": to + 6, "to": to}


VALUE, SLOPE = matches(wave), matches(wave_slope)
OWN_SLOPE = gradient(of=wave, by=wave_slope, wrt="x")
BOTTOM = converges(descend, lambda w, case: w - case["to"], on=bowls, within=0.2, steps=20)


class Latest:
    """A layer that keeps what backward needs in one place for all calls."""

    def forward(self, x: np.ndarray, g: np.ndarray) -> Any:
        out, self.cache = right_forward(x, g)
        return out, None

    def backward(self, dout: np.ndarray, cache: None) -> Any:
        return right_backward(dout, self.cache)


def kept_in_one_place(cases: Any) -> Outcome:
    latest = Latest()
    return graded(vjp(scale), cases, scale_forward=latest.forward, scale_backward=latest.backward)


def two_batches(rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a batch", sample(scale, rng, n=2, d=2)
    yield "another", sample(scale, rng, n=2, d=2)


BAND = band(trained, lambda case, answer: {"the end": answer, "curve": [0, 0]}, of=["the end"], ensemble="many")

EXAMPLES: dict[str, list[Callable[[], Said]]] = {
    "value": [
        lambda: of(graded(VALUE, waves, wave=lambda x, a, **_: 0.0)),
        lambda: of(graded(SLOPE, waves, wave_slope=lambda x, a, **_: np.zeros(len(x)))),
        lambda: compared(np.array([0.1, 0.2 + 1e-9]), np.array([0.1, 0.2 + 5e-8])),
    ],
    "not-finite": [lambda: of(graded(SLOPE, waves, wave_slope=lambda x, a, **_: x / 0))],
    "shape": [lambda: of(graded(SLOPE, waves, wave_slope=lambda x, a, **_: x.reshape(-1, 1)))],
    "dtype": [lambda: of(graded(SLOPE, waves, wave_slope=lambda x, a, **_: x.astype(np.float32)))],
    "whole-number": [lambda: compared(np.array([1.0, 2.5]), np.array([1, 2]))],
    "form": [
        lambda: of(graded(VALUE, waves, wave=lambda x, a, **_: None)),
        lambda: of(graded(VALUE, waves, wave=lambda x, a, **_: "one")),
        lambda: of(graded(matches(scale), layers, scale_forward=lambda x, g: (g, x, g))),
        lambda: of(graded(VALUE, waves, wave=lambda x, a, **_: object())),
    ],
    "missing": [
        lambda: of(graded(VALUE, waves, right={}, truth=NumpyTruth())),
        lambda: of(graded(VALUE, waves, right={"waves": abs}, truth=NumpyTruth())),
    ],
    "slope": [lambda: of(graded(OWN_SLOPE, waves, wave_slope=lambda x, a, **_: np.ones(len(x))))],
    "rough": [lambda: of(graded(OWN_SLOPE, waves, wave=lambda x, a, **_: np.sin(1e9 * x).sum()))],
    "claim": [lambda: of(graded(holds(is_zero, wave), waves, wave=lambda x, a, **_: 1.5))],
    "chance": [lambda: of(graded(statistical(heads, tossed), coins, tossed=lambda rng, n=1000: np.ones(1000)))],
    "outside-band": [
        lambda: of(graded(BAND, starts, trained=lambda x, rng: 99.0, truth=NumpyTruth({"many": many}))),
    ],
    "diverged": [lambda: of(graded(BOTTOM, nothing, descend=lambda w, dw, state, **_: (w * 1e200, state)))],
    "far": [lambda: of(graded(BOTTOM, nothing, descend=lambda w, dw, state, **_: (w, state)))],
    "dead": [
        lambda: of(graded(pure(wave), waves, wave=lambda x, a, **_: 0.0)),
        lambda: of(graded(pure(wave_slope), waves, wave_slope=lambda x, a, **_: np.arange(float(len(x))))),
        lambda: of(graded(pure(wave_slope), waves, wave_slope=lambda x, a, **_: x)),
        lambda: of(graded(pure(wave_slope), waves, wave_slope=lambda x, a, **_: x / 0)),
        lambda: of(graded(pure(wave), waves, wave=lambda x, a, **_: None)),
        lambda: of(graded(cheap(scale, on=layers), layers, scale_backward=lambda dout, cache: (dout * 0, dout[0] * 0))),
    ],
    "shared-cache": [lambda: of(kept_in_one_place(layers)), lambda: of(kept_in_one_place(two_batches))],
    "argument-changed": [lambda: of(graded(pure(wave), waves, wave=changing))],
    "not-repeatable": [lambda: of(graded(pure(wave), waves, wave=Counting()))],
    "cost": [lambda: of(costly())],
    "raised": [lambda: of(graded(VALUE, waves, wave=failing))],
    "withheld": [lambda: of_pair(Row("a", 1, "it is right", VALUE), Row("b", 1, "c", SLOPE, needs="a"), wave=abs)],
    "void": [lambda: of(graded(VALUE, waves, truth=NumpyTruth({})))],
}
PROGRAM = (
    "def stub(): raise NotImplementedError\ndef leave():\n    import os; os._exit(3)\ndef loop():\n    while True: pass"
)


def faults(open_session: Open) -> Iterator[Said]:
    """What is said where nothing comes back, from a process that really ends or loops."""
    for name in ("stub", "leave", "loop"):
        with pytest.raises(Fault) as caught:
            ask(open_session(PROGRAM), name)
        yield caught.value.id, str(caught.value)
    yield "raised", str(Raised("ValueError", "no such axis", 3, 7, "adam"))


def test_sentences_of_every_kind_of_error_are_as_in_the_golden_file(open_session: Open) -> None:
    said = [(id, *make()) for id, examples in EXAMPLES.items() for make in examples]
    assert [(id, found) for id, found, _ in said if id != found] == []
    lines = [*((id, sentence) for id, _, sentence in said), *faults(open_session)]
    assert {id for id, _ in lines} == set(HEADINGS)
    text = "".join(f"{id} → {sentence}\n" for id, sentence in sorted(lines, key=lambda line: HEADINGS.index(line[0])))
    if os.environ.get("GRADER_GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text.splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()
