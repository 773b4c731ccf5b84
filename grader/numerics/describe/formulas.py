"""Describers by formula: the answer is a product or a sum of two quantities that have a name in the call.

All pairs are looked through on some entries at once, and those that may fit are tried on all of them. See `DESCRIBERS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

import numpy as np

from ..compare import short
from ..name_numbers import name_and_tier, name_of
from .answer import ENOUGH, EXACT, MANY, SMALL, Comparison, distinct, with_digits
from .quantities import FUNCTIONS, Quantity, functions, guarded, matrix_products, named, of_rates, reduced

PROBES = 48  # entries on which pairs are looked through
MATRICES = 12  # matrix products that are looked at, where many have the answer's shape
WEIGHTED = 600  # products of a slope and a function, likewise
LARGE = 4_000  # entries: of a larger answer no formula is looked for
UNNAMED = 6  # thoughts: more than for any coefficient with a name
MIXED = 2  # the tier of names from which on a whole number has one by chance
NEAR = 1e-6  # relative: what is worth trying on all entries
RIGHT = "the right answer"


def formula(it: Comparison, forms: Sequence[str] = tuple(FUNCTIONS), right: int = 0) -> Iterator[str]:
    """Describe an answer that is one quantity, a product or a quotient of two, or a sum of multiples of two.

    `forms` names the functions that are looked through, and `right` is how many thoughts the right answer takes: with 0 what
    is said by it comes first.
    """
    if not ENOUGH <= it.got.size <= LARGE or not np.isfinite(it.got).all():
        return
    if it.got.size < MANY and not it.has_digits(with_digits(it.got)):
        return
    quantities, terms = _quantities(it, forms, right)
    found = chain(*(_multiple(it, q) for q in quantities), _products(it, quantities), _sums(it, terms))
    yield from (sentence for _, sentence in sorted(found, key=lambda each: each[0])[:1])


def _quantities(it: Comparison, forms: Sequence[str], right: int) -> tuple[list[Quantity], list[Quantity]]:
    """Return what may be multiplied, and what may be added."""
    plain, sums, matrices = list(named(it)), list(reduced(it)), list(islice(matrix_products(it), MATRICES))
    # Where the right answer is an argument, the argument's name is clearer.
    named_already = any(np.array_equal(quantity.array, it.want) for quantity in plain)
    differing = plain if named_already or np.ptp(it.want) == 0 else [Quantity(RIGHT, it.want, right), *plain]
    all_of_them = [
        *differing,
        *functions(differing, forms),
        *of_rates(plain),
        *sums,
        *functions(sums, ["(1 / {})"]),
        *matrices,
        *guarded(it, plain),
    ]
    once = dict[bytes, Quantity]()
    for quantity in all_of_them:
        once.setdefault(quantity.array.tobytes(), quantity)
    quantities = [*once.values()]
    return quantities, [*quantities, *islice(_weighted(plain, [*matrices, *plain], forms), WEIGHTED)]


def _weighted(plain: list[Quantity], slopes: list[Quantity], forms: Sequence[str]) -> Iterator[Quantity]:
    """Yield products of a slope and another named quantity, or a function of one: the terms of a chain rule."""
    for one in slopes:
        others = [q for q in plain if q is not one]
        for other in chain(others, functions(others, forms)):
            yield Quantity(f"{one.name} · {other.name}", one.array * other.array, one.thoughts + other.thoughts)


def _multiple(it: Comparison, q: Quantity) -> Iterator[tuple[int, str]]:
    """Yield (thoughts, sentence) for got = k · q."""
    at = int(np.argmax(np.abs(q.array)))
    if q.name == RIGHT or not np.isfinite(q.array).all() or q.array.flat[at] == 0:
        return
    k = _whole(float(it.got.flat[at] / q.array.flat[at]))
    if k and it.explained_by(k * q.array, _is_free(it, k)):
        yield q.thoughts + _effort(it, k), f"it is {_times(k, q)}{_names(it, [k])}"


def _products(it: Comparison, quantities: list[Quantity]) -> Iterator[tuple[int, str]]:
    """Yield (thoughts, sentence) for got = k · a · b and got = k · a / b."""
    probes = _probes(it.got)
    usable = [q for q in quantities if (q.array.flat[probes] != 0).all()]
    if len(probes) < ENOUGH or not usable:
        return
    logs = np.array([np.log(np.abs(q.array.flat[probes])) for q in usable])
    target = np.log(np.abs(it.got.flat[probes]))
    for i, one in enumerate(usable):
        for sign, word in ((1, "times"), (-1, "divided by")):
            rest = target - logs[i] - sign * logs
            for j in np.flatnonzero(np.ptp(rest, axis=1) < NEAR):
                if (sign == 1 and j < i) or j == i:
                    continue
                other = usable[j]
                guess = one.array * other.array if sign == 1 else one.array / other.array
                thoughts = one.thoughts + other.thoughts
                yield from _multiple(it, Quantity(f"{one.name} {word} {other.name}", guess, thoughts))


def _sums(it: Comparison, quantities: list[Quantity]) -> Iterator[tuple[int, str]]:
    """Yield (thoughts, sentence) for got = k · a + l · b, where `a` and `b` may be 1."""
    one = Quantity("1", np.ones(it.got.shape), 1)
    terms = [one, *quantities]
    probes = np.linspace(0, it.got.size - 1, min(4 * PROBES, it.got.size), dtype=int)
    columns = np.array([q.array.flat[probes] / np.abs(q.array).max() for q in terms]).T
    got = it.got.flat[probes] / np.abs(it.got).max()
    gram, on_got = columns.T @ columns, columns.T @ got
    determinant = np.multiply.outer(np.diag(gram), np.diag(gram)) - gram**2
    explained = (
        np.multiply.outer(on_got**2, np.diag(gram))
        + np.multiply.outer(np.diag(gram), on_got**2)
        - 2 * np.multiply.outer(on_got, on_got) * gram
    )
    with np.errstate(all="ignore"):
        left = got @ got - explained / determinant
    near = (left < NEAR * (got @ got)) & (determinant > NEAR * np.multiply.outer(np.diag(gram), np.diag(gram)))
    for i, j in np.argwhere(np.triu(near, 1)):
        yield from _sum(it, terms[i], terms[j])


def _sum(it: Comparison, a: Quantity, b: Quantity) -> Iterator[tuple[int, str]]:
    pair = np.array([a.array.ravel(), b.array.ravel()]).T
    (k, m), *_ = np.linalg.lstsq(pair, it.got.ravel(), rcond=None)
    k, m = _whole(float(k)), _whole(float(m))
    terms = [(k, a), (m, b)]
    matters = all((np.abs(c * q.array) > SMALL * np.abs(it.got).max()).sum() >= ENOUGH for c, q in terms)
    if not matters or (RIGHT in (a.name, b.name) and max(abs(k), abs(m)) > 1 / SMALL):
        return
    free = sum(_is_free(it, c) for c in (k, m))
    if distinct(it.got) < ENOUGH + free:  # through two numbers there is always a line
        return
    if it.explained_by(k * a.array + m * b.array, free):
        first, second = sorted(terms, key=lambda term: (term[1].name != RIGHT, term[0] < 0))
        sign = "plus" if second[0] > 0 else "minus"
        said = f"it is {_times(first[0], first[1])} {sign} {_times(abs(second[0]), second[1])}"
        effort = sum(q.thoughts + _effort(it, c) for c, q in terms if q.name != "1")
        yield effort, said + _names(it, [k, m])


def _is_free(it: Comparison, k: float) -> int:
    """Return 1 for a coefficient that was found, 0 for 1 and for one with a name."""
    return int(abs(k) != 1 and name_of(abs(k), it.given) is None)


def _effort(it: Comparison, k: float) -> int:
    """Return how many thoughts a coefficient takes: none for 1, the more the less simple its name is."""
    name, tier = name_and_tier(abs(k), it.given)
    return 0 if abs(k) == 1 else 1 + tier if name else UNNAMED


def _times(k: float, q: Quantity) -> str:
    if q.name == "1":
        return short(k)
    return q.name if k == 1 else f"minus {q.name}" if k == -1 else f"{short(k)} times {q.name}"


def _names(it: Comparison, numbers: list[float]) -> str:
    found = {short(abs(k)): name_and_tier(abs(k), it.given) for k in numbers if abs(k) != 1}
    simple = {number: name for number, (name, tier) in found.items() if name and (tier < MIXED or "." in number)}
    return "".join(f", and {number} is {name}" for number, name in simple.items() if name != number)


def _whole(k: float) -> float:
    """Return the coefficient without the rounding of its search, where it is a whole number."""
    return round(k) if abs(k - round(k)) <= EXACT * abs(k) else k


def _probes(got: np.ndarray) -> np.ndarray:
    """Return the numbers of some entries that are not 0, evenly spread."""
    telling = np.flatnonzero(got)
    return telling[np.linspace(0, len(telling) - 1, min(PROBES, len(telling)), dtype=int)] if len(telling) else telling
