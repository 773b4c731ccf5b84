"""Describing a number by several questions: cases of a row that ask the same with other numbers, as the scripts of a topic do.

Of one question, "it is 1.88, where -0.84 is right" proves nothing. If the answer is `a` plus `b` in three of them, that is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import Evidence
from ..compare import VALUES, Truth, is_close, short
from ..name_numbers import counts
from .amounts import any_factor, any_offset, function_of_truth, known_factor, known_offset, sign
from .answer import ENOUGH, EXACT, Comparison
from .entries import NAMED, numbers
from .formulas import formula
from .quantities import FUNCTIONS

DIGITS = 7.0  # of all answers together: fewer are met by chance among so many formulas
NAMELESS = "the number"
DECIMALS = 9  # places behind the point, at most, up to which a number may end
FORMS = [form for form in FUNCTIONS if "softmax" not in form]  # numbers of different questions have no sum


@dataclass(frozen=True)
class Together(Comparison):
    """The answers to several questions beside the right ones: an entry for each. So are the named numbers in `given`."""

    @property
    def every(self) -> str:
        return "it"

    def has_digits(self, long: np.ndarray) -> bool:
        return digits(np.unique(np.abs(self.got))) >= DIGITS


def digits(numbers: np.ndarray) -> float:
    """Return how many digits write these positive numbers together, as many places behind the point in each."""
    places = range(DECIMALS)
    ends = (10.0**-n for n in places if np.allclose(np.round(numbers, n), numbers, rtol=EXACT, atol=0))
    with np.errstate(divide="ignore"):
        return float(np.maximum(np.log10(numbers / next(ends, 10.0**-DECIMALS)), 0).sum())


def same_question(evidence: Evidence) -> list[Evidence]:
    """Return the evidence of an answer that is a number, or a few with names, with that of the row's other cases that ask the
    same with other numbers. Larger answers are evidence enough by themselves."""
    if np.ndim(evidence.answer) > 0 and not NAMED.match(_place(evidence)):
        return [evidence]
    found = {_numbers_of(evidence): evidence}
    for other in evidence.also:
        if _structure(other) == _structure(evidence):
            found.setdefault(_numbers_of(other), other)
    return [*found.values()]


def together(same: Sequence[Evidence]) -> str | None:
    """Return a sentence that explains the wrong numbers of all these answers, or None.

    Each entry that is wrong in one of them must be wrong in all, and be explained.
    """
    if len(same) < ENOUGH or not all(
        isinstance(e.truth, Truth) and np.shape(e.answer) == e.truth.value.shape for e in same
    ):
        return None
    got = np.array([e.answer for e in same], float)
    want = np.array([e.truth.value for e in same], float)
    wrong = np.array([~is_close(e.answer, e.truth, VALUES) for e in same])
    rounding = np.array([np.broadcast_to(VALUES.floor * e.truth.scale, want.shape[1:]) for e in same])
    place = _place(same[0])
    named = NAMED.match(place)
    names = [named[1] + name for name in named[2].split(", ")] if named else [NAMELESS]
    got, want, rounding, wrong = (array.reshape(len(same), -1) for array in (got, want, rounding, wrong))
    if len(names) != got.shape[1] or (wrong.any(axis=0) != wrong.all(axis=0)).any():
        return None
    given = _vectors(same)
    said = []
    for i in np.flatnonzero(wrong.all(axis=0)):
        it = Together(got[:, i], want[:, i], rounding[:, i], wrong[:, i], given, {}, {}, names[i])
        said.append(next(_describe(it, names[i]), ""))
    return f"{'; '.join(said)}, in each of {len(same)} such questions" if all(said) else None


def _describe(it: Comparison, name: str) -> Iterator[str]:
    constant = it.got[0]
    if np.isfinite(constant) and (it.got == constant).all():
        different = len(np.unique(it.want))
        right = (
            "the right one differs each time" if different == it.want.size else "the right one is not always the same"
        )
        yield f"{name} is {short(constant)}, where {right if different > 1 else f'{short(it.want[0])} is right'}"
        return
    describers: tuple[Callable[[Comparison], Iterator[str]], ...] = (
        sign,
        _one_of_them,
        known_factor,
        lambda it: formula(it, FORMS, right=2),
        known_offset,
        function_of_truth,
        any_factor,
        any_offset,
    )
    for text in (text for describer in describers for text in describer(it)):
        if text.startswith("it is "):
            yield f"{name}{text.removeprefix('it')}"
        else:
            yield text if name == NAMELESS else f"{name}: {text}"


def _one_of_them(it: Comparison) -> Iterator[str]:
    """Describe answers that are one of the named numbers."""
    yield from (f"it is `{name}`" for name, array in it.arrays.items() if it.explained_by(array))


def _place(evidence: Evidence) -> str:
    return evidence.where.partition(" on ")[0]


def _structure(evidence: Evidence) -> object:
    """Return all of a question but its numbers."""
    given = evidence.given
    return (
        _place(evidence),
        np.shape(evidence.answer),
        [(name, value if isinstance(value, str) else type(value).__name__) for name, value in given.items()],
        [[*value] for value in given.values() if isinstance(value, Mapping)],
    )


def _numbers_of(evidence: Evidence) -> tuple[Any, ...]:
    arrays = (np.asarray(v) for v in evidence.given.values() if isinstance(v, np.ndarray))
    return (*numbers(evidence.given).items(), *(array.tobytes() for array in arrays))


def _vectors(same: Sequence[Evidence]) -> dict[str, object]:
    """Return an array for each named number, with an entry for each question; a number where it is the same in all, and is no
    fraction: a factor of 0.5 has simpler names than one of a text."""
    named = [{**numbers(e.given), **counts(e.given)} for e in same]
    vectors: dict[str, object] = {}
    for name, first in named[0].items():
        vector = np.array([each.get(name, np.nan) for each in named], float)
        if np.ptp(vector):
            vectors[name] = vector
        elif first >= 1:
            vectors[name] = float(first)
    return vectors
