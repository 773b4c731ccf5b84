"""Describers of an answer that is one number: a sum, a maximum, a minimum of numbers that have a name in the call.

Nothing is found from the answer: the only numbers beside a reduction are a sign and a size that the sum is divided by. See
`DESCRIBERS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, product

import numpy as np

from .answer import Comparison
from .quantities import FUNCTIONS, Quantity

LARGE = 4_000  # numbers: of larger arrays no function is reduced
BY_ROW = ("softmax({})", "softmax(-{})")


def reduced_number(it: Comparison) -> Iterator[str]:
    """Describe a number that is the sum of an array with a name, of a function of one, or of a product of two."""
    if _telling(it):
        for quantity, (size, by) in product(_terms(it), [("", 1), *_sizes(it).items()]):
            over = f" divided by {size}" if size else ""
            yield from _explained(it, float(quantity.array.sum()) / by, f"the sum of {quantity.name}{over}")


def extreme_number(it: Comparison) -> Iterator[str]:
    """Describe a number that is the largest or the smallest of such. Several arrays may have the same, so one question does not
    tell whose it is."""
    for quantity in _terms(it) if _telling(it) else ():
        yield from _explained(it, float(quantity.array.max()), f"the maximum of {quantity.name}")
        yield from _explained(it, float(quantity.array.min()), f"the minimum of {quantity.name}")


def _telling(it: Comparison) -> bool:
    return it.got.ndim == 0 and bool(np.isfinite(it.got)) and bool(it.got)


def _explained(it: Comparison, number: float, name: str) -> Iterator[str]:
    for minus, sign in (("", 1), ("minus ", -1)):
        if it.explained_by(np.asarray(sign * number)):
            yield f"it is {minus}{name}"


def _sizes(it: Comparison) -> dict[str, int]:
    """Return the sizes by name, those of 1, too: what is divided by one may be so in other cases."""
    whole = {name: size for name, size in it.given.items() if isinstance(size, int) and not isinstance(size, bool)}
    return {name: size for name, size in whole.items() if size > 0}


def _terms(it: Comparison) -> Iterator[Quantity]:
    """Yield what may be reduced, the simplest first."""
    arrays = {f"`{name}`": array for name, array in it.given.items() if isinstance(array, np.ndarray)} | it.nearby
    plain = [Quantity(name, array.astype(float), 1) for name, array in arrays.items() if array.size <= LARGE]
    plain += [
        Quantity(f"{a.name}[i, {b.name}[i]]", _at(a, b), 2) for a, b in product(plain, plain) if _points_into(b, a)
    ]
    forms = {form: f for form, f in FUNCTIONS.items() if form not in BY_ROW}
    made = [Quantity(form.format(q.name), f(q.array), 2) for q in plain for form, f in forms.items()]
    for quantity in plain:
        if quantity.array.ndim == 2:
            logs = quantity.array - np.logaddexp.reduce(quantity.array, axis=1, keepdims=True)
            made.append(Quantity(f"log(softmax({quantity.name}))", logs, 2))
            made.append(Quantity(f"softmax({quantity.name})", np.exp(logs), 2))
    yield from chain(plain, made)
    for one, other in chain(combinations(plain, 2), product(plain, made)):
        if one.array.shape == other.array.shape and one.name not in other.name:
            yield Quantity(f"{one.name} · {other.name}", one.array * other.array, 2)


def _points_into(index: Quantity, table: Quantity) -> bool:
    """Return True for whole numbers that name an entry of each row of a table."""
    rows, at = table.array, index.array
    if rows.ndim != 2 or at.shape != rows.shape[:1]:
        return False
    return bool(((at == np.round(at)) & (at >= 0) & (at < rows.shape[1])).all())


def _at(table: Quantity, index: Quantity) -> np.ndarray:
    return np.asarray(table.array[np.arange(len(table.array)), index.array.astype(int)])
