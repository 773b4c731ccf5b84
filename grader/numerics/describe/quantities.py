"""The quantities that an answer may be made of: what has a name in the call, elementary functions, sums and products of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from ..name_numbers import guards
from .answer import Comparison

Elementwise = Callable[[np.ndarray], np.ndarray]

FUNCTIONS: Mapping[str, Elementwise] = {
    "(1 / {})": lambda x: 1 / x,
    "{}²": np.square,
    "{}³": lambda x: x**3,
    "√{}": np.sqrt,
    "|{}|": np.abs,
    "exp({})": np.exp,
    "log({})": np.log,
    "tanh({})": np.tanh,
    "tanh({})²": lambda x: np.tanh(x) ** 2,
    "1 / (1 + exp(-{}))": lambda x: 1 / (1 + np.exp(-x)),
    "1 / (1 + exp({}))": lambda x: 1 / (1 + np.exp(x)),
    "(1 - {})": lambda x: 1 - x,
    "(1 + {})": lambda x: 1 + x,
    "the sign of {}": np.sign,
    "max({}, 0)": lambda x: np.maximum(x, 0),
    "({} > 0)": lambda x: (x > 0).astype(float),
    "({} < 0)": lambda x: (x < 0).astype(float),
    "softmax({})": lambda x: _softmax(x),
    "softmax(-{})": lambda x: _softmax(-x),
}
REDUCTIONS: Mapping[str, Callable[..., np.ndarray]] = {
    "sum": np.sum,
    "mean": np.mean,
    "variance": np.var,
    "standard deviation": np.std,
    "maximum": np.max,
    "minimum": np.min,
    "product": np.prod,
}


@dataclass(frozen=True)
class Quantity:
    """An array of the answer's shape, what a sentence calls it, and how many thoughts it takes: 1 for an argument."""

    name: str
    array: np.ndarray
    thoughts: int


def named(it: Comparison) -> Iterator[Quantity]:
    """Yield the arguments, the right answers to other questions and the other outputs, where numpy broadcasts them."""
    called = {f"`{name}`": array for name, array in it.arrays.items()} | it.nearby
    called |= {f"the right `{name}`": array for name, array in it.outputs.items()}
    for name, array in called.items():
        if fits(array.shape, it.got.shape) and np.ptp(array) > 0:
            yield Quantity(name, np.broadcast_to(array, it.got.shape).astype(float), 1)


def functions(plain: Sequence[Quantity], forms: Sequence[str] = tuple(FUNCTIONS)) -> Iterator[Quantity]:
    """Yield elementary functions of quantities, where they are finite."""
    for quantity in plain:
        for form in forms:
            array = FUNCTIONS[form](quantity.array)
            if np.isfinite(array).all() and np.ptp(array) > 0:
                yield Quantity(form.format(quantity.name), array, quantity.thoughts + 1)


def of_rates(plain: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield 1 divided by 1 minus, and by 1 plus, quantities between 0 and 1, as rates and probabilities are."""
    between = [q for q in plain if (q.array > 0).all() and (q.array < 1).all()]
    return functions([*functions(between, ["(1 - {})", "(1 + {})"])], ["(1 / {})"])


def reduced(it: Comparison) -> Iterator[Quantity]:
    """Yield sums, means and so on of the arguments over one axis, or over all, where numpy broadcasts them."""
    for name, array in [*((f"`{name}`", array) for name, array in it.arrays.items()), *one_hot(it).items()]:
        for word, reduce in REDUCTIONS.items():
            if it.got.ndim == 0:
                yield Quantity(f"the {word} of {name}", np.asarray(reduce(array)), 2)
            for axis in range(array.ndim):
                for kept in (False, True):
                    result = np.asarray(reduce(array, axis=axis, keepdims=kept))
                    if it.got.ndim and result.size > 1 and fits(result.shape, it.got.shape):
                        yield Quantity(
                            f"the {word} of {name} over axis {axis}", np.broadcast_to(result, it.got.shape), 2
                        )


def guarded(it: Comparison, plain: Sequence[Quantity]) -> Iterator[Quantity]:
    """Yield 1 divided by quantities that are guarded against 0 by a small hyper-parameter, as optimisers do."""
    for name, small in guards(it.given).items():
        for quantity in plain:
            yield Quantity(f"1 / (|{quantity.name}| + {name})", 1 / (np.abs(quantity.array) + small), 2)


def _softmax(x: np.ndarray) -> np.ndarray:
    if not x.ndim:
        return np.ones(())
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def matrix_products(it: Comparison) -> Iterator[Quantity]:
    """Yield the matrix products of two arguments or other outputs, either of them transposed, that have the answer's shape."""
    matrices = {f"`{name}`": array for name, array in it.arrays.items() if array.ndim == 2}
    matrices |= {f"the right `{name}`": array for name, array in it.outputs.items() if array.ndim == 2}
    matrices |= one_hot(it)
    both = matrices | {f"{name}.T": array.T for name, array in matrices.items()}
    for (a, one), (b, other) in permutations(both.items(), 2):
        if it.got.ndim == 2 and one.shape[1] == other.shape[0] and (len(one), other.shape[1]) == it.got.shape:
            yield Quantity(f"{a} @ {b}", one @ other, 2)


def one_hot(it: Comparison) -> dict[str, np.ndarray]:
    """Return the one-hot matrices of arguments that hold labels of as many classes as the answer's last axis counts."""
    classes = it.got.shape[-1] if it.got.ndim else 0
    labels = {
        name: array
        for name, array in it.given.items()
        if isinstance(array, np.ndarray) and array.ndim == 1 and array.dtype.kind in "iu" and array.size > 1
    }
    return {
        f"(`{name}` as one-hot rows)": np.eye(classes)[array]
        for name, array in labels.items()
        if 0 <= array.min() < array.max() < classes
    }


def fits(inner: tuple[int, ...], outer: tuple[int, ...]) -> bool:
    """Return True if numpy broadcasts an array of shape `inner` to `outer`."""
    return len(inner) <= len(outer) and all(a in (1, b) for a, b in zip(inner[::-1], outer[::-1], strict=False))
