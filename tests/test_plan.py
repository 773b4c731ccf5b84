"""Plans: what an implementation is asked, run against plain functions and classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import Wrong
from grader.inside.plan import Implementation, Misfit, Missing, Plan, describe_value, execute
from grader.inside.wire import Handle, Ref, decode, encode
from grader.submission.in_process import Live


class Counter:
    """A student's class, with state that no wire can carry."""

    def __init__(self, start: int = 0) -> None:
        self.total, self.history = start, (n for n in list[int]())

    def add(self, n: int) -> int:
        self.total += n
        return self.total


WORLD: dict[str, Any] = {
    "double": lambda x: 2 * x,
    "total": lambda items: sum(items["parts"]) + items["extra"][0],
    "split": lambda x: (x, {"remembers": x}),
    "recall": lambda cache: cache["remembers"],
    "increase": lambda x: x.__iadd__(1),
    "Counter": Counter,
    "constant": 3,
    "_hidden": lambda: None,
}


def run(plan: Plan) -> list[Any]:
    return execute(plan, WORLD, {}, lambda value: decode(encode(value)))


def test_results_are_arguments_of_later_steps_also_inside_containers() -> None:
    plan = Plan()
    (four,) = plan.call("double", 2)
    three = plan.let(3)
    plan.want(plan.call("total", {"parts": [four, three, (1)], "extra": (four,)})[0])
    assert run(plan) == [12]


def test_one_of_several_outputs_goes_on_alone() -> None:
    plan = Plan()
    value, cache = plan.call("split", 5, outputs=2)
    plan.want(value, plan.call("recall", cache)[0])
    assert run(plan) == [5, 5]


def test_an_answer_is_seen_when_its_step_ends_and_again_when_the_plan_does() -> None:
    plan = Plan()
    x = plan.let(np.zeros(2))
    plan.want(x)
    plan.call("increase", x)
    plan.want(x, late=True)
    before, after = run(plan)
    assert before.tolist() == [0, 0]
    assert after.tolist() == [1, 1]


def test_answers_of_a_plan_come_in_the_order_in_which_they_were_wanted() -> None:
    plan = Plan()
    one, two, three = (plan.let(n) for n in (1, 2, 3))
    plan.want(three)
    plan.want(one, late=True)
    plan.want(two)
    assert run(plan) == [3, 1, 2]


def test_objects_are_made_called_and_looked_at() -> None:
    plan = Plan()
    counter = plan.new("Counter", start=10)
    plan.call("add", 5, on=counter)
    plan.want(plan.call("add", 1, on=counter)[0], plan.get(counter, "total"))
    assert run(plan) == [16, 16]


def test_what_is_kept_outlives_the_plan_and_goes_back_as_a_handle() -> None:
    live = Live(WORLD)
    first = Plan()
    first.keep(first.new("Counter"))
    (handle,) = live.run(first)
    assert isinstance(handle, Handle)
    second = Plan()
    second.want(second.call("add", 4, on=handle)[0], second.call("add", 4, on=handle)[0])
    assert live.run(second) == [4, 8]


def test_a_handle_is_also_found_inside_an_argument() -> None:
    plan = Plan()
    plan.want(plan.call("total", {"parts": [Handle(0)], "extra": [Handle(0)]})[0])
    assert execute(plan, WORLD, {0: 21}, lambda value: value) == [42]


def test_two_kept_results_have_handles_of_their_own() -> None:
    live, plan = Live(WORLD), Plan()
    plan.keep(plan.new("Counter", 1))
    plan.keep(plan.new("Counter", 2))
    one, two = live.run(plan)
    again = Plan()
    again.want(again.get(one, "total"), again.get(two, "total"))
    assert live.run(again) == [1, 2]


def test_handles_of_one_row_are_gone_in_the_next() -> None:
    live, plan = Live(WORLD), Plan()
    plan.keep(plan.new("Counter"))
    live.run(plan)
    live.begin_row()
    assert live.handles == {}


# ------------------------------------------------------------------------------------- what is not there, or does not fit


@pytest.mark.parametrize("name", ["adamm", "constant"])
def test_a_call_of_a_missing_function_is_told_with_the_functions_there_are(name: str) -> None:
    plan = Plan()
    plan.call(name)
    with pytest.raises(Missing) as lack:
        run(plan)
    assert lack.value.name == name
    assert "double" in lack.value.have
    assert not {"constant", "_hidden"} & set(lack.value.have)


def test_a_missing_method_is_told_with_the_methods_there_are() -> None:
    plan = Plan()
    plan.call("ad", on=plan.new("Counter"))
    with pytest.raises(Missing) as lack:
        run(plan)
    assert lack.value.have == ["add", "history", "total"]


def test_the_student_reads_which_name_is_missing_and_which_comes_close() -> None:
    live, plan = Live({"Adam": abs, "adam_step": abs, "plot": abs}), Plan()
    plan.call("adam")
    with pytest.raises(Wrong) as lack:
        live.run(plan)
    assert "missing function: `adam`" in str(lack.value)
    assert "adam_step" in str(lack.value)
    assert "plot" not in str(lack.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "returned None (is a `return` missing?), expected 2 values"),
        ((1, 2, 3), "returned 3 values, expected 2 values"),
        (np.zeros((3, 4)), "returned an array of shape (3, 4), expected 2 values"),
        (np.zeros((2, 4)), "returned an array of shape (2, 4), expected 2 values"),
        ({"a": 1, "b": 2}, "returned a dict, expected 2 values"),
        ("ab", "returned a str, expected 2 values"),
    ],
)
def test_the_wrong_number_of_values_is_told_in_words(answer: Any, said: str) -> None:
    plan = Plan()
    plan.call("f", outputs=2)
    with pytest.raises(Misfit) as misfit:
        execute(plan, {"f": lambda: answer}, {}, lambda value: value)
    assert misfit.value.sentence == said


@pytest.mark.parametrize("answer", [(1, 2), [1, 2]])
def test_a_list_is_taken_for_a_tuple_of_outputs(answer: Any) -> None:
    plan = Plan()
    plan.want(*plan.call("f", outputs=2))
    assert execute(plan, {"f": lambda: answer}, {}, lambda value: value) == [1, 2]


def test_an_answer_that_the_wire_cannot_carry_is_the_students_fault() -> None:
    live, plan = Live({"f": lambda: object()}), Plan()
    plan.want(plan.call("f")[0])
    with pytest.raises(Wrong) as caught:
        live.run(plan)
    assert (caught.value.evidence.id, caught.value.evidence.where) == ("form", "f")


def test_an_answer_that_nobody_wants_need_not_be_sendable() -> None:
    live, plan = Live({"f": lambda: (1, object())}), Plan()
    plan.want(plan.call("f", outputs=2)[0])
    assert live.run(plan) == [1]


def test_a_value_is_described_by_its_type_and_shape() -> None:
    assert describe_value(np.zeros((3, 4))) == "an array of shape (3, 4)"
    assert describe_value(Counter()) == "a Counter"
    assert describe_value(3) == "an int"


# ------------------------------------------------------------------------------------------------------ plans as data


def test_a_plan_names_what_it_asks_for_once_and_in_order() -> None:
    plan = Plan()
    x = plan.let(1)
    plan.call("split", plan.call("double", x)[0], outputs=2)
    plan.call("double", x)
    plan.call("add", 1, on=plan.new("Counter"))
    assert plan.names() == ["double", "split", "Counter"]


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.tuples(values, st.dictionaries(st.sampled_from(["lr", "eps", "β"]), values, max_size=2)), max_size=4)
)
def test_a_plan_survives_the_wire(calls: list[tuple[Any, dict[str, Any]]]) -> None:
    plan = Plan(seed=7)
    for argument, named in calls:
        first, second = plan.call("split", argument, Handle(3), outputs=2, **named)
        plan.want(first)
        plan.want(second, late=True)
        plan.keep(plan.get(second, "shape"))
    assert Plan.from_wire(decode(encode(plan.to_wire()))) == plan


@given(values)
def test_values_pass_through_a_plan_unchanged(value: Any) -> None:
    plan = Plan()
    plan.want(plan.let(value), plan.let([value, {"again": value}]))
    assert run(plan) == [value, [value, {"again": value}]]


def test_arguments_are_copies_so_that_the_student_cannot_reach_ours() -> None:
    ours, plan = np.zeros(2), Plan()
    plan.call("increase", ours)
    Live(WORLD).run(plan)
    assert ours.tolist() == [0, 0]


def test_random_numbers_start_anew_with_every_plan() -> None:
    live: Implementation = Live({"draw": lambda: np.random.normal()})
    plan = Plan(seed=5)
    plan.want(plan.call("draw")[0])
    assert live.run(plan) == live.run(plan)
    other = Plan(seed=6)
    other.want(other.call("draw")[0])
    assert live.run(other) != live.run(plan)


def test_a_reference_to_a_step_means_one_output_or_all_of_them() -> None:
    plan = Plan()
    plan.call("split", 1, outputs=2)
    plan.want(Ref(0))
    assert run(plan) == [(1, {"remembers": 1})]


def test_the_name_of_each_step_is_told_before_it_runs() -> None:
    plan = Plan()
    names: list[str] = []
    array = plan.call("f")[0]
    plan.get(plan.apply("neg", plan.let(array)), "shape")
    plan.call("g")

    def g() -> None:
        assert names == ["f", "shape", "g"]

    execute(plan, {"f": lambda: np.zeros(2), "g": g}, {}, lambda value: value, names.append)
    assert names == ["f", "shape", "g"]
