"""Comparing answers: the only table of tolerances, and the sentences that say how two answers differ.

Shape is compared first, then dtype, then finiteness, then values, so that a student is told first what explains the rest. Rows
have no tolerances of their own: those drift, and hide a wrong eps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import Wrong
from ..inside.plan import describe_value, one_of


@dataclass(frozen=True)
class Tolerance:
    """|got − want| ≤ rtol·|want| + floor·scale, where `scale` is the size of the largest intermediate term; with `each`, that of
    the entry itself."""

    rtol: float
    floor: float
    each: bool = False


# One evaluation in float64. The floor is some 4,500 roundings of the largest term. It cannot be scaled by the result: batch norm's
# backward at n = 2 and inputs near 1000 cancels, and such a floor would fail over half of all correct solutions. A wrong eps or
# a missing term is far larger than either part.
VALUES = Tolerance(rtol=1e-7, floor=1e-12)
# Hundreds of steps from a given start, in which rounding accumulates: a perturbation of 1e-15 stayed below 1e-13 for 2,000 steps.
TRAINING = Tolerance(rtol=1e-6, floor=1e-11)
# Entries that differ by decades, as the norms of gradients by layer do: each is held to its own size. It has to be said, for the
# numbers do not show it: 1e-14 beside 1 may be a vanishing gradient, or 1 − tanh², which right programs know to 1 part in 100.
DECADES = Tolerance(rtol=1e-7, floor=1e-12, each=True)
# The same question asked twice.
SAME = Tolerance(rtol=0.0, floor=0.0)

MAX_DIGITS = 17  # that tell any two float64 apart


@dataclass(frozen=True)
class Truth:
    """An expected value, and the size of the largest term that went into it: one for the whole array, or one for each entry."""

    value: np.ndarray
    scale: float | np.ndarray

    @classmethod
    def of(cls, value: Any, scale: float | None = None) -> Truth:
        """Return the truth of a value. Without a `scale`, its own largest entry stands in."""
        array = np.asarray(value)
        return cls(array, largest(array) if scale is None else scale)

    def at(self, tolerance: Tolerance) -> Truth:
        """Return the truth with the scale at which the tolerance judges it."""
        return Truth(self.value, np.abs(self.value)) if tolerance.each else self


def largest(array: np.ndarray) -> float:
    """Return the largest finite magnitude in an array, 0 for an array without any, and 1 for one that is not of numbers."""
    if array.dtype.kind not in "fiu":
        return 1.0
    sizes = np.abs(array[np.isfinite(array)])
    return float(sizes.max(initial=0))


def require_close(
    got: Any,
    want: Truth,
    where: str,
    tolerance: Tolerance = VALUES,
    given: Mapping[str, Any] | None = None,
    nearby: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    labels: Sequence[str] = (),
    words: Sequence[str] = (),
) -> None:
    """Raise Wrong unless `got`, any value that a submission returned, is `want` within the tolerance.

    `where` names the function and the case. The evidence keeps `given`, `nearby` and `outputs` (errors.Evidence), from which
    `describe` explains the difference. `labels` name the entries of the first axis. Where there are `words`, the
    answer is the number of one of them.
    """
    if words:
        mine, right = chosen(got, words, where), words[int(want.value)]
        if mine != right:
            raise Wrong(where, f"the answer is {mine!r}, expected {right!r}", np.asarray(got), got=mine, expected=right)
        return
    want = want.at(tolerance)
    try:
        array, expected = require_array(got, want.value.shape, want.value.dtype.kind, where), want.value
        if not np.array_equal(array, expected, equal_nan=True):
            require_precision(array, where)
        close = is_close(array, want, tolerance)
        if (unexpected := ~np.isfinite(array) & np.isfinite(expected)).any():
            which = _count(~np.isfinite(array) & ~close, "not finite", "first")
            raise _at_entry(where, array, expected, _argmax(unexpected), which, labels, id="not-finite")
        if not close.all():
            i, which = _worst(array, expected, close)
            raise _at_entry(where, array, expected, i, which, labels, id="value")
    except Wrong as wrong:
        evidence = replace(wrong.evidence, truth=want, given=given or {}, nearby=nearby or {}, outputs=outputs or {})
        raise Wrong.of(evidence) from None


def require_array(got: Any, shape: tuple[int, ...], kind: str, where: str) -> np.ndarray:
    """Return `got` as an array of real numbers, of that shape. Raises Wrong.

    Numbers and lists of numbers are arrays, too. The `kind` of the expected dtype asks for whole numbers if it is "i", "u" or "b".
    """
    array = as_array(got)
    if array is None:
        raise Wrong(where, f"returned {describe_value(got)}, expected {shape_name(shape)}", id="form")
    if array.shape != shape:
        sentence = f"the shape is {array.shape}, expected {shape}"
        raise Wrong(where, sentence, array, id="shape", got=list(array.shape), expected=list(shape))
    if kind in "iub" and array.dtype.kind == "f" and not (array == np.floor(array)).all():
        i = _argmax(array != np.floor(array))
        raise Wrong(where, f"{_entry(i)} is {short(array[i])}, expected a whole number", array, id="whole-number")
    return array


def chosen(got: Any, words: Sequence[str], where: str) -> str:
    """Return the word of which `got` is the number. A process that is not ours may answer with any other. Raises Wrong."""
    number = int(require_array(got, (), "i", where))
    if not 0 <= number < len(words):
        raise Wrong(where, f"returned no word, expected {one_of(words)}", id="form")
    return words[number]


def require_precision(array: np.ndarray, where: str) -> None:
    """Raise Wrong for an answer in less than float64, whichever of its digits are right."""
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        sentence = f"the answer is {array.dtype}, expected float64: keep the precision of the arguments"
        raise Wrong(where, sentence, array, id="dtype", got=str(array.dtype), expected="float64")


def as_array(value: Any) -> np.ndarray | None:
    """Return the value as an array of real numbers, or None if it is not one."""
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        return None
    return array if array.dtype.kind in "fiub" else None


def is_close(got: np.ndarray, want: Truth, tolerance: Tolerance) -> np.ndarray:
    """Return which entries are right: within the tolerance of a finite number, the same infinity, or NaN where NaN is right."""
    expected, scale = want.value, want.at(tolerance).scale
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(got.astype(float) - expected.astype(float))
        allowed = tolerance.rtol * np.abs(expected) + tolerance.floor * scale
        same = (got == expected) | ((got != got) & (expected != expected))
        return (np.isfinite(expected) & (error <= allowed)) | same


def _worst(got: np.ndarray, expected: np.ndarray, close: np.ndarray) -> tuple[tuple[int, ...], str]:
    """Return the entry to tell of those that are not `close`, and words for which it is: the first that should not be finite,
    or else that with the largest difference."""
    if (missed := ~close & ~np.isfinite(expected)).any():
        return _argmax(missed), _count(~close, "wrong", "first")
    with np.errstate(invalid="ignore"):
        error = np.where(close, -1.0, np.abs(got.astype(float) - expected.astype(float)))
    return _argmax(error), _count(~close, "wrong", "largest difference")


def _at_entry(
    where: str,
    array: np.ndarray,
    expected: np.ndarray,
    i: tuple[int, ...],
    which: str,
    labels: Sequence[str],
    *,
    id: str,
) -> Wrong:
    mine, theirs = digits_to_differ(array[i], expected[i])
    details: dict[str, Any] = {"entry": list(i), "got": repr(float(array[i])), "expected": repr(float(expected[i]))}
    if i and i[0] < len(labels):
        details["label"] = labels[i[0]]
    return Wrong(where, f"{_entry(i, labels)}{which} is {mine}, expected {theirs}", array, id=id, **details)


def _argmax(values: np.ndarray) -> tuple[int, ...]:
    """Return the index of the largest entry: of a mask, the first that is True."""
    return tuple(int(k) for k in np.unravel_index(int(np.argmax(values)), values.shape))


def _entry(i: tuple[int, ...], labels: Sequence[str] = ()) -> str:
    if i and i[0] < len(labels):
        return f"“{labels[i[0]]}”" + (f" [{', '.join(map(str, i[1:]))}]" if i[1:] else "")
    return f"entry [{', '.join(map(str, i))}]" if i else "the value"


def _count(bad: np.ndarray, what: str, which: str) -> str:
    """Return words for the number of bad entries, if there are several, after the one that is shown."""
    number = int(bad.sum())
    return f" (the {which}; {number} of {bad.size} entries are {what})" if bad.ndim and number > 1 else ""


def short(number: Any) -> str:
    """Return a number that stands alone in a sentence, with six significant digits."""
    return f"{float(number) + 0.0:.6g}"  # + 0.0: no "-0"


def digits_to_differ(a: Any, b: Any) -> tuple[str, str]:
    """Return two numbers with as many digits as it takes to see the difference: unequal numbers never get equal texts."""
    a, b = float(a) + 0.0, float(b) + 0.0
    for digits in range(6, MAX_DIGITS + 1):
        texts = f"{a:.{digits}g}", f"{b:.{digits}g}"
        if texts[0] != texts[1]:
            extra = min(digits + 1, MAX_DIGITS)
            more = f"{a:.{extra}g}", f"{b:.{extra}g}"
            # One more digit, so that not only the last one differs. With it the two may round alike again.
            return more if digits > 6 and more[0] != more[1] else texts
    return repr(a), repr(b)


def shape_name(shape: tuple[int, ...]) -> str:
    """Return words for an array of a shape, or for a number."""
    return f"an array of shape {shape}" if shape else "a number"
