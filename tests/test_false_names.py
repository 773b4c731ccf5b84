"""Programs that were told of a mistake that they do not make: each is close to a known one, in one row or for one number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import trajectory
from grader.judging.verdicts import verdicts
from grader.result import Verdict
from grader.topics.folder import Assignment
from grader.topics.rubric import Row
from grader.topics.signature import sample
from support.judging import judged
from support.miniature import descend, graded_rows, right_descend
from support.repository import own_course

pytest.importorskip("torch")

ROOT = own_course().root


def changed(slug: str, was: str, now: str) -> dict[str, Verdict]:
    """Return the verdicts on the model solution with one edit; some row is lost to it."""
    solution = Assignment(slug, ROOT).solution
    assert solution.count(was) == 1
    rows = judged(slug, ROOT, solution.replace(was, now))
    assert any(row.earned < row.points for row in rows.values())
    return rows


def names(rows: dict[str, Verdict]) -> set[str]:
    return {row.mistake.name for row in rows.values() if row.mistake}


def test_an_adam_that_corrects_twice_is_not_one_that_sums_though_their_first_steps_agree() -> None:
    rows = changed("adam", "m_hat = m / (1 - beta1**t)", "m_hat = m / (1 - beta1**t) / (1 - beta1**t)")
    assert "weights 1 and beta" not in names(rows)


def test_an_adam_whose_v_alone_stays_at_its_first_correction_is_not_told_that_every_step_divides_so() -> None:
    rows = changed("adam", "v / (1 - beta2**t)", "v / (1 - beta2)")
    assert rows["m"].earned == rows["m"].points
    assert names(rows) == set()


def test_nan_where_beta_is_0_does_not_name_the_mistake_that_gives_nan_everywhere() -> None:
    rows = changed("adam", "m_hat = m / (1 - beta1**t)", "m_hat = m / (1 - beta1**t) * beta1 / beta1")
    assert rows["m"].earned == rows["m"].points
    assert names(rows) == set()


def test_the_text_of_an_exception_names_nothing_against_rows_that_were_kept() -> None:
    """`x ** n` as exp(n log x) raises this for all negative x; this one for n = 0 only."""
    was = "slope = exponent * self.data ** (exponent - 1) if exponent else 0.0"
    rows = changed("autodiff", was, f"{was} * math.log(self.data)")
    assert any("math domain error" in row.message for row in rows.values())
    assert names(rows) == set()


def test_recursion_that_is_too_deep_is_not_recursion_along_every_path_if_many_paths_are_no_trouble() -> None:
    rows = changed("autodiff", "        for node in order:\n            node.grad = 0.0\n", DEEP)
    assert "RecursionError" in rows["large"].message
    assert rows["ways"].earned == rows["ways"].points
    assert not any("every path" in name for name in names(rows))


DEEP = """\
        def forget(nodes):
            if nodes:
                nodes[0].grad = 0.0
                forget(nodes[1:])
        forget(order)
"""


def test_a_single_slope_of_0_does_not_name_a_parent_that_is_missing_everywhere() -> None:
    was = "return Value(self.data * other.data, [(self, other.data), (other, self.data)])"
    now = (
        "return Value(self.data * other.data, [(self, other.data), (other, self.data if abs(self.data) < 10 else 0.0)])"
    )
    rows = changed("autodiff", was, now)
    assert rows["products"].earned == rows["products"].points
    assert names(rows) == set()


# ------------------------------------------------------------------------------------------ and untrue sentences


@pytest.mark.parametrize(("largest", "hinted"), [(1.0, True), (0.05, False)])
def test_a_hint_that_another_row_refutes_is_not_given(largest: float, hinted: bool) -> None:
    """Where the row with eps = 0.1 is kept, it is not that eps is left out that makes another row's answer a little wrong."""

    def nearly(w: np.ndarray, dw: np.ndarray, state: Any, **hyper: float) -> Any:
        found, new = right_descend(w, dw, state, **hyper)
        return found + 1e-6 * np.sin(1e3 * dw) * bool(state) * (hyper.get("eps", 0) < largest), new

    rows = [
        Row("small", 1, "it is right", trajectory(descend, steps=2)),
        Row("large", 1, "it is right with a large eps", trajectory(descend, steps=2, eps=0.1)),
    ]
    found = graded_rows(rows, walks, descend=nearly)
    assert [o.earned for o in found] == [False, not hinted]
    assert ("is `eps` left out" in verdicts(found, [])[0].message) is hinted


def walks(rng: np.random.Generator) -> Any:
    yield "a tensor", sample(descend, rng, k=6, state={})
