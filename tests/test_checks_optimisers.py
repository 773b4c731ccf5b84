"""Claims about optimisers: step by step from the same gradients, and at their own iterates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import Check, converges, trajectory
from grader.topics.rubric import Row
from support.miniature import descend, graded, graded_rows, lost, right_descend, why

# -------------------------------------------------------------------------------------------------------- trajectory


def nothing(rng: np.random.Generator) -> Any:
    return []


def descend_with(**edits: Any) -> Callable[..., Any]:
    """`descend` with one thing wrong."""

    def step(
        w: np.ndarray,
        dw: np.ndarray,
        state: Any,
        *,
        lr: float = edits.get("lr", 0.1),
        mu: float = 0.5,
        eps: float = 1e-8,
    ) -> Any:
        mu = edits.get("mu", mu)
        v = mu * state.get("v", 0) + (1 - mu) * dw**2
        if "forgets" in edits:
            v = (1 - mu) * dw**2
        root = np.sqrt(v + eps) if "inside" in edits else np.sqrt(v) + eps
        return w - lr * dw / root, {"v": v}

    return step


def test_trajectory_is_earned_with_any_state() -> None:
    class State:
        v: Any = 0

    def step(w: np.ndarray, dw: np.ndarray, state: Any, *, lr: float = 0.1, mu: float = 0.5, eps: float = 1e-8) -> Any:
        memory = state or State()
        memory.v = memory.v * mu + dw * dw * (1 - mu)
        return w + -lr * (dw / (eps + memory.v**0.5)), memory

    assert graded(trajectory(descend, steps=30), nothing, descend=step).earned
    assert graded(trajectory(descend, steps=30, tensors=2, eps=0.1), nothing, descend=step).earned


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("edit", "check", "where"),
    [
        ({"lr": 0.11}, trajectory(descend, steps=5), "descend, step 1 of 5: the change of w"),
        ({"forgets": True}, trajectory(descend, steps=5), "descend, step 2 of 5: the change of w"),
        ({"inside": True}, trajectory(descend, steps=5), "descend, step 1 of 5: the change of w"),
        ({"inside": True}, trajectory(descend, steps=5, eps=0.1), "descend, step 1 of 5 (eps=0.1): the change of w"),
        ({"mu": 0.5}, trajectory(descend, steps=5, mu=0.9), "descend, step 1 of 5 (mu=0.9): the change of w"),
    ],
    ids=["default", "memory", "eps by decades", "eps large", "argument ignored"],
)
def test_trajectory_names_the_first_step_that_differs(edit: Any, check: Check, where: str, seed: int) -> None:
    (outcome,) = graded_rows([Row("row", 1, "right", check)], nothing, seed=seed, descend=descend_with(**edit))
    assert lost(outcome).startswith(where)


def test_increments_are_compared_where_iterates_would_hide_them() -> None:
    """In the last step, coordinates far from 0 move by a third of a millionth of that step too much."""
    steps = 30

    def step(w: np.ndarray, dw: np.ndarray, state: Any, **hyper: float) -> Any:
        new, memory = right_descend(w, dw, state, **hyper)
        memory["t"] = state.get("t", 0) + 1
        far = np.abs(w) > 5 * np.abs(new - w)
        return np.where(far & (memory["t"] == steps), w + (new - w) * (1 + 3e-7), new), memory

    said = lost(graded(trajectory(descend, steps), nothing, descend=step))
    assert said.startswith("descend, step 30 of 30: the change of w: entry [")


def test_state_shared_between_tensors_is_seen_by_two_streams_alone() -> None:
    shared: dict[str, Any] = {}

    def step(w: np.ndarray, dw: np.ndarray, state: Any, **hyper: float) -> Any:
        if not np.any(w):
            shared.setdefault("v", 0)
        w, new = right_descend(w, dw, shared, **hyper)
        shared.update(new)
        return w, {}

    assert graded(trajectory(descend, steps=5), nothing, descend=step).earned
    shared.clear()
    assert "(tensor 2)" in lost(graded(trajectory(descend, steps=5, tensors=2), nothing, descend=step))


def test_a_coordinate_without_a_gradient_must_not_become_nan() -> None:
    def step(w: np.ndarray, dw: np.ndarray, state: Any, *, lr: float = 0.1, mu: float = 0.5, eps: float = 1e-8) -> Any:
        v = mu * state.get("v", 0) + (1 - mu) * dw**2
        return w - lr * dw / np.sqrt(v), {"v": v}

    assert why(graded(trajectory(descend, steps=3), nothing, descend=step))[0] == "not-finite"


# --------------------------------------------------------------------------------------------------------- converges


def bowl(w: np.ndarray) -> np.ndarray:
    return w - np.array([1.0, -2.0])


TO_THE_BOTTOM = converges(descend, start=(4, 4), slope=bowl, to=(1, -2), within=0.2, steps=90, lr=0.1)


def test_converges_feeds_the_students_own_iterates_and_keeps_their_state() -> None:
    class State:
        steps = 0

    def plain(w: np.ndarray, dw: np.ndarray, state: Any, **hyper: float) -> Any:
        memory = state or State()
        memory.steps += 1
        return w - dw / memory.steps**0.5 * 0.5, memory

    assert graded(TO_THE_BOTTOM, nothing).earned
    assert graded(TO_THE_BOTTOM, nothing, descend=plain).earned


def test_converges_tells_where_it_ended_and_how_far_away() -> None:
    outcome = graded(TO_THE_BOTTOM, nothing, descend=lambda w, dw, state, **_: (w, state))
    assert why(outcome) == ("far", "descend after 90 steps")
    assert "(4, 4), 6 away from " in lost(outcome)


def test_converges_stops_at_the_first_iterate_that_is_not_finite() -> None:
    outcome = graded(TO_THE_BOTTOM, nothing, descend=lambda w, dw, state, **_: (w * 1e200, state))
    assert why(outcome) == ("diverged", "descend after 2 steps")
