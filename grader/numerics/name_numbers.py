"""Naming the number that a wrong answer is off by: a size, a hyper-parameter, or something simple made of them.

    name_of(8.0, {"n": 8, "lr": 0.1})    →  "n"
    name_of(0.1, {"beta": 0.9})          →  "1 - beta"

Only equality to ten digits counts. Candidates come in tiers, the simplest first, and the first tier with a fitting name wins.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, permutations, product
from typing import Any

DIGITS = 1e-10  # relative: a looser match finds a name by chance among so many candidates
WRITTEN = (
    0.5,
    1.5,
    2.5,
)  # that a small size gives by chance: of 3 features, d/2 is what a 3 in place of a 2 makes of a gradient
TERMINATES = 6  # decimals: a fraction that has no more, such as a half, is a number that somebody wrote
LITTLE = 1e-3  # a smaller hyper-parameter is a rate or a guard: nobody takes 1 minus it
LARGEST = 1e100  # the square of a larger number is infinite
STEP = "t"  # the name under which a check gives the number of a step

NamedNumber = tuple[str, float]

CONSTANTS: tuple[NamedNumber, ...] = (
    ("2", 2.0),
    ("ln 2", math.log(2)),
    ("ln 10", math.log(10)),
    ("π", math.pi),
    ("2π", 2 * math.pi),
    ("e", math.e),
    ("√2", math.sqrt(2)),
)


def counts(given: Mapping[str, Any]) -> dict[str, int]:
    """Return the whole numbers above 1 among the named values: sizes, and numbers of steps."""
    return {k: int(v) for k, v in given.items() if isinstance(v, int) and not isinstance(v, bool) and v > 1}


def rates(given: Mapping[str, Any]) -> dict[str, float]:
    """Return the floats among them, except 0, 1 and absurdly large ones: hyper-parameters, and arguments that are one number."""
    return {k: float(v) for k, v in given.items() if isinstance(v, float) and abs(v) < LARGEST and v not in (0, 1)}


def guards(given: Mapping[str, Any]) -> dict[str, float]:
    """Return the hyper-parameters that are so small that they can only guard a division by 0."""
    return {name: value for name, value in rates(given).items() if 0 < value < LITTLE}


def name_of(number: float, given: Mapping[str, Any]) -> str | None:
    """Return the simplest name of a positive number, or None. Two equally simple names are joined with "or"."""
    return name_and_tier(number, given)[0]


def name_and_tier(number: float, given: Mapping[str, Any]) -> tuple[str | None, int]:
    """Return the name of a positive number and the tier in which it was found, 0 for the simplest."""
    tier = -1
    for tier, candidates in enumerate(_tiers(counts(given), rates(given))):
        found = dict.fromkeys(
            name for name, value in candidates if math.isclose(number, value, rel_tol=DIGITS, abs_tol=0)
        )
        if found:
            said = " or ".join(list(found)[:2])
            return f"{said} ({STEP} is the step)" if re.search(rf"\b{STEP}\b", said) else said, tier
    return None, tier + 1


def _tiers(sizes: Mapping[str, int], hyper: Mapping[str, float]) -> Iterator[Iterable[NamedNumber]]:
    """Yield the candidates, names and values, in tiers, the simplest first."""
    yield sizes.items()
    yield _simple(hyper)
    yield CONSTANTS
    yield ((name, value) for name, value in _of_sizes(sizes) if value not in WRITTEN)
    yield _of_hyper(hyper, sizes.get(STEP, 0))
    yield _mixed(sizes, hyper)


def _simple(hyper: Mapping[str, float]) -> Iterator[NamedNumber]:
    """Yield the hyper-parameters, and 1 minus those that look like a decay."""
    for h, value in hyper.items():
        yield h, value
        if LITTLE < value < 1:
            yield f"1 - {h}", 1 - value


def _of_sizes(sizes: Mapping[str, int]) -> Iterator[NamedNumber]:
    for s, size in sizes.items():
        yield from ((f"{s} - 1", size - 1.0), (f"{s}/({s} - 1)", size / (size - 1)), (f"2·{s}", 2.0 * size))
        yield from (
            (f"{s}/2", size / 2),
            (f"√{s}", math.sqrt(size)),
            (f"{s}²", float(size) ** 2),
            (f"ln {s}", math.log(size)),
        )
        if round(1 / size, TERMINATES) != 1 / size:
            yield from ((f"1/{s}", 1 / size), (f"2/{s}", 2 / size))
    for (a, one), (b, other) in combinations(sizes.items(), 2):
        yield f"{a}·{b}", float(one * other)
    for (a, one), (b, other) in permutations(sizes.items(), 2):
        yield f"{a}/{b}", one / other


def _of_hyper(hyper: Mapping[str, float], step: int) -> Iterator[NamedNumber]:
    for h, value in hyper.items():
        yield from ((f"1 + {h}", 1 + value), (f"{h}²", value**2))
        if LITTLE < value < 1:
            yield from (
                (f"(1 - {h})²", (1 - value) ** 2),
                (f"1 - {h}²", 1 - value**2),
                (f"√(1 - {h})", math.sqrt(1 - value)),
            )
            yield f"{h}/(1 - {h})", value / (1 - value)
            if step:
                power = value**step
                yield from (
                    (f"{h}^{STEP}", power),
                    (f"1 - {h}^{STEP}", 1 - power),
                    (f"√(1 - {h}^{STEP})", math.sqrt(1 - power)),
                )
    for (a, one), (b, other) in combinations(hyper.items(), 2):
        for x, y in product(_simple({a: one}), _simple({b: other})):
            yield f"{_bracket(x[0])}·{_bracket(y[0])}", x[1] * y[1]


def _mixed(sizes: Mapping[str, int], hyper: Mapping[str, float]) -> Iterator[NamedNumber]:
    for h, value in _simple(hyper):
        for s, size in sizes.items():
            yield from ((f"{s}·{_bracket(h)}", size * value), (f"{_bracket(h)}/{s}", value / size))


def _bracket(name: str) -> str:
    return f"({name})" if " " in name else name
