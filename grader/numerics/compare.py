"""When two answers are the same: the only table of tolerances, and the sentence that says how they differ.

Comparison goes shape → dtype → finite → value, so a student hears first what explains the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import Wrong
from ..inside.plan import describe_value


@dataclass(frozen=True)
class Tolerance:
    """|got − want| ≤ rtol·|want| + floor·scale, where `scale` is the largest intermediate term of the computation.

    The floor is some 4500 roundings of that term: a result that cancels (batch norm's dx at n = 2) cannot be
    held to its own size, and a wrong eps or a missing term is far larger than either part.
    """

    rtol: float
    floor: float


VALUES = Tolerance(rtol=1e-7, floor=1e-12)  # one evaluation in float64
TRAINING = Tolerance(rtol=1e-6, floor=1e-11)  # hundreds of steps from a given start: rounding has accumulated
SAME = Tolerance(rtol=0.0, floor=0.0)  # the same question twice

MAX_DIGITS = 17  # of a float64: no two different numbers print alike


@dataclass(frozen=True)
class Truth:
    """An expected value and the size of the largest term that went into it (of the whole, or of each entry)."""

    value: np.ndarray
    scale: float | np.ndarray

    @classmethod
    def of(cls, value: Any, scale: float | None = None) -> Truth:
        array = np.asarray(value)
        return cls(array, largest(array) if scale is None else scale)


def largest(array: np.ndarray) -> float:
    """The largest finite magnitude in `array`, 0 for none."""
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
) -> None:
    """Raise Wrong unless `got` (whatever a submission returned) is `want`. The rest is for describing how it is wrong."""
    try:
        _require_close(got, want, where, tolerance)
    except Wrong as wrong:
        evidence = replace(wrong.evidence, truth=want, given=given or {}, nearby=nearby or {}, outputs=outputs or {})
        raise Wrong.of(evidence) from None


def _require_close(got: Any, want: Truth, where: str, tolerance: Tolerance) -> None:
    array = require_array(got, want.value.shape, want.value.dtype.kind, where)
    if not np.array_equal(array, want.value):
        require_precision(array, where)
    finite, expected = np.isfinite(array), want.value
    if not finite.all():
        i = _first(~finite & np.isfinite(expected)) if (~finite & np.isfinite(expected)).any() else None
        if i is not None:
            sentence = (
                f"{_entry(i)}{_count(~finite, 'not finite', 'first')} is {array[i]}, expected {short(expected[i])}"
            )
            raise _at_entry(where, sentence, array, i, expected[i], "not-finite")
    close = is_close(array, want, tolerance)
    if not close.all():
        raise _differs(array, want, close, where)


def require_array(got: Any, shape: tuple[int, ...], kind: str, where: str) -> np.ndarray:
    """`got` as a real array of that shape. `kind` "i" or "b" asks for whole numbers; lists of numbers are arrays."""
    array = as_array(got)
    if array is None:
        raise Wrong(where, f"returned {describe_value(got)}, expected {shape_name(shape)}", id="form")
    if array.shape != shape:
        sentence = f"the shape is {array.shape}, expected {shape}"
        raise Wrong(where, sentence, array, id="shape", got=list(array.shape), expected=list(shape))
    if kind in "iub" and array.dtype.kind == "f" and not (array == np.floor(array)).all():
        i = _first(array != np.floor(array))
        raise Wrong(where, f"{_entry(i)} is {short(array[i])}, expected a whole number", array, id="whole-number")
    return array


def require_precision(array: np.ndarray, where: str) -> None:
    """Raise Wrong for an answer in less than float64: which of its digits are right by chance is not asked."""
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        sentence = f"the answer is {array.dtype}, expected float64: keep the precision of the arguments"
        raise Wrong(where, sentence, array, id="dtype", got=str(array.dtype), expected="float64")


def as_array(value: Any) -> np.ndarray | None:
    """The value as an array of real numbers, or None where it is no such thing."""
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        return None
    return array if array.dtype.kind in "fiub" else None


def is_close(got: np.ndarray, want: Truth, tolerance: Tolerance) -> np.ndarray:
    expected = want.value
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(got.astype(float) - expected.astype(float))
        allowed = tolerance.rtol * np.abs(expected) + tolerance.floor * want.scale
        return (np.isfinite(expected) & (error <= allowed)) | (got == expected)


def _differs(got: np.ndarray, want: Truth, close: np.ndarray, where: str) -> Wrong:
    expected = want.value
    with np.errstate(invalid="ignore"):
        error = np.where(close, -1.0, np.abs(got.astype(float) - expected.astype(float)))
    i = tuple(int(k) for k in np.unravel_index(int(np.argmax(error)), error.shape))
    mine, theirs = digits_to_differ(got[i], expected[i])
    sentence = f"{_entry(i)}{_count(~close, 'wrong', 'largest difference')} is {mine}, expected {theirs}"
    return _at_entry(where, sentence, got, i, expected[i], "value")


def _at_entry(where: str, sentence: str, array: np.ndarray, i: tuple[int, ...], expected: Any, id: str) -> Wrong:
    got = repr(float(array[i]))
    return Wrong(where, sentence, array, id=id, entry=list(i), got=got, expected=repr(float(expected)))


def _first(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(k) for k in np.unravel_index(int(np.argmax(mask)), mask.shape))


def _entry(i: tuple[int, ...]) -> str:
    return f"entry [{', '.join(map(str, i))}]" if i else "the value"


def _count(bad: np.ndarray, what: str, which: str) -> str:
    number = int(bad.sum())
    return f" (the {which}; {number} of {bad.size} entries are {what})" if bad.ndim and number > 1 else ""


def short(number: Any) -> str:
    """Six significant digits, for a number that stands alone."""
    return f"{float(number) + 0.0:.6g}"  # + 0.0: no "-0"


def digits_to_differ(a: Any, b: Any) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to see how they differ: never two equal texts for unequal numbers."""
    a, b = float(a) + 0.0, float(b) + 0.0
    for digits in range(6, MAX_DIGITS + 1):
        texts = f"{a:.{digits}g}", f"{b:.{digits}g}"
        if texts[0] != texts[1]:
            extra = min(digits + 1, MAX_DIGITS)
            more = f"{a:.{extra}g}", f"{b:.{extra}g}"
            return more if digits > 6 and more[0] != more[1] else texts  # one more digit may round alike again
    return repr(a), repr(b)


def shape_name(shape: tuple[int, ...]) -> str:
    return f"an array of shape {shape}" if shape else "a number"
