"""The smallest input on which a row is lost: small, true when it is pasted, and never at anybody's cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.bundle.shown import lines
from grader.course.grade import Grading
from grader.course.settings import Course
from grader.course.side_by_side import grade_all
from grader.errors import Died, Raised, TimedOut, Wrong
from grader.inside.plan import Implementation
from grader.inside.wire import Seeded
from grader.intake.take_in import take_in
from grader.judging.evaluate import evaluate
from grader.judging.outcome import Outcome
from grader.judging.smallest.domain import judge_alone
from grader.judging.smallest.shrink import ENTRIES, Shrinking, reason, size
from grader.numerics.compare import Truth, require_close
from grader.result import Status
from grader.submission.in_process import Live
from grader.submission.jail import ProcessJail
from grader.submission.limits import SHRINK_CALLS
from grader.topics.cell import literal
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from grader.truth.trials import PUBLIC_SEED, seeded_trials
from support import miniature
from support.courses import HEAVY_SOLUTION, SOFTMAX_SOLUTION, hand_in
from support.repository import own_course
from support.watched import Watched

SEED = 7  # of a round

Cells = dict[str, dict[str, Any]]


def outcomes(assignment: Assignment, truth: Any, student: Implementation) -> list[Outcome]:
    return miniature.outcomes(assignment.topic, student, truth, SEED)


def cells(assignment: Assignment, truth: Any, source: str, calls: int = SHRINK_CALLS) -> Cells:
    student = Live.of(source)
    return Shrinking(assignment, truth, calls).cells(outcomes(assignment, truth, student), student)


def own(slug: str) -> tuple[Assignment, Oracle]:
    assignment = Assignment(slug, own_course().root)
    return assignment, Oracle(assignment)


@pytest.fixture(scope="module")
def heavy(shared_folder: Path) -> tuple[Assignment, Oracle]:
    assignment = Assignment("heavy-ball", shared_folder)
    return assignment, Oracle(assignment)


# ------------------------------------------------------------------------------------------ small and true


def test_a_sum_in_place_of_a_mean_is_seen_with_two_rows(softmax: Assignment, truth: Oracle) -> None:
    found = cells(softmax, truth, SOFTMAX_SOLUTION.replace("labels].mean()", "labels].sum()"))
    assert list(found) == ["loss"]
    assert found["loss"]["code"] == (
        "import numpy as np\n\nlogits = np.array([[0.0, 0.0], [0.0, 0.0]])\nlabels = np.array([0, 0])\n"
        "softmax_xent(logits, labels)"
    )
    assert (found["loss"]["got"], found["loss"]["expected"]) == ("1.38629", "0.693147")


def test_an_optimisers_cell_has_one_coordinate_and_as_few_steps_as_it_takes(heavy: tuple[Assignment, Oracle]) -> None:
    source = HEAVY_SOLUTION.replace("beta * state", "0 * state")
    found = cells(*heavy, source)["steps"]
    assert found["code"].splitlines()[2:] == [
        "w, state = np.zeros(1), {}",
        "for dw in np.array([[1.0], [1.0]]):",
        "    before = np.array(w)",
        "    w, state = heavy_ball(w, dw, state)",
        "np.subtract(w, before)",
    ]
    assert (found["got"], found["expected"]) == ("[-0.1]", "[-0.19]")


def test_a_claim_in_words_shows_its_input_and_its_sentence(softmax: Assignment, truth: Oracle) -> None:
    (sums,) = [row for row in softmax.topic.rubric if row.id == "sums"]
    student = Live.of(SOFTMAX_SOLUTION.replace("return grad / len(labels)", "return grad / len(labels) + 0.1"))
    error = Wrong("softmax_xent_grad on a batch", "row 0 of the gradient sums to 0.5")
    found = Shrinking(softmax, truth).cells([Outcome(sums, Status.LOST, error)], student)["sums"]
    assert "expected" not in found
    assert found["got"] == "row 0 of the gradient sums to 0.1"
    assert found["code"].splitlines()[2:] == [
        "logits = np.array([[0.0]])",
        "labels = np.array([0])",
        "softmax_xent_grad(logits, labels)",
    ]


def test_a_script_is_shown_on_its_shortest_graph_with_the_roundest_numbers() -> None:
    autodiff, oracle = own("autodiff")
    source = autodiff.solution.replace("[(self, other.data), (other, self.data)]", "[(self, other.data), (other, 0.0)]")
    found = cells(autodiff, oracle, source)
    assert {row: cell["code"].splitlines() for row, cell in found.items()} == {
        "products": [
            "a = Value(1.0)",
            "b = Value(1.0)",
            "y = a * b",
            "y.backward()",
            "[a.grad, b.grad, y.grad]",
        ]
    }
    assert (found["products"]["got"], found["products"]["expected"]) == ("[1, 0, 1]", "[1, 1, 1]")


def test_a_random_generator_is_written_as_default_rng_of_its_seed() -> None:
    assert literal(Seeded(3)) == "np.random.default_rng(3)"


def test_a_number_that_is_made_simpler_keeps_its_sign() -> None:
    autodiff, oracle = own("autodiff")
    source = autodiff.solution.replace("1.0 if self.data > 0 else 0.0", "1.0 if self.data else 0.0")
    code = cells(autodiff, oracle, source)["relu"]["code"]
    assert code.startswith("n = Value(-")


# ------------------------------------------------------------------------------------------ for the row's reason


def made(assignment: Assignment, mistake: str) -> str:
    return next(m for m in assignment.mistakes if m.name == mistake).apply(assignment.solution)


def test_a_row_about_a_hyper_parameter_is_shown_with_that_hyper_parameter() -> None:
    """At p = 0.5 a dropped entry is right; what the row says of p = 0 is that none may be."""
    dropout, oracle = own("dropout")
    found = cells(dropout, oracle, made(dropout, "keep and drop flipped"))["zero"]
    assert found["code"].endswith("p=0.0, training=True)[0]")
    assert (found["got"], found["expected"]) == ("[[0]]", "[[1]]")


def test_a_claim_about_chance_is_shown_on_an_input_where_right_programs_seldom_fail_by_chance() -> None:
    """Of two entries none is dropped once in four times, by the right program as by this one."""
    dropout, oracle = own("dropout")
    (row,) = (row for row in dropout.topic.rubric if row.id == "drops")
    student = Live.of(made(dropout, "noise in place of zeros"))
    shrinking = Shrinking(dropout, oracle)
    found = shrinking.smallest(row, Wrong("dropout_forward", "no entry of out is 0, expected some"), student)
    assert found is not None
    failed = [
        judge_alone(row, found.alone, program, oracle, {**found.case, "rng": Seeded(seed)}).error is not None
        for program in shrinking.programs
        for seed in range(1_000, 1_050)
    ]
    assert sum(failed) < 0.05 * len(failed)


def test_no_smallest_input_lies_where_a_variant_differs() -> None:
    """At A2 = 0.5, say: the smallest input is then another."""
    network, oracle = own("two-layer-network")
    shrinking, student = Shrinking(network, oracle), Live.of(made(network, "dZ2: sign"))
    lost = evaluate(network.topic, student, seeded_trials(network.topic, student, oracle, SEED), rows=["dZ2"])

    def shown() -> bool:
        return "A2 = np.array([[0.5]])" in shrinking.cells(lost, student)["dZ2"]["code"]

    assert shown()
    shrinking.programs.append(Live.of(network.solution.replace("dZ2 = A2 - Y", "dZ2 = (A2 - Y) * (A2 != 0.5)")))
    assert not shown()


def test_a_small_fault_is_not_shown_on_an_input_where_another_is_large() -> None:
    """A loss with 1e-7 in its logarithm, that also takes no array of one row."""
    network, oracle = own("two-layer-network")
    source = made(network, "loss: 1e-7 added inside the logarithms").replace(
        "def loss(A2, Y):", "def loss(A2, Y):\n    if len(Y) == 1: return 7.0"
    )
    found = cells(network, oracle, source)["loss"]
    assert found["code"].splitlines()[2] == "A2 = np.array([[0.5], [0.5]])"
    assert float(found["got"]) == pytest.approx(float(found["expected"]), rel=1e-5)


@pytest.mark.parametrize(
    ("got", "want", "expected"),
    [
        ([2.0, 0.0], [1.0, 0.0], 1.0),
        ([8.0, 0.0], [1.0, 0.0], 1.0),
        ([1.0, 1e-7], [1.0, 0.0], 1e-7),
        ([1.0, 0.0], [0.0, 0.0], 1.0),
        ([1.0, np.nan], [1.0, 0.0], 1.0),
        ([1.0, 2.0], [1.0, np.inf], 1.0),
        ([1.0], [1.0, 2.0], 1.0),
    ],
)
def test_the_size_of_an_error_is_its_share_of_the_right_answer(got: Any, want: Any, expected: float) -> None:
    with pytest.raises(Wrong) as caught:
        require_close(np.array(got), Truth.of(want), "f")
    assert size(caught.value) == expected


# ------------------------------------------------------------------------------------------ who gets one


def test_only_the_first_lost_row_of_a_function_gets_a_smallest_input(softmax: Assignment, truth: Oracle) -> None:
    source = SOFTMAX_SOLUTION.replace("labels].mean()", "labels].max()").replace(
        "return grad / len", "return -grad / len"
    )
    student = Live.of(source)
    found = outcomes(softmax, truth, student)
    assert [o.row.id for o in found if o.status is Status.LOST] == ["loss", "grad", "huge"]
    assert list(Shrinking(softmax, truth).cells(found, student)) == ["loss", "grad"]


def test_a_right_submission_is_not_asked_for_a_smallest_input(softmax: Assignment, truth: Oracle) -> None:
    student = Watched.of(SOFTMAX_SOLUTION)
    found = outcomes(softmax, truth, student)
    before = len(student.plans)
    assert Shrinking(softmax, truth).cells(found, student) == {}
    assert len(student.plans) == before


def test_a_hidden_row_gets_no_smallest_input(softmax: Assignment, truth: Oracle) -> None:
    hidden = replace(next(row for row in softmax.topic.rubric if row.id == "loss"), hidden=True)
    student = Live.of(SOFTMAX_SOLUTION.replace("labels].mean()", "labels].sum()"))
    (lost,) = (o for o in outcomes(softmax, truth, student) if o.row.id == "loss")
    shrinking = Shrinking(softmax, truth)
    assert shrinking.cells([lost], student)
    assert shrinking.cells([replace(lost, row=hidden)], student) == {}


def test_a_missing_function_gets_no_smallest_input(softmax: Assignment, truth: Oracle) -> None:
    assert cells(softmax, truth, "import numpy as np") == {}


def test_a_row_lost_on_the_rounds_cases_alone_gets_no_smallest_input(softmax: Assignment, truth: Oracle) -> None:
    """What fails in the round only is not shown: the cell would have to be made from the round's numbers."""
    public = {case["logits"][0, 0] for _, case in softmax.topic.cases(np.random.default_rng(0))}
    known = SOFTMAX_SOLUTION.replace(
        "def softmax_xent(logits, labels):",
        f"def softmax_xent(logits, labels):\n    if logits[0, 0] not in {public}: return 0.0",
    )
    student = Live.of(known)
    found = outcomes(softmax, truth, student)
    assert found[0].status is Status.LOST
    assert "loss" not in Shrinking(softmax, truth).cells(found, student)


# ------------------------------------------------------------------------------------------ at nobody's cost

WRONG = SOFTMAX_SOLUTION.replace("labels].mean()", "labels].sum()")


@pytest.mark.parametrize("calls", [0, 1, 5, SHRINK_CALLS])
def test_the_search_for_a_smallest_input_keeps_its_budget_of_calls(
    softmax: Assignment, truth: Oracle, calls: int
) -> None:
    student = Watched.of(WRONG)
    found = outcomes(softmax, truth, student)
    before = len(student.plans)
    cell = Shrinking(softmax, truth, calls).cells(found, student).get("loss")
    assert len(student.plans) - before <= calls
    assert (cell is None) == (calls < 2)
    assert cell is None or cell["calls"] == len(student.plans) - before


@pytest.mark.parametrize("then", [Raised("ValueError", "no"), TimedOut("slow"), Died("gone")], ids=repr)
@pytest.mark.parametrize("more", [0, 3])
def test_a_submission_that_fails_during_the_search_keeps_its_verdicts(
    softmax: Assignment, truth: Oracle, then: Exception, more: int
) -> None:
    student = Watched.of(WRONG)
    found = outcomes(softmax, truth, student)
    student.after, student.then = len(student.plans) + more, then
    assert Shrinking(softmax, truth).cells(found, student) == {}
    assert [o.status for o in found if o.row.id == "loss"] == [Status.LOST]


def test_the_search_passes_over_inputs_on_which_the_submission_raises(softmax: Assignment, truth: Oracle) -> None:
    source = WRONG.replace("    rows = ", "    if len(labels) < 4: raise ValueError\n    rows = ")
    assert "labels = np.array([0, 0, 0, 0])" in cells(softmax, truth, source)["loss"]["code"]


def test_no_smallest_input_is_shown_where_answers_depend_on_earlier_calls(softmax: Assignment, truth: Oracle) -> None:
    """Pasted into a fresh notebook, the cell would not show what it says."""
    counts = "calls = []\n\ndef softmax_xent(logits, labels):\n    calls.append(1)"
    source = SOFTMAX_SOLUTION.replace("def softmax_xent(logits, labels):", counts)
    assert cells(softmax, truth, source.replace("labels].mean()", "labels].mean() + len(calls)")) == {}


def test_the_same_submission_gets_the_same_smallest_input(softmax: Assignment, truth: Oracle) -> None:
    assert cells(softmax, truth, WRONG) == cells(softmax, truth, WRONG)


def test_a_smallest_input_that_stays_large_is_not_shown(softmax: Assignment, truth: Oracle) -> None:
    source = SOFTMAX_SOLUTION.replace("labels].mean()", "labels].mean() * (1 + (logits.shape == (8, 5)))")
    assert ENTRIES < 8 * 5 + 8
    assert cells(softmax, truth, source) == {}


# ------------------------------------------------------------------------------------------ through grading


def grade(course: Course, jail: ProcessJail, folder: Path, text: str, file: str = "softmax-xent.py") -> Any:
    submissions = take_in([hand_in(folder, "ada", text, file)], list(course.topics)).submissions
    (result,) = grade_all(Grading(course, jail), submissions, 1)
    return {row.id: row for row in result.rows}


def test_a_graded_row_carries_its_cell_and_people_see_it(
    shared_course: Course, jail: ProcessJail, tmp_path: Path
) -> None:
    loss = grade(shared_course, jail, tmp_path, WRONG)["loss"]
    assert loss.evidence["smallest"]["code"].endswith("softmax_xent(logits, labels)")
    assert loss.smallest.endswith("softmax_xent(logits, labels)\n# yours:    1.38629\n# expected: 0.693147")
    text = "\n".join(lines([loss]))
    assert "The smallest input on which it fails, to paste into a cell:" in text
    assert "                softmax_xent(logits, labels)\n" in text
    assert replace(loss, hidden=True).smallest == ""


def test_a_loop_on_small_inputs_alone_costs_no_points(shared_course: Course, jail: ProcessJail, tmp_path: Path) -> None:
    loops = WRONG.replace("    rows = ", "    while not logits.any(): pass\n    rows = ")
    with_loop, without = (
        grade(shared_course, jail, tmp_path / name, text) for name, text in (("a", loops), ("b", WRONG))
    )
    assert [(r.status, r.earned) for r in with_loop.values()] == [(r.status, r.earned) for r in without.values()]
    assert not any(row.smallest for row in with_loop.values())


def test_what_hidden_rows_asked_cannot_come_back_in_a_cell(
    shared_course: Course, jail: ProcessJail, tmp_path: Path
) -> None:
    """The topic has a hidden row. The process that is asked for the cell is a new one: all that this spy knows is public."""
    remember = "seen = []\n\ndef softmax_xent(logits, labels):\n    seen.append(logits[0, 0])"
    spy = SOFTMAX_SOLUTION.replace("def softmax_xent(logits, labels):", remember)
    rows = grade(shared_course, jail, tmp_path, spy.replace("labels].mean()", "labels].mean() + seen[0]"))
    softmax = Assignment("softmax-xent", shared_course.root)
    _, first = next(iter(softmax.topic.cases(np.random.default_rng(PUBLIC_SEED))))
    cell = rows["loss"].evidence["smallest"]
    assert float(cell["got"]) - float(cell["expected"]) == pytest.approx(first["logits"][0, 0], rel=1e-4)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (Wrong("f on a batch", "x", entry=[0], got="1.0"), Wrong("f on this input", "y", entry=[1], got="2.0"), True),
        (Wrong("f on a batch", "x", entry=[0], got="1.0"), Wrong("f on a batch", "x", entry=[0], got="nan"), False),
        (Wrong("`a` of f on a batch", "x"), Wrong("`b` of f on a batch", "x"), False),
        (Wrong("f, step 3 of 5: the change", "x"), Wrong("f, step 1 of 1 (lr=2): the change", "x"), True),
        (Wrong("f on a", "row 0 sums to 1.2e-5"), Wrong("f on b", "row 3 sums to -4"), True),
        (Wrong("f on a", "row 0 sums to 1.2"), Wrong("f on a", "the gradient is 0 everywhere"), False),
        (Wrong("f on a", "the shape is (3, 4), expected (3,)"), Wrong("f on b", "the shape is (1, 1), expected (1,)"), True),
    ],
)  # fmt: skip
def test_two_failures_are_alike_if_output_and_kind_are_the_same(one: Wrong, other: Wrong, alike: bool) -> None:
    assert (reason(one) == reason(other)) is alike
