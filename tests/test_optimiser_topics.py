"""Wrong optimisers that earned every row of Adam or of momentum once, as people wrote them: each loses the row that asks for it,
there and in the topics that came later."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judging.outcome import Outcome
from grader.judging.smallest.shrink import Shrinking
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from support import miniature
from support.repository import own_course

pytest.importorskip("torch")

from grader.truth.reference import Oracle

Topics = dict[str, tuple[Assignment, Oracle]]

SEEDS = range(3)
HEAD = {
    "adam": "def adam(w, dw, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):",
    "momentum": "def momentum(w, dw, state, *, lr=0.01, beta=0.9):",
    "ema_momentum": "def ema_momentum(w, dw, state, *, lr=0.01, beta=0.9):",
    "adagrad": "def adagrad(w, dw, state, *, lr=0.01, eps=1e-10):",
    "rmsprop": "def rmsprop(w, dw, state, *, lr=0.01, beta=0.99, eps=1e-8):",
}
BETAS = {
    "adam": "beta1=beta1, beta2=beta2, eps=eps",
    "momentum": "beta=beta",
    "ema_momentum": "beta=beta",
    "adagrad": "eps=eps",
    "rmsprop": "beta=beta, eps=eps",
}
TOPIC = {name: "momentum" if name == "ema_momentum" else name for name in HEAD}
ROW = {name: "ema_{}" if name == "ema_momentum" else "{}" for name in HEAD}
FADING = [name for name in HEAD if name != "adagrad"]  # what they remember fades by a step without gradients
CLOSED = ["adam", "momentum", "ema_momentum"]  # those that have to find a minimum


@pytest.fixture(scope="module")
def topics() -> Topics:
    made = [Assignment(slug, own_course().root) for slug in sorted(set(TOPIC.values()))]
    return {assignment.slug: (assignment, Oracle(assignment)) for assignment in made}


def around(solution: str, name: str, body: str) -> str:
    """Return the solution with the function renamed to `right`, and one of its name with this body, which may ask it."""
    return f"import numpy as np\n{solution.replace(f'def {name}(', 'def right(')}\n\n{HEAD[name]}\n{body}"


def lost_rows(topics: Topics, name: str, body: str, seed: int) -> dict[str, Outcome]:
    assignment, truth = topics[TOPIC[name]]
    student = Live.of(around(assignment.solution, name, body.format(betas=BETAS[name])))
    outcomes = miniature.outcomes(assignment.topic, student, truth, seed)
    return {o.row.id: o for o in outcomes if o.status is not Status.EARNED}


LR_KEPT = """\
    memory = state or {{"lr": lr, "own": {{}}}}
    w, memory["own"] = right(w, dw, memory["own"], lr=memory["lr"], {betas})
    return w, memory
"""
NAN = """\
    length = np.abs(dw).max()
    return right(w, dw / length * length, state, lr=lr, {betas})
"""
SKIPS = """\
    return right(w, dw, state, lr=lr, {betas}) if dw.any() else (w, state)
"""
RESETS = """\
    return right(w, dw, state if dw.any() else {{}}, lr=lr, {betas})
"""
DROPS = """\
    w, state = right(w, dw, state, lr=lr, {betas})
    return w, state if dw.any() else {{}}
"""
ONE_BY_ONE = """\
    memory, new = state or [{{}} for _ in range(len(w))], np.empty(len(w))
    for i in range(len(w)):
        new[i], memory[i] = right(w[i], dw[i], memory[i], lr=lr, {betas})
    return new, memory
"""
ROWS_ONLY = """\
    memory, new = state or [{{}} for _ in w], np.zeros(len(w))
    for i in range(len(w)):
        step, memory[i] = right(np.zeros(np.shape(w[i])), dw[i], memory[i], lr=lr, {betas})
        new[i] = np.sum(w[i] + step)
    return new, memory
"""
SHARED = """\
    if not state:
        shared[AVERAGE] = 0
    w, memory = right(w, dw, {{**state, **shared}}, lr=lr, {betas})
    shared[AVERAGE] = memory[AVERAGE]
    return w, memory


shared = {{}}
"""


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HEAD)
@pytest.mark.parametrize(
    ("body", "row"),
    [
        (LR_KEPT, "schedule"),
        (NAN, "pauses"),
        (RESETS, "pauses"),
        (DROPS, "pauses"),
        (ONE_BY_ONE, "shape"),
        (ROWS_ONLY, "shape"),
    ],
    ids=["lr kept", "nan at 0", "resets at 0", "drops after 0", "a loop over len(w)", "sums of rows"],
)
def test_it_loses_the_row_that_asks_for_it_and_no_other(
    topics: Topics, name: str, body: str, row: str, seed: int
) -> None:
    assert list(lost_rows(topics, name, body, seed)) == [ROW[name].format(row)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HEAD)
def test_a_step_without_gradients_may_be_left_out_where_nothing_fades_by_it(
    topics: Topics, name: str, seed: int
) -> None:
    assert list(lost_rows(topics, name, SKIPS, seed)) == [ROW[name].format("pauses")] * (name in FADING)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("average", ["m", "v", "t"])
def test_one_average_of_adam_that_is_reset_where_gradients_are_0_is_seen(
    topics: Topics, average: str, seed: int
) -> None:
    body = f"    kept = {{{{k: x for k, x in state.items() if k != {average!r} or dw.any()}}}}\n"
    assert list(lost_rows(topics, "adam", body + "    return right(w, dw, kept, lr=lr, {betas})\n", seed)) == ["pauses"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "average"), [("adam", "m"), ("adam", "v"), ("adam", "t"), ("adagrad", "s"), ("rmsprop", "v")]
)
def test_what_is_kept_in_a_global_that_a_first_step_clears_is_seen(
    topics: Topics, name: str, average: str, seed: int
) -> None:
    body = SHARED.replace("AVERAGE", repr(average))
    assert list(lost_rows(topics, name, body, seed)) == ["two"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize(
    ("step", "id"), [("place", "far"), ("w + 0.5 * (place - w)", "far"), ("w + 2.5 * (place - w)", "diverged")]
)
def test_a_constant_in_place_of_the_minimum_is_not_found(
    topics: Topics, name: str, step: str, id: str, seed: int
) -> None:
    """Once these were the minima: (-1, 1) of Adam's valley, (3, -2) of momentum's ravine."""
    place = {"adam": "[-1.0, 1.0]"}.get(name, "[3.0, -2.0]")
    body = f"    place = np.array({place})\n    return {step}, state\n"
    row = ROW[name].format({"adam": "valley"}.get(name, "rate"))
    found = lost_rows(topics, name, body.replace("{", "{{"), seed)[row]
    assert found.error is not None
    assert miniature.why(found)[0] in {id, "far"}


def test_a_smallest_case_of_a_schedule_is_python_that_gives_what_it_says(topics: Topics) -> None:
    assignment, truth = topics["adam"]
    wrong = around(assignment.solution, "adam", LR_KEPT.format(betas=BETAS["adam"]))
    cell = pasted(assignment, truth, wrong)["schedule"]
    assert "in zip(np.array([[" in cell["code"]
    assert_gives(cell, wrong, assignment.solution)


def test_a_smallest_case_of_a_matrix_is_python_that_gives_what_it_says(topics: Topics) -> None:
    assignment, truth = topics["adam"]
    body = "    return right(w, dw.reshape(dw.T.shape).T, state, lr=lr, {betas})\n".format(betas=BETAS["adam"])
    wrong = around(assignment.solution, "adam", body)
    cell = pasted(assignment, truth, wrong)["shape"]
    assert "np.zeros((2, 2))" in cell["code"]
    assert_gives(cell, wrong, assignment.solution)


def pasted(assignment: Assignment, truth: Oracle, source: str) -> dict[str, dict[str, str]]:
    student = Live.of(source)
    return Shrinking(assignment, truth).cells(miniature.outcomes(assignment.topic, student, truth, 7), student)


def assert_gives(cell: dict[str, str], wrong: str, right: str) -> None:
    """The last line of the code is what came back, where the wrong program is at hand, and what was expected with the right one."""
    *lines, last = cell["code"].splitlines()
    for source, expected in ((wrong, cell["got"]), (right, cell["expected"])):
        world: dict[str, object] = {}
        exec(source, world)
        exec("\n".join(lines), world)
        said = np.array(eval(expected))
        assert eval(last, world) == pytest.approx(said, rel=1e-4), cell["code"]


@pytest.mark.parametrize(("name", "rows"), [("adam", {"schedule"}), ("momentum", {"schedule"})])
def test_weights_that_are_kept_in_a_box_are_seen(topics: Topics, name: str, rows: set[str]) -> None:
    clipped = "    w, state = right(w, dw, state, lr=lr, {betas})\n    return np.clip(w, -20, 20), state\n"
    assert rows <= set(lost_rows(topics, name, clipped, seed=0))
