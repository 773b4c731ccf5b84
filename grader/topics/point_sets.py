"""Points with labels, drawn for a case: what a classifier can learn, and what it cannot.

Each takes the generator of the case first. Labels are 0 and 1 (of `blobs` whole numbers) and come in a random order, each about
equally often, so that neither the order nor one label alone gives them away.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

TRIES = 100_000  # rounds of drawing: a margin that leaves hardly any room is the author's mistake
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


class Points(NamedTuple):
    """`X`, one point a row, and its labels `y`."""

    X: np.ndarray
    y: np.ndarray


class Separable(NamedTuple):
    """Points, and the line w·x + b = 0 of a |w| of 1 that divides them."""

    X: np.ndarray
    y: np.ndarray
    w: np.ndarray
    b: float


def separable(rng: Any, n: int, d: int, margin: float = 0.1) -> Separable:
    """Return n standard normal points in d dimensions that a line divides: label 1 where w·x + b > 0. None is nearer to it than
    `margin`. Raise ValueError for a margin that leaves no room."""
    w = rng.normal(size=d)
    w, b = w / np.linalg.norm(w), float(0.3 * rng.normal())
    y = _labels(rng, n)
    X = np.empty((n, d))
    for i, label in enumerate(y):
        for _ in range(TRIES):
            X[i] = rng.normal(size=d)
            if (2 * label - 1) * (X[i] @ w + b) >= margin:
                break
        else:
            raise ValueError(f"separable(margin={margin}): hardly any point is so far from the line")
    return Separable(X, y, w, b)


def blobs(rng: Any, n: int, classes: int = 3, d: int = 2, spread: float = 0.3) -> Points:
    """Return n points around as many centres as there are classes, with a standard deviation of `spread`. The centres are
    the corners of a cube of side 3, moved a little."""
    corners = np.stack(np.meshgrid(*[[0.0, 3.0]] * d, indexing="ij"), axis=-1).reshape(-1, d)
    if classes > len(corners):
        raise ValueError(f"blobs(classes={classes}, d={d}): a cube of {d} dimensions has {len(corners)} corners")
    centres = rng.permutation(corners)[:classes] + 0.3 * rng.normal(size=(classes, d))
    y = rng.permutation(np.arange(n) % classes)
    return Points(centres[y] + spread * rng.normal(size=(n, d)), y)


def circles(rng: Any, n: int, inner: float = 1.0, outer: tuple[float, float] = (1.5, 2.0)) -> Points:
    """Return n points in the plane, those of label 1 in a disc, those of label 0 in a ring around it: no line divides them."""
    y = _labels(rng, n)
    radius = np.where(y == 1, rng.uniform(0, inner, size=n), rng.uniform(*outer, size=n))
    angle = rng.uniform(0, 2 * np.pi, size=n)
    return Points(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), y)


def xor(rng: Any, n: int = 4, noise: float = 0.0) -> Points:
    """Return n corners of the unit square, each equally often, of label 1 where exactly one coordinate is 1; `noise` is a standard
    deviation. No line divides them, the product x₁x₂ and the coordinates do."""
    corner = rng.permutation(np.arange(n) % 4)
    X = CORNERS[corner]
    return Points(X + noise * rng.normal(size=(n, 2)), (X.sum(axis=1) == 1).astype(int))


def spirals(rng: Any, n: int, turns: float = 1.0, noise: float = 0.0) -> Points:
    """Return n points on two spirals of so many `turns` around each other, which begin 0.2 from the middle and end 1 from it."""
    y = _labels(rng, n)
    along = rng.uniform(0, 1, size=n)
    radius, angle = 0.2 + 0.8 * along, 2 * np.pi * turns * along + np.pi * y
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return Points(X + noise * rng.normal(size=(n, 2)), y)


def away_from(x: np.ndarray, *kinks: float, by: float = 0.1) -> np.ndarray:
    """Return the numbers with those that are nearer to a kink than `by` moved to that distance, on their side (above, at the kink
    itself): a difference quotient does not straddle it, nor does rounding decide the side."""
    moved = np.array(x, float)
    for kink in kinks:
        near = np.abs(moved - kink) < by
        moved[near] = kink + np.where(moved[near] < kink, -by, by)
    return moved


def _labels(rng: Any, n: int) -> np.ndarray:
    found: np.ndarray = rng.permutation(np.arange(n) % 2)
    return found
