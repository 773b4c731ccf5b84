"""Aliveness: from dead work nothing follows.

A constant, an argument given back or a nan can be consistent with anything: without this rule a program that returns zeros
earned 6 rows of 10 by follow-through. Every follow-through asks here (`is_alive`), and every claim that holds of a program
that computes nothing, too (`require_alive`): that its arguments are left alone, that it costs little.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from ..errors import Wrong
from ..inside.plan import describe_value
from ..inside.wire import Bound, Seeded
from ..numerics.compare import as_array, short
from ..topics.asking import Asking
from ..topics.targets import Spec
from ..topics.trial import Trial
from .script import Script

Same = Callable[[np.ndarray, np.ndarray], bool]


def is_alive(
    mine: np.ndarray | None,
    others: Iterable[np.ndarray | None],
    shape: tuple[int, ...],
    *,
    every: bool = True,
    nonzero: bool = False,
    given: Iterable[Any] = (),
    same: Same = np.array_equal,
) -> bool:
    """Say whether something can follow from an answer: it is finite, of the right `shape`, and varies.

    `others` are the answers to the same question with an argument moved: the answer differs from every one of them, or, where
    it need not depend on each argument (`every=False`), from one. It is none of the arguments `given` back, and, if `nonzero` is
    asked for, not 0 everywhere. `same` compares two answers.
    """
    if mine is None or mine.shape != shape or not np.isfinite(mine).all() or (nonzero and not mine.any()):
        return False
    if any(np.array_equal(mine, argument) for argument in given):
        return False
    differs = [other is not None and not same(mine, other) for other in others]
    return all(differs) if every else any(differs)


class Varied(Protocol):
    """Something with array arguments: their kinds, and the sizes that a case gives the letters."""

    @property
    def specs(self) -> Mapping[str, Spec]: ...

    @property
    def lists(self) -> Mapping[str, Spec]: ...

    def sizes(self, case: Mapping[str, Any]) -> dict[str, int]: ...


def moved(
    trial: Trial, asked: Varied, case: Mapping[str, Any], names: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the case with one array argument changed everywhere, for each of them, or for those of these names."""
    sizes, specs = asked.sizes(case), {**asked.specs, **asked.lists}
    for name in names or specs:
        if name not in case:
            continue
        yield {**case, name: _another(trial, case[name], specs.get(name, Spec("real")), sizes)}


def elsewhere(trial: Trial, asked: Asking, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the case with every array argument and every seed changed, all of them at once; for a script, which may use
    whatever is in a case, every real array besides."""
    sizes, other, specs = asked.sizes(case), dict(case), {**asked.specs, **asked.lists}
    for name, value in case.items():
        if isinstance(value, Seeded):
            other[name] = Seeded(value.seed ^ 1)
        elif isinstance(value, Bound):
            other[name] = replace(value, bound=_another(trial, value.bound, Spec("real"), sizes))
        elif name in specs or (isinstance(asked, Script) and _is_real(value)):
            other[name] = _another(trial, value, specs.get(name, Spec("real")), sizes)
    return other


def _is_real(value: Any) -> bool:
    """Say whether a value is an array of real numbers, or holds nothing but such arrays and real numbers."""
    if isinstance(value, Mapping | list):
        items = value.values() if isinstance(value, Mapping) else value
        return len(value) > 0 and all(isinstance(item, float) or _is_real(item) for item in items)
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _another(trial: Trial, value: Any, spec: Spec, sizes: Mapping[str, int]) -> Any:
    """Return other numbers of the same kind, so that a function is asked nothing outside of its domain."""
    if isinstance(value, Mapping):
        return {key: _another(trial, item, spec, sizes) for key, item in value.items()}
    if isinstance(value, list):
        return [_another(trial, item, spec.item or spec, sizes) for item in value]
    if spec.kind == "real":
        return _other_reals(np.asarray(value), trial.normal(np.shape(value)))
    below = int(spec.below) if spec.below.isdigit() else sizes.get(spec.below, 0)
    return _other_whole_numbers(np.asarray(value), below)


def _other_reals(values: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return other zeros and ones for such, shares that sum to 1 for such, numbers of the same sign where all have one, else
    numbers of the other sign, moved by N(0, 1)."""
    shares = values.ndim > 0 and np.allclose(values.sum(axis=-1), 1, rtol=1e-9)
    if np.isin(values, (0, 1)).all() and np.unique(values).size == 2:
        turned = np.roll(values, 1, axis=-1)
        return 1 - values if np.array_equal(turned, values) else turned
    if values.any() and ((values >= 0).all() or (values <= 0).all()):
        nearer = values / (1 + noise**2)
        return nearer / nearer.sum(axis=-1, keepdims=True) if shares else nearer
    # Not values + noise: the slope of |x| is the same where no sign changes, and 12 numbers kept theirs on 1 of 40 seeds.
    return noise - values


def _other_whole_numbers(values: np.ndarray, below: int) -> np.ndarray:
    """Return others of them, without the greatest; where all are equal, the next one below the bound, or a neighbour."""
    fewer = np.minimum(values, np.roll(values, 1))
    if fewer.min() < values.max():  # two neighbours may both have been the greatest
        fewer = fewer - (fewer == values.max())
    if not np.array_equal(fewer, values):
        return fewer
    return (values + 1) % below if below else np.where(values > 0, values - 1, values + 1)


def require_alive(where: str, found: Sequence[Any], others: Sequence[Any], given: Mapping[str, Any]) -> None:
    """Raise Wrong unless one of the answers `found` is computed from what was `given`, rightly or wrongly.

    `others` are the answers to the same question with other arguments.
    """
    dead = [_how_dead(answer, other, given) for answer, other in zip(found, others, strict=True)]
    if all(dead):
        sentence = f"{dead[0]}: this row is earned by a function that computes something, rightly or wrongly"
        raise Wrong(where, sentence, as_array(found[0]), id="dead")


def _how_dead(answer: Any, other: Any, given: Mapping[str, Any]) -> str:
    """Return what shows that an answer is computed from nothing; "" where it is computed."""
    array, moved = as_array(answer), as_array(other)
    if array is None or array.size == 0:
        return f"returned {describe_value(answer)}"
    finite = np.isfinite(array)
    if not finite.any():
        return f"answers {array.flat[0]} and no number"
    for name, argument in given.items():
        if isinstance(argument, np.ndarray | float) and np.array_equal(array, argument):
            return f"answers its argument `{name}` back"
    if moved is not None and moved.shape == array.shape and np.array_equal(array[finite], moved[finite]):
        constant = array.min() == array.max()
        return f"answers {short(array.flat[0]) if constant else 'the same'} to two questions with different arguments"
    return ""
