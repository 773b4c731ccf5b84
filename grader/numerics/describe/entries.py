"""Describers of answers of which each entry has a name: "grad of (a, b, y)". What is one of them, made of numbers with names?

No number is found from the answer: only formulas without one are tried, and only for numbers of more digits than are met by
chance. See `DESCRIBERS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from .answer import EXACT, Comparison, has_digits
from .quantities import FUNCTIONS

NAMED = re.compile(r"^([\w ]*)\((\w+(?:, \w+)*)\)")
WRITTEN = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")  # a number in a text
MOST = 3  # entries of which each has a formula of its own
FACTORS = (1, -1, 2, -2, 3, -3)
POWERS = {"`{}`": 1, "`{}`²": 2, "1 / `{}`": -1, "1 / `{}`²": -2}


def entries(it: Comparison) -> Iterator[str]:
    """Describe an answer in which one named entry is a formula of named numbers, or several are 0."""
    if it.got.ndim == 0:
        yield from (f"it is {text}" for text in _formulas(it.got.item(), it.want.item(), numbers(it.given)))
    found = NAMED.match(it.where)
    names = found[2].split(", ") if found else []
    if not found or it.got.shape != (len(names),):
        return
    wrong = np.flatnonzero(it.wrong)
    if len(wrong) >= 2 and not it.got[wrong].any():
        yield f"{found[1]}{_listed([names[i] for i in wrong])} is 0: is something not passed on?"
    texts = [next(_formulas(it.got[i], it.want[i], numbers(it.given)), "") for i in wrong[:MOST]]
    for i in wrong if len(wrong) == 1 and has_digits(it.got[wrong[0]]) else []:
        for j in np.flatnonzero((it.got == it.got[i]) & ~it.wrong)[-1:]:
            yield f"{found[1]}{names[i]} is the same as that of {names[j]}: is a factor left out?"
    if len(wrong) <= MOST and all(texts):
        yield _listed([f"{found[1]}{names[i]} is {text}" for i, text in zip(wrong, texts, strict=True)])


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def numbers(given: Mapping[str, object]) -> dict[str, float]:
    """Return the named numbers of a question, those of its tables, too, and those that are written out in a text of it."""
    tables = [value for value in given.values() if isinstance(value, Mapping)]
    written = {
        text: float(text) for value in given.values() if isinstance(value, str) for text in WRITTEN.findall(value)
    }
    return {
        name: np.float64(value)
        for table in (given, *tables, written)
        for name, value in table.items()
        if isinstance(value, float) and np.isfinite(value) and value not in (0, 1)
    }


def _formulas(got: float, want: float, numbers: Mapping[str, float]) -> Iterator[str]:
    """Yield the formulas that give a number, the simplest first."""
    if got == -want:
        yield "right but for its sign"
    if not has_digits(got):
        return
    for name, value in numbers.items():
        for form, function in ({"{}": np.asarray} | dict(FUNCTIONS)).items():
            known = float(function(np.asarray(value)))
            for factor, offset in product(FACTORS, (0, 1, -1, 2)):
                if _equal(got, offset + factor * known) and not float(known).is_integer():
                    yield _written(factor, form.format(f"`{name}`"), offset)
    for (a, x), (b, y) in product(numbers.items(), numbers.items()):
        for (one, p), (other, q) in product(POWERS.items(), POWERS.items()):
            for sign in (1, -1):
                if a != b and _equal(got, sign * x**p * y**q):
                    yield f"{'minus ' if sign < 0 else ''}{one.format(a)} times {other.format(b)}"
        for sign, word in ((1, "plus"), (-1, "minus")):
            if _equal(got, x + sign * y):
                yield f"`{a}` {word} `{b}`"


def _equal(got: float, guess: float) -> bool:
    return bool(abs(got - guess) <= EXACT / 10 * abs(got))


def _written(factor: int, term: str, offset: int) -> str:
    number = {1: "", -1: "-"}.get(factor, f"{factor} · ")
    if offset:
        sign = "-" if factor < 0 else "+"
        return f"{offset} {sign} {'' if abs(factor) == 1 else f'{abs(factor)} · '}{term}"
    return f"{number}{term}"
