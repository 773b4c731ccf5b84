"""What a number is, where a wrong answer is off by it: a size, a hyper-parameter, or something simple made of them.

    names(8.0, {"n": 8, "lr": 0.1})    →  "n"
    names(0.1, {"beta": 0.9})          →  "1 - beta"

Only equality to ten digits counts, and the simplest names win: those of the first tier in which one is found.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, permutations, product
from typing import Any

DIGITS = 1e-10  # relative: how nearly a number must be what it is said to be
LITTLE = 1e-3  # a smaller hyper-parameter is a rate or a guard: nobody takes 1 minus it
LARGEST = 1e100  # a number beyond has no square
STEP = "t"  # the name under which a check gives the number of a step

Named = tuple[str, float]

CONSTANTS: tuple[Named, ...] = (
    ("2", 2.0),
    ("ln 2", math.log(2)),
    ("ln 10", math.log(10)),
    ("π", math.pi),
    ("2π", 2 * math.pi),
    ("e", math.e),
    ("√2", math.sqrt(2)),
)


def counts(given: Mapping[str, Any]) -> dict[str, int]:
    """The whole numbers above 1 among what is given: sizes, and numbers of steps."""
    return {k: int(v) for k, v in given.items() if isinstance(v, int) and not isinstance(v, bool) and v > 1}


def rates(given: Mapping[str, Any]) -> dict[str, float]:
    """The other numbers, where they are not absurdly large: hyper-parameters, and arguments that are a single number."""
    return {k: float(v) for k, v in given.items() if isinstance(v, float) and abs(v) < LARGEST and v not in (0, 1)}


def names(number: float, given: Mapping[str, Any]) -> str | None:
    """What a positive number is, in the simplest words; several names of one simplicity are joined with "or"."""
    return named(number, given)[1]


def named(number: float, given: Mapping[str, Any]) -> tuple[int, str | None]:
    """How simple the number is (0 is simplest), and its name."""
    tiers = _tiers(counts(given), rates(given))
    tier = -1
    for tier, candidates in enumerate(tiers):
        found = dict.fromkeys(
            name for name, value in candidates if math.isclose(number, value, rel_tol=DIGITS, abs_tol=0)
        )
        if found:
            said = " or ".join(list(found)[:2])
            return tier, f"{said} ({STEP} is the step)" if re.search(rf"\b{STEP}\b", said) else said
    return tier + 1, None


def _tiers(sizes: Mapping[str, int], hyper: Mapping[str, float]) -> Iterator[Iterable[Named]]:
    """Names and values, simplest first."""
    yield sizes.items()
    yield _simple(hyper)
    yield CONSTANTS
    yield _of_sizes(sizes)
    yield _of_hyper(hyper, sizes.get(STEP, 0))
    yield _mixed(sizes, hyper)


def _simple(hyper: Mapping[str, float]) -> Iterator[Named]:
    for h, value in hyper.items():
        yield h, value
        if LITTLE < value < 1:
            yield f"1 - {h}", 1 - value


def _of_sizes(sizes: Mapping[str, int]) -> Iterator[Named]:
    for s, size in sizes.items():
        yield from ((f"{s} - 1", size - 1.0), (f"{s}/({s} - 1)", size / (size - 1)), (f"2·{s}", 2.0 * size))
        yield from (
            (f"{s}/2", size / 2),
            (f"√{s}", math.sqrt(size)),
            (f"{s}²", float(size) ** 2),
            (f"ln {s}", math.log(size)),
        )
    for (a, one), (b, other) in combinations(sizes.items(), 2):
        yield f"{a}·{b}", float(one * other)
    for (a, one), (b, other) in permutations(sizes.items(), 2):
        yield f"{a}/{b}", one / other


def _of_hyper(hyper: Mapping[str, float], step: int) -> Iterator[Named]:
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


def _mixed(sizes: Mapping[str, int], hyper: Mapping[str, float]) -> Iterator[Named]:
    for h, value in _simple(hyper):
        for s, size in sizes.items():
            yield from ((f"{s}·{_bracket(h)}", size * value), (f"{_bracket(h)}/{s}", value / size))


def _bracket(name: str) -> str:
    return f"({name})" if " " in name else name
