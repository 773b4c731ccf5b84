"""A plan as Python: pasted, it gives what the plan gives, whatever the script."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.transcript import transcript
from grader.inside.plan import Plan, execute
from grader.inside.wire import Ref, Seeded


class Cell:
    """A number that can be changed: what is read too late is seen."""

    def __init__(self, data: float) -> None:
        self.data = data

    def __add__(self, other: Any) -> Cell:
        return Cell(self.data + getattr(other, "data", other))

    __radd__ = __add__

    def __mul__(self, other: Any) -> Cell:
        return Cell(self.data * getattr(other, "data", other))

    __rmul__ = __mul__

    def __neg__(self) -> Cell:
        return Cell(-self.data)

    def __call__(self, x: float) -> Cell:
        return Cell(2 * self.data - x)

    def raise_by(self, amount: float) -> None:
        self.data += amount


def halves(x: float, *, shift: float = 0.0) -> tuple[float, float]:
    return x / 2 + shift, x / 2 - shift


WORLD: dict[str, Any] = {"Cell": Cell, "halves": halves, "np": np}


def pasted(lines: list[str]) -> Any:
    world = dict(WORLD)
    exec("\n".join(lines[:-1]), world)
    return eval(lines[-1], world)


def answered(plan: Plan) -> Any:
    return execute(plan, WORLD, {}, lambda value: value)[0]


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, list[Ref], dict[Ref, str]]:
    """Operations on cells and numbers, changes of cells in between, and what is read of them."""
    plan = Plan()
    numbers = st.integers(-3, 3).map(float)
    cells = [plan.new("Cell", draw(numbers))]
    read: list[Ref] = []
    kinds = st.sampled_from(["new", "add", "mul", "neg", "radd", "raise", "read", "sum", "halves", "pick", "len"])
    for kind in draw(st.lists(kinds, max_size=12)):
        one, other = draw(st.sampled_from(cells)), draw(st.sampled_from(cells))
        match kind:
            case "new":
                cells.append(plan.new("Cell", draw(numbers)))
            case "add" | "mul":
                cells.append(plan.apply(kind, one, other))
            case "neg":
                cells.append(plan.apply("neg", one))
            case "radd":
                cells.append(plan.apply("add", draw(numbers), one))
            case "raise":
                plan.call("raise_by", draw(numbers), on=one)
            case "sum":
                cells.append(plan.apply("sum", [one] * draw(st.integers(1, 4)), other))
            case "pick":  # an object that is called
                cells.append(plan.call("__call__", draw(numbers), on=one)[0])
            case "len":
                read.append(plan.apply("len", [one] * draw(st.integers(1, 4))))
            case "halves":
                read += plan.call("halves", plan.get(one, "data"), outputs=2, shift=draw(numbers))
            case _:
                read.append(plan.get(one, "data"))
    wanted = draw(st.lists(st.sampled_from([*read, plan.get(cells[-1], "data")]), min_size=1, max_size=4))
    named = draw(st.sets(st.sampled_from(cells)))
    return plan, wanted, {ref: f"c{i}" for i, ref in enumerate(named)}


@given(plans())
def test_a_transcript_that_is_pasted_gives_what_the_plan_gives(made: tuple[Plan, list[Ref], dict[Ref, str]]) -> None:
    plan, wanted, names = made
    plan.want(plan.let(wanted))
    assert pasted(transcript(plan, wanted, names)) == answered(plan)


def test_in_a_transcript_a_value_used_once_stands_where_it_is_used() -> None:
    plan = Plan()
    a, b = plan.new("Cell", 1.5), plan.new("Cell", -2.0)
    y = plan.apply("mul", plan.apply("add", a, b), plan.apply("neg", a))
    lines = transcript(plan, plan.get(y, "data"), {a: "a", b: "b", y: "y"})
    assert lines == ["a = Cell(1.5)", "b = Cell(-2.0)", "y = (a + b) * (-a)", "y.data"]


def test_in_a_transcript_a_value_read_before_a_change_is_read_there() -> None:
    plan = Plan()
    a = plan.new("Cell", 1.0)
    before = plan.get(a, "data")
    plan.call("raise_by", 1.0, on=a)
    lines = transcript(plan, [before, plan.get(a, "data")], {a: "a"})
    assert lines == ["a = Cell(1.0)", "v1 = a.data", "a.raise_by(1.0)", "[v1, a.data]"]


def test_in_a_transcript_a_list_holds_what_was_there_when_it_was_made() -> None:
    plan = Plan()
    a = plan.new("Cell", 1.0)
    before = plan.let([plan.get(a, "data")])
    plan.call("raise_by", 1.0, on=a)
    total = plan.apply("sum", before, 0)
    lines = transcript(plan, total, {a: "a"})
    assert pasted(lines) == 1.0
    assert lines == ["a = Cell(1.0)", "v1 = [a.data]", "a.raise_by(1.0)", "sum(v1, 0)"]


def test_a_transcript_ends_with_the_shown_value_and_shortens_long_lists() -> None:
    plan = Plan()
    a = plan.new("Cell", 1.0)
    y = plan.apply("sum", [a] * 1000, 0)
    data = plan.get(y, "data")
    plan.call("raise_by", 1.0, on=a)
    assert transcript(plan, data, {a: "a"}) == ["a = Cell(1.0)", "sum([a] * 1000, 0).data"]


def test_in_a_transcript_arrays_and_generators_have_lines_of_their_own() -> None:
    plan = Plan()
    rng = plan.let(Seeded(3))
    x = plan.let(np.array([[1.0, 2.0]]))
    draws = [plan.call("noise", rng, x)[0] for _ in range(2)]
    assert transcript(plan, draws, {}) == [
        "v1 = np.random.default_rng(3)",
        "v2 = np.array([[1.0, 2.0]])",
        "v3 = noise(v1, v2)",
        "v4 = noise(v1, v2)",
        "[v3, v4]",
    ]
