"""A bundle judges alike on another machine, whose mathematics differs in the last bit: what it asks the record is read from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from grader.bundle.inputs import RecordedInputs
from grader.bundle.record import TopicRecord, record
from grader.checks import Trial
from grader.judging.evaluate import evaluate
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from grader.topics.rubric import Case, Cases, Row
from grader.topics.trial import Inputs
from grader.truth.record import InMemory, Recorded
from support.repository import own_course

COURSE = own_course()
INEXACT: tuple[np.ufunc, ...] = (  # IEEE 754 says nothing of these; + - * / and the root are exact
    np.power,
    np.float_power,
    np.exp,
    np.exp2,
    np.expm1,
    np.log,
    np.log1p,
    np.log2,
    np.log10,
    np.sin,
    np.cos,
    np.tan,
    np.tanh,
    np.sinh,
    np.cosh,
    np.arctan,
    np.matmul,
)


class OneUlpOff(np.ndarray):
    """An array of a machine on which every inexact function gives the next larger number."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        plain = [np.asarray(x) if isinstance(x, OneUlpOff) else x for x in inputs]
        targets = {} if out is None else {"out": tuple(np.asarray(x) for x in out)}
        result = getattr(ufunc, method)(*plain, **targets, **kwargs)
        inexact = ufunc in INEXACT or (method == "reduce" and ufunc is np.add)
        if inexact and getattr(result, "dtype", np.dtype(int)).kind == "f":
            result = np.nextafter(result, np.inf)
        return elsewhere(result)


def elsewhere(value: Any) -> Any:
    """The same value, with arrays of the other machine in it."""
    if isinstance(value, np.ndarray):
        return value.view(OneUlpOff)
    if isinstance(value, dict):
        return {key: elsewhere(item) for key, item in value.items()}
    return type(value)(map(elsewhere, value)) if type(value) in (list, tuple) else value


class Elsewhere(Inputs):
    def __init__(self, read: Inputs) -> None:
        self.read = read

    def cases(self, generator: Cases | None) -> Sequence[Case]:
        return [(name, elsewhere(case)) for name, case in self.read.cases(generator)]

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return elsewhere(self.read.normal(shape))

    def computed(self, compute: Callable[[], Any]) -> Any:
        return elsewhere(self.read.computed(compute))

    def branch(self, name: str) -> Elsewhere:
        return Elsewhere(self.read.branch(name))


class Careless(Elsewhere):
    """Computes again what should be read."""

    def computed(self, compute: Callable[[], Any]) -> Any:
        return elsewhere(compute())

    def branch(self, name: str) -> Careless:
        return Careless(self.read.branch(name))


def outcomes(kept: TopicRecord, assignment: Assignment, inputs: type[Elsewhere] = Elsewhere) -> dict[str, str]:
    """The public rows that the model solution does not earn on the other machine, and why."""
    student, answers = Live.of(assignment.solution), InMemory(kept.answers, most=None)

    def trial(row: Row) -> Trial:
        return Trial(student, Recorded([answers], unknown="off the record"), inputs(RecordedInputs(kept.logs, row.id)))

    return {o.row.id: f"{o.status}: {o.error}" for o in evaluate(kept.topic(), student, trial) if not o.earned}


@pytest.mark.parametrize("slug", COURSE.topics)
def test_the_model_solution_earns_every_row_of_the_bundle_where_mathematics_is_one_ulp_off(slug: str) -> None:
    from grader.truth.reference import Oracle

    assignment = Assignment(slug, COURSE.root)
    kept = record(assignment, Live.of(assignment.solution), Oracle(assignment), [])
    assert outcomes(kept, assignment) == {}


def test_what_is_computed_again_in_place_of_being_read_is_off_the_record_there() -> None:
    from grader.truth.reference import Oracle

    assignment = Assignment("adam", COURSE.root)
    kept = record(assignment, Live.of(assignment.solution), Oracle(assignment), [])
    assert "void: off the record" in set(outcomes(kept, assignment, Careless).values())


def test_the_other_machine_differs_where_a_function_is_inexact_and_nowhere_else() -> None:
    x = elsewhere(np.array([0.5, 2.0]))
    assert np.array_equal(np.asarray(3 * x + 1), [2.5, 7.0])
    assert np.array_equal(np.asarray(10.0**x), np.nextafter(10.0 ** np.array([0.5, 2.0]), np.inf))
    assert float(x @ x) > 4.25
