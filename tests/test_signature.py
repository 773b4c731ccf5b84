"""Declarations: what a bodyless `def` says about arguments, cases, calls, and the stub that a student receives."""
# ruff: noqa: F722, F821, N803, N805 -- annotations here are the language under test

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import SingleCase, matches
from grader.errors import TopicError
from grader.inside.plan import Plan
from grader.judging.smallest.simpler import moves
from grader.proving.do_nothing import do_nothing_programs, do_nothing_sources
from grader.submission.in_process import Live
from grader.topics.signature import (
    Class,
    Function,
    Ints,
    Layer,
    Object,
    Opaque,
    Reals,
    Spec,
    function,
    functions_of,
    is_declaration,
    layer,
    sample,
    targets_of,
)
from grader.topics.stubs import stub


def xent(logits: Reals["n c"], labels: Ints["n", "c"]) -> Reals[""]:
    """The mean loss."""


def step(w: Reals["k"], dw: Reals["k"], state: Opaque, *, lr=1e-3, eps=1e-8) -> (Reals["k"], Opaque):
    """One step.

    state is {} before the first."""


class dense(Layer):
    def forward(x: Reals["n d"], W: Reals["d c"], b: Reals["c"]) -> {"out": Reals["n c"], "cache": Opaque}:
        """x W + b."""

    def backward(dout: Reals["n c"], cache: Opaque) -> {"dx": Reals["n d"], "dW": Reals["d c"], "db": Reals["c"]}:
        """The derivatives."""


def pixels(image: Reals["3 h"], digit: Ints["", 10]) -> Ints["h", 256]:
    """Sizes may be digits."""


# -------------------------------------------------------------------------------------------------------- reading


def test_kinds_and_shapes_of_a_declared_function_are_read() -> None:
    f = function(xent)
    assert f.name == "xent"
    assert [p.spec for p in f.parameters] == [Spec("real", ("n", "c")), Spec("int", ("n",), "c")]
    assert f.outputs == (("", Spec("real")),)
    assert f.arrays == ("logits",)


def test_parameters_with_defaults_are_read_as_hyper_parameters() -> None:
    f = function(step)
    assert f.defaults == {"lr": 1e-3, "eps": 1e-8}
    assert [p.name for p in f.parameters if p.keyword] == ["lr", "eps"]
    assert f.arrays == ("w", "dw")
    assert [spec.kind for _, spec in f.outputs] == ["real", "opaque"]


def test_a_signature_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(x: Reals["n"], *, p=0.5) -> Reals["n"]:
        """Whatever."""

    read: list[Any] = []
    signature = inspect.signature

    def remembered(declared: Any) -> inspect.Signature:
        read.append(declared)
        return signature(declared)

    monkeypatch.setattr(inspect, "signature", remembered)
    assert function(asked) is function(asked)
    assert sample(asked, np.random.default_rng(0), n=3)["x"].shape == (3,)
    assert read == [asked]


def test_a_layer_is_a_pair_of_functions_that_carry_its_name() -> None:
    forward, backward = layer(dense)
    assert (forward.name, backward.name) == ("dense_forward", "dense_backward")
    assert functions_of(dense) == (forward, backward)
    assert [name for name, _ in backward.outputs] == ["dx", "dW", "db"]
    assert backward.label(1) == "`dW` of dense_backward"
    assert function(xent).label(0) == "xent"


@pytest.mark.parametrize("declared", [xent, step, dense, pixels])
def test_functions_layers_and_objects_are_declarations(declared: Any) -> None:
    assert is_declaration(declared)


def helper(x: float) -> float:
    return x


@pytest.mark.parametrize("other", [helper, Layer, int, 3, None, np, lambda: None, Reals["n"]])
def test_helpers_and_other_things_are_no_declarations(other: Any) -> None:
    assert not is_declaration(other)


# -------------------------------------------------------------------------------------------------------- drawing


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32))
def test_a_drawn_case_fits_the_signature(n: int, c: int, seed: int) -> None:
    case = sample(xent, np.random.default_rng(seed), n=n, c=c)
    assert case["logits"].shape == (n, c)
    assert case["labels"].shape == (n,)
    assert case["labels"].min() >= 0
    assert case["labels"].max() < c
    assert function(xent).sizes(case) == {"n": n, "c": c}


def test_sample_draws_every_label_and_reals_of_the_asked_scale() -> None:
    case = sample(xent, np.random.default_rng(0), n=4000, c=3, scale=50)
    assert set(case["labels"].tolist()) == {0, 1, 2}
    assert case["logits"].std() == pytest.approx(50, rel=0.05)


def test_sample_takes_given_arguments_as_they_are() -> None:
    w = np.zeros(3)
    case = sample(step, np.random.default_rng(0), k=3, w=w, state={}, eps=0.1)
    assert case["w"] is w
    assert case["eps"] == 0.1
    assert case["dw"].shape == (3,)
    assert "lr" not in case  # a default that is left out is judged


def test_a_size_written_in_digits_needs_no_value() -> None:
    case = sample(pixels, np.random.default_rng(0), h=5)
    assert case["image"].shape == (3, 5)
    assert case["digit"].shape == ()
    assert 0 <= case["digit"] < 10
    assert function(pixels).shape(0, case) == (5,)


def test_the_shape_of_each_output_follows_from_the_case() -> None:
    case = sample(dense, np.random.default_rng(0), n=2, d=3, c=4)
    forward, _ = layer(dense)
    assert forward.shape(0, case) == (2, 4)


# -------------------------------------------------------------------------------------------------------- calling


def asked(f: Function, case: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What a student's function really receives."""
    received: list[Any] = []

    def receive(*args: Any, **kwargs: Any) -> tuple[None, ...]:
        received.append((args, kwargs))
        return (None,) * len(f.outputs)

    plan = Plan()
    f.ask(plan, case)
    Live({f.name: receive}).run(plan)
    return received[0]


def test_arrays_go_by_position_and_hyper_parameters_by_keyword() -> None:
    args, kwargs = asked(function(step), {"eps": 0.5, "state": {}, "dw": 2.0, "w": 1.0, "unrelated": 9})
    assert args == (1.0, 2.0, {})
    assert kwargs == {"eps": 0.5}


def test_a_case_that_lacks_an_argument_is_refused_by_name() -> None:
    with pytest.raises(TopicError, match="step takes `dw` and `state`, which the case has not \\(it has: w\\)"):
        function(step).ask(Plan(), {"w": 1.0})


# ---------------------------------------------------------------------------------------------------------- stubs


@pytest.mark.parametrize("f", [function(xent), function(step), *layer(dense), function(pixels)], ids=lambda f: f.name)
def test_a_stub_is_the_declared_function_and_says_that_it_is_not_written(f: Function) -> None:
    world: dict[str, Any] = {}
    exec(stub(f), world)
    signature = inspect.signature(world[f.name])
    assert list(signature.parameters) == [p.name for p in f.parameters]
    assert {k: p.default for k, p in signature.parameters.items() if p.default is not p.empty} == f.defaults
    assert all((p.kind is p.KEYWORD_ONLY) == (name in f.defaults) for name, p in signature.parameters.items())
    with pytest.raises(NotImplementedError, match=f.name):
        world[f.name](*[None] * (len(f.parameters) - len(f.defaults)))


STEP_STUB = '''\
def step(w, dw, state, *, lr=0.001, eps=1e-08):
    """One step.

    state is {} before the first.

    w: real array of shape (k,)
    dw: real array of shape (k,)
    state: whatever you need; nobody else looks inside
    Returns a tuple of
        real array of shape (k,)
        whatever you need; nobody else looks inside
    """
    raise NotImplementedError("step")  # your code here'''


def test_the_docstring_of_a_stub_tells_shapes_in_words() -> None:
    assert stub(function(step)) == STEP_STUB


def test_a_stub_names_what_it_returns() -> None:
    text = stub(layer(dense)[1])
    assert "        dW: real array of shape (d, c)" in text
    assert "labels: integer array of shape (n,), each 0 ≤ value < c" in stub(function(xent))
    assert "Returns a real number" in stub(function(xent))


# -------------------------------------------------------------------------------------------------------- classes


class Tally(Object):
    """Adds up."""

    total: Reals[""]

    def __init__(self, start: Reals[""]): ...

    def add(self, amount: Reals[""], *, twice=False) -> None:
        """Add an amount."""

    def __add__(self, other: "Tally") -> "Tally":
        """Another tally, with both totals."""


TALLY_STUB = '''\
class Tally:
    """Adds up.

    total: a real number
    """

    def __init__(self, start):
        """start: a real number"""
        raise NotImplementedError("Tally.__init__")  # your code here

    def add(self, amount, *, twice=False):
        """Add an amount.

        amount: a real number
        """
        raise NotImplementedError("Tally.add")  # your code here

    def __add__(self, other):
        """Another tally, with both totals."""
        raise NotImplementedError("Tally.__add__")  # your code here'''


def test_a_class_has_attributes_and_methods_without_self() -> None:
    [target] = targets_of(Tally)
    assert isinstance(target, Class)
    assert [name for name, _ in target.attributes] == ["total"]
    assert [(m.name, [p.name for p in m.parameters]) for m in target.methods] == [
        ("__init__", ["start"]),
        ("add", ["amount", "twice"]),
        ("__add__", ["other"]),
    ]


def test_the_stub_of_a_class_is_a_class_whose_methods_are_not_written() -> None:
    [target] = targets_of(Tally)
    assert stub(target) == TALLY_STUB
    world: dict[str, Any] = {}
    exec(stub(target), world)
    with pytest.raises(NotImplementedError, match=r"Tally\.__init__"):
        world["Tally"](1.0)


@pytest.mark.parametrize("name", ["returns zeros", "returns NaN", "returns None", "returns its argument"])
def test_a_do_nothing_class_answers_every_method(name: str) -> None:
    tally = do_nothing_programs(targets_of(Tally))[name]
    assert isinstance(tally, Live)
    made = tally.world["Tally"](3.0)
    made.add(1.0)
    assert made.total is None or np.shape(made.total) == ()
    assert (made + made) is not NotImplemented


@pytest.mark.parametrize("body", ["loops for ever", "exits"])
def test_a_class_that_needs_a_process_of_its_own_is_python(body: str) -> None:
    source = do_nothing_sources(targets_of(Tally))[body]
    compile(source, "nothing", "exec")
    assert source.startswith("class Tally:")


# ------------------------------------------------------------------------------------------------------- any shape


def move(w: Reals["..."], dw: Reals["..."], state: Opaque, *, lr=0.1) -> {"w": Reals["..."], "state": Opaque}:
    """One step."""


@given(shape=st.lists(st.integers(1, 4), max_size=3).map(tuple), seed=st.integers(0, 2**32))
def test_arrays_of_any_shape_are_drawn_in_the_shape_that_is_given_and_answered_in_it(shape: Any, seed: int) -> None:
    case = sample(move, np.random.default_rng(seed), shape=shape, state={})
    assert np.shape(case["w"]) == np.shape(case["dw"]) == shape
    assert function(move).shape(0, case) == shape
    plan = Plan()
    plan.want(*function(move).ask(plan, case)[:1])
    (answer,) = do_nothing_programs(targets_of(move))["returns zeros"].run(plan)
    assert np.shape(answer) == shape


def test_any_shape_is_said_so_to_the_student() -> None:
    text = stub(function(move))
    assert text.count("real array of any shape") == 3
    assert "..." not in text.replace('"""', "")


def test_a_shape_that_is_not_given_is_told_with_the_word_for_it() -> None:
    with pytest.raises(TopicError, match=r"write sample\(move, rng, shape=…\)"):
        sample(move, np.random.default_rng(0), state={})
    with pytest.raises(TopicError, match=r"move has no `n` .*its sizes shape"):
        sample(move, np.random.default_rng(0), n=3, state={})


@pytest.mark.parametrize("shape", ["n ...", "... 3", "n *m", "*n *m", "*", ".."])
def test_any_shape_stands_alone(shape: str) -> None:
    with pytest.raises(TopicError, match=r'or "\.\.\." for any shape'):
        Reals[shape]


@pytest.mark.parametrize("shape", [(), (5,), (5, 2), (5, 2, 3)])
def test_arrays_of_any_shape_are_made_smaller_together_along_their_first_axis(shape: tuple[int, ...]) -> None:
    alone = SingleCase.of(matches(move), [], lambda case, wrong: [])
    case = {"w": np.zeros(shape), "dw": np.ones(shape)}
    smaller = [found for change in moves(alone, case) if (found := change(case)) is not None]
    assert all(np.shape(found["w"]) == np.shape(found["dw"]) for found in smaller)
    assert {np.shape(found["w"])[:1] for found in smaller} == ({(n,) for n in (1, 2, 3, 4, 5)} if shape else {()})


# ----------------------------------------------------------------------------------------------------- leading axes


class rows(Layer):
    """x times W, for the last axis of x."""

    def forward(x: Reals["*lead d"], W: Reals["d h"]) -> (Reals["*lead h"], Opaque): ...
    def backward(dout: Reals["*lead h"], cache: Opaque) -> {"dx": Reals["*lead d"], "dW": Reals["d h"]}: ...


LEADING = st.lists(st.integers(1, 4), max_size=3).map(tuple)


@given(lead=LEADING, d=st.integers(1, 4), h=st.integers(1, 4))
def test_leading_axes_of_any_number_are_drawn_and_answered(lead: tuple[int, ...], d: int, h: int) -> None:
    case = sample(rows, np.random.default_rng(0), lead=lead, d=d, h=h)
    forward, backward = functions_of(rows)
    assert (np.shape(case["x"]), np.shape(case["W"])) == ((*lead, d), (d, h))
    assert forward.shape(0, case) == (*lead, h)
    sizes = forward.sizes(case)
    assert [backward.bound_shape(i, sizes) for i in (0, 1)] == [(*lead, d), (d, h)]


def test_an_array_with_too_few_axes_for_its_last_letters_is_the_authors_mistake() -> None:
    forward, _ = functions_of(rows)
    with pytest.raises(TopicError, match=r"`W` of rows_forward .* has shape"):
        forward.sizes({"x": np.zeros(3), "W": np.zeros(3)})
    with pytest.raises(TopicError, match=r"`x` of rows_forward .*before the last, but has shape"):
        forward.sizes({"x": np.float64(1), "W": np.zeros((3, 2))})


def test_leading_axes_are_said_so_to_the_student() -> None:
    text = stub(functions_of(rows)[0])
    assert "x: real array of shape (..., d), with any number of axes before the last" in text
    assert "*lead" not in text


@given(lead=LEADING)
def test_arrays_with_leading_axes_are_made_smaller_along_the_first_of_them(lead: tuple[int, ...]) -> None:
    alone = SingleCase.of(matches(rows), [], lambda case, wrong: [])
    case = {"x": np.ones((*lead, 3)), "W": np.ones((3, 2))}
    found = [smaller for change in moves(alone, case) if (smaller := change(case)) is not None]
    assert all(np.shape(each["x"])[-1:] == np.shape(each["W"])[:1] for each in found)
    assert all(np.shape(each["x"])[1:-1] == lead[1:] for each in found)
    assert (
        {np.shape(each["x"])[:-1] for each in found} == {(n, *lead[1:]) for n in range(1, lead[0] + 1)}
        if lead
        else {()}
    )
