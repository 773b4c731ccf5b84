"""Mistakes that any function can have, and known ones in one function alone, are named without being listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.topics.families import families, in_one_function
from grader.topics.folder import Assignment
from support.courses import HEAVY_SOLUTION, SOFTMAX_SOLUTION
from support.judging import judged
from support.repository import own_course

pytest.importorskip("torch")


@pytest.mark.parametrize(
    ("was", "now", "name", "says"),
    [
        ("    v = ", "    beta = 0.9\n    v = ", "heavy_ball: beta fixed", "it works as with 0.9"),
        ("return w - lr * v", "return (w - lr * v).astype('float32')", "heavy_ball: float32", "keep the precision"),
    ],
)
def test_a_mistake_that_any_function_can_have_is_named(
    shared_folder: Path, was: str, now: str, name: str, says: str
) -> None:
    assert was in HEAVY_SOLUTION
    rows = judged("heavy-ball", shared_folder, HEAVY_SOLUTION.replace(was, now, 1))
    named = [row.mistake for row in rows.values() if row.mistake]
    assert named
    assert {hint.name for hint in named} == {name}
    assert says in named[0].hint


def test_the_sign_is_turned_round_where_a_function_has_one_answer(shared_folder: Path) -> None:
    names = [m.name for m in families(Assignment("softmax-xent", shared_folder).targets)]
    assert "softmax_xent: the sign turned round" in names
    assert "softmax_xent_grad: the sign turned round" in names
    assert [m.name for m in families(Assignment("heavy-ball", shared_folder).targets) if "sign" in m.name] == []


def test_a_mistake_in_one_of_two_functions_that_share_code_in_the_solution_is_named(shared_folder: Path) -> None:
    """The model solution has one softmax for loss and gradient; this student has two, and a slip in one."""
    assert "log_softmax(logits)" in SOFTMAX_SOLUTION
    naive = SOFTMAX_SOLUTION.replace("logits - logits.max(axis=1, keepdims=True)", "logits", 1)
    assert naive != SOFTMAX_SOLUTION
    source = in_one_function(SOFTMAX_SOLUTION, naive, "softmax_xent")
    rows = judged("softmax-xent", shared_folder, source)
    assert {id: row.mistake.name for id, row in rows.items() if row.mistake} == {"huge": "no max shift"}


@pytest.mark.parametrize(
    ("slug", "was", "now", "row", "name"),
    [
        (
            "activations",
            "def sigmoid_backward(dout, cache):",
            "def sigmoid_backward(cache, dout):",
            "sigmoid_back",
            "sigmoid_backward: cache before dout",
        ),
        (
            "softmax-cross-entropy",
            "np.sum(targets * log_softmax(logits), axis=1)",
            "np.sum(targets * np.log(softmax(logits) + 1e-9), axis=1)",
            "underflow",
            "loss: 1e-09 keeps p from 0",
        ),
        (
            "softmax-cross-entropy",
            "np.sum(targets * log_softmax(logits), axis=1)",
            "np.sum(targets * np.log(np.maximum(softmax(logits), 1e-10)), axis=1)",
            "underflow",
            "loss: 1e-10 keeps p from 0",
        ),
    ],
)
def test_one_of_a_family_is_named_in_a_real_topic(slug: str, was: str, now: str, row: str, name: str) -> None:
    solution = Assignment(slug, own_course().root).solution
    assert solution.count(was) == 1
    hint = judged(slug, own_course().root, solution.replace(was, now))[row].mistake
    assert hint is not None
    assert hint.name == name
