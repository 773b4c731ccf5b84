"""Points with labels: what divides them, what does not, and that nothing else gives the labels away."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.topics.point_sets import away_from, blobs, circles, separable, spirals, xor

SEEDS = st.integers(0, 2**32 - 1)
DRAWN: dict[str, Callable[[Any, int], Any]] = {
    "separable": lambda rng, n: separable(rng, n, d=3),
    "blobs": lambda rng, n: blobs(rng, n, classes=2),
    "circles": circles,
    "xor": xor,
    "spirals": spirals,
}


@pytest.mark.parametrize("name", DRAWN)
@given(seed=SEEDS, n=st.integers(8, 40))
def test_each_label_is_about_as_frequent_and_one_seed_gives_one_set(name: str, seed: int, n: int) -> None:
    one, again = (DRAWN[name](np.random.default_rng(seed), n) for _ in range(2))
    assert one.X.shape[0] == one.y.shape[0] == n
    assert abs(2 * int(one.y.sum()) - n) <= 2
    assert np.array_equal(one.X, again.X)
    assert np.array_equal(one.y, again.y)


@pytest.mark.parametrize("name", DRAWN)
def test_labels_come_in_another_order_with_another_seed(name: str) -> None:
    orders = {tuple(DRAWN[name](np.random.default_rng(seed), 20).y) for seed in range(10)}
    assert len(orders) == 10


@given(seed=SEEDS, d=st.integers(1, 5), margin=st.floats(0, 0.5))
def test_separable_points_have_the_margin_that_is_asked_for(seed: int, d: int, margin: float) -> None:
    X, y, w, b = separable(np.random.default_rng(seed), 12, d, margin)
    assert np.isclose(np.linalg.norm(w), 1)
    assert ((2 * y - 1) * (X @ w + b) >= margin).all()


def test_a_margin_without_room_is_the_authors_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.topics.point_sets.TRIES", 100)
    with pytest.raises(ValueError, match="hardly any point"):
        separable(np.random.default_rng(0), 2, 2, margin=50)
    with pytest.raises(ValueError, match="has 4 corners"):
        blobs(np.random.default_rng(0), 10, classes=5)


@given(SEEDS)
def test_a_disc_lies_in_a_ring(seed: int) -> None:
    X, y = circles(np.random.default_rng(seed), 50)
    radius = np.hypot(*X.T)
    assert (radius[y == 1] <= 1).all()
    assert ((radius[y == 0] >= 1.5) & (radius[y == 0] <= 2)).all()


@pytest.mark.parametrize("name", ["circles", "xor", "spirals"])
def test_no_line_divides_them(name: str) -> None:
    X, y = DRAWN[name](np.random.default_rng(0), 200)
    best = 0.0
    for angle in np.linspace(0, 2 * np.pi, 90):
        along = X @ [np.cos(angle), np.sin(angle)]
        best = max(best, *(float(((along > at) == (y == 1)).mean()) for at in np.unique(along)))
    assert best < 0.9


def test_the_product_of_its_coordinates_divides_xor() -> None:
    X, y = xor(np.random.default_rng(1), 40)
    assert np.array_equal(y, X[:, 0] + X[:, 1] - 2 * X[:, 0] * X[:, 1])


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=20), st.floats(0.01, 0.3))
def test_numbers_are_moved_away_from_a_kink_and_stay_on_their_side(numbers: list[float], by: float) -> None:
    x = np.array(numbers)
    moved = away_from(x, 0.0, by=by)
    assert (np.abs(moved) >= by * (1 - 1e-12)).all()
    assert ((moved >= 0) == (x >= 0)).all()
    assert np.array_equal(moved[np.abs(x) >= by], x[np.abs(x) >= by])
