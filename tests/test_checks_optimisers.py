"""Claims about optimisers: step by step from the same gradients, and at their own iterates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import Check, converges, trajectory
from grader.numerics.describe import describe
from grader.result import Status
from grader.topics.rubric import Row, Topic
from support.miniature import RIGHT, descend, graded, graded_rows, lost, outcomes, right_descend, why
from support.watched import Watched

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

    zeros = trajectory(descend, steps=3, zero_gradients=True, eps=1e-30)
    assert why(graded(zeros, nothing, descend=step))[0] == "not-finite"
    assert graded(trajectory(descend, steps=3, eps=1e-30), nothing, descend=step).earned


# ------------------------------------------------------------------------------------------ shapes, schedules, pauses

SHAPES = [(), (1,), (7,), (3, 4), (2, 3, 2)]


def kept_rate(w: np.ndarray, dw: np.ndarray, state: Any, *, lr: float = 0.1, **hyper: float) -> Any:
    """`descend` with the lr of its first step in all others."""
    new, memory = right_descend(w, dw, state, lr=state.get("lr", lr), **hyper)
    return new, {**memory, "lr": state.get("lr", lr)}


def one_by_one(
    w: np.ndarray, dw: np.ndarray, state: Any, *, lr: float = 0.1, mu: float = 0.5, eps: float = 1e-8
) -> Any:
    """`descend` in a loop over len(w), for vectors alone."""
    v, new = list(state or [0.0] * len(w)), np.empty(len(w))
    for i in range(len(w)):
        v[i] = mu * v[i] + (1 - mu) * dw[i] ** 2
        new[i] = w[i] - lr * dw[i] / (v[i] ** 0.5 + eps)
    return new, v


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tensor_of_any_shape_is_stepped_and_a_loop_over_len_w_is_right_for_vectors_alone(
    shape: tuple[int, ...],
) -> None:
    check = trajectory(descend, steps=3, tensors=2, shape=shape, lr=[0.1, 0.2, 0.3])
    assert graded(check, nothing).earned
    loop = graded(check, nothing, descend=one_by_one)
    assert loop.earned if len(shape) == 1 else loop.status is Status.RAISED


def test_a_loop_over_rows_without_an_error_is_told_by_the_entry_that_differs() -> None:
    def step(w: np.ndarray, dw: np.ndarray, state: Any, **hyper: float) -> Any:
        return right_descend(w, dw.reshape(dw.T.shape).T, state, **hyper)

    said = lost(graded(trajectory(descend, steps=3, shape=(3, 4)), nothing, descend=step))
    assert said.startswith("descend, step 1 of 3: the change of w: entry [")
    assert "of 12 entries are wrong" in said


@settings(max_examples=60, deadline=None)
@given(
    rates=st.lists(st.sampled_from([0.1, 0.01, 0.5]), min_size=1, max_size=6),
    shape=st.lists(st.integers(1, 3), max_size=3).map(tuple),
    seed=st.integers(0, 2**32),
)
def test_a_kept_rate_is_lost_at_the_first_step_that_has_another(rates: list[float], shape: Any, seed: int) -> None:
    check = trajectory(descend, steps=len(rates), shape=shape, lr=rates)
    assert graded(check, nothing, seed=seed).earned
    outcome = graded(check, nothing, seed=seed, descend=kept_rate)
    other = next((k for k, rate in enumerate(rates) if rate != rates[0]), None)
    if other is None:
        assert outcome.earned
    else:
        at = f"descend, step {other + 1} of {len(rates)} (lr={rates[other]}): the change of w"
        assert why(outcome) == ("value", at)


def test_a_difference_is_explained_by_the_rate_of_its_step() -> None:
    def step(w: np.ndarray, dw: np.ndarray, state: Any, *, lr: float = 0.1, **hyper: float) -> Any:
        return right_descend(w, dw, state, lr=lr**2, **hyper)

    outcome = graded(trajectory(descend, steps=2, lr=[1.0, 0.3]), nothing, descend=step)
    assert describe(outcome.error) == "every entry is the right one times 0.3, and 0.3 is lr"  # type: ignore[arg-type]


def skips(w: np.ndarray, dw: np.ndarray, state: Any, **hyper: float) -> Any:
    return right_descend(w, dw, state, **hyper) if dw.any() else (w, state)


def forgets(w: np.ndarray, dw: np.ndarray, state: Any, **hyper: float) -> Any:
    return right_descend(w, dw, state if dw.any() else {}, **hyper)


def divides(w: np.ndarray, dw: np.ndarray, state: Any, **hyper: float) -> Any:
    return right_descend(w, dw / np.linalg.norm(dw) * np.linalg.norm(dw), state, **hyper)


@pytest.mark.parametrize(
    ("step", "pauses", "why_lost"),
    [
        (skips, [2], ("value", "descend, step 3 of 4: the change of w")),
        (forgets, [3], ("value", "descend, step 4 of 4: the change of w")),
        (divides, [1], ("not-finite", "descend, step 1 of 4: the change of w")),
    ],
)
def test_steps_without_any_gradient_show_who_skips_forgets_or_divides_by_them(
    step: Any, pauses: Any, why_lost: Any
) -> None:
    assert graded(trajectory(descend, steps=4, zero_gradients=True), nothing, descend=step).earned
    check = trajectory(descend, steps=4, pauses=pauses)
    assert graded(check, nothing).earned
    assert why(graded(check, nothing, descend=step)) == why_lost


# --------------------------------------------------------------------------------------------------------- converges


def bowls(rng: np.random.Generator) -> Any:
    to = rng.uniform(-3, 3, size=2)
    yield "a bowl", {"start": to + np.array([3, 6]), "to": to}
    yield "a steep bowl", {"start": to - np.array([6, 3]), "to": to, "steep": 2}


def slope(w: np.ndarray, case: Any) -> np.ndarray:
    return case.get("steep", 1) * (w - case["to"])


TO_THE_BOTTOM = converges(descend, slope, on=bowls, within=0.2, steps=90, lr=0.1)


def test_converges_feeds_the_students_own_iterates_and_keeps_their_state() -> None:
    class State:
        steps = 0

    def plain(w: np.ndarray, dw: np.ndarray, state: Any, **hyper: float) -> Any:
        memory = state or State()
        memory.steps += 1
        return w - dw / memory.steps**0.5 * 0.5, memory

    assert graded(TO_THE_BOTTOM, nothing).earned
    assert graded(TO_THE_BOTTOM, nothing, descend=plain).earned


def test_converges_tells_where_it_ended_how_far_away_and_on_which_case() -> None:
    outcome = graded(TO_THE_BOTTOM, nothing, descend=lambda w, dw, state, **_: (w, state))
    assert why(outcome) == ("far", "descend after 90 steps on a bowl")
    assert ", 6 away from the minimum at (" in lost(outcome)


def test_converges_judges_every_case() -> None:
    def step(w: np.ndarray, dw: np.ndarray, state: Any, **_: float) -> Any:
        return w - 1.1 * dw, state  # beyond 2 divided by the curvature, in the steep bowl alone

    assert why(graded(TO_THE_BOTTOM, nothing, descend=step)) == ("far", "descend after 90 steps on a steep bowl")


def test_converges_stops_at_the_first_iterate_that_is_not_finite() -> None:
    outcome = graded(TO_THE_BOTTOM, nothing, descend=lambda w, dw, state, **_: (w * 1e200, state))
    assert why(outcome) == ("diverged", "descend after 2 steps on a bowl")


@settings(max_examples=30, deadline=None)
@given(
    place=st.tuples(st.floats(-3, 3), st.floats(-3, 3)), speed=st.sampled_from([0.3, 1.0]), seed=st.integers(0, 2**32)
)
def test_who_walks_to_a_place_of_its_own_does_not_converge(place: Any, speed: float, seed: int) -> None:
    def step(w: np.ndarray, dw: np.ndarray, state: Any, **_: float) -> Any:
        return w + speed * (np.array(place) - w), state

    exact = converges(descend, slope, on=bowls, within=1e-3, steps=40)
    assert why(graded(exact, nothing, seed=seed, descend=step))[0] == "far"


def test_steps_on_the_references_path_are_one_message_for_a_case_and_others_one_for_each_step() -> None:
    def messages(step: Callable[..., Any]) -> tuple[bool, int]:
        student = Watched({**RIGHT, "descend": step})
        [outcome] = outcomes(Topic("Miniature", nothing, [Row("row", 1, "it descends", TO_THE_BOTTOM)]), student)
        return outcome.earned, len(student.plans)

    def in_another_order(
        w: np.ndarray, dw: np.ndarray, state: Any, *, lr: float = 0.1, mu: float = 0.5, eps: float = 1e-8
    ) -> Any:
        v = state.get("v", 0) * mu + dw * dw * (1 - mu)
        return -(lr * dw / (eps + v**0.5)) + w, {"v": v}

    assert messages(right_descend) == messages(in_another_order) == (True, 2)
    assert messages(descend_with(inside=True, lr=0.1 * (1 + 1e-6))) == (True, 2 * (1 + 90))


def test_a_step_that_raises_on_the_references_path_is_asked_along_its_own() -> None:
    def careful(w: np.ndarray, dw: np.ndarray, state: Any, **_: float) -> Any:
        if state:
            curvature = (dw - state["dw"]) / (w - state["w"])
            if not np.allclose(curvature, curvature[0]):
                raise ValueError("that is no slope of this bowl")
        return w - 0.05 * dw, {"w": w, "dw": dw}

    assert graded(TO_THE_BOTTOM, nothing, descend=careful).earned
