"""Two known mistakes at once: which go together, and that a student reads of both."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from grader.course.grade import Grading
from grader.course.settings import Course
from grader.judging.answers import Answers
from grader.judging.evaluate import evaluate
from grader.judging.known import KnownMistakes, in_this_process, run_mistakes
from grader.judging.outcome import Outcome
from grader.judging.pairs import pairs_of, together
from grader.proving.pairs import DiagnosedPair, PairsReport, diagnose_pairs
from grader.submission.find import Submission
from grader.submission.in_process import Live
from grader.submission.jail import ProcessJail
from grader.topics.changes import Mistake
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from grader.truth.trials import PUBLIC_SEED, seeded_trials
from support.courses import HEAVY, HEAVY_SOLUTION, edit, hand_in

UPHILL = Mistake("uphill", "w - lr * v", "w + lr * v", say="Subtract.")
AVERAGE = Mistake("a moving average", "+ dw", "+ (1 - beta) * dw", say="Add all of dw.")
DOWN_ONLY = Mistake("no lr", "lr * v,", "v,", say="Multiply by lr.")
WHOLE = Mistake(
    "nothing moves", code="def heavy_ball(w, dw, state, *, lr=0.1, beta=0.9):\n    return w, {}\n", say="Move."
)
BOTH = HEAVY_SOLUTION.replace("w - lr * v", "w + lr * v").replace("+ dw", "+ (1 - beta) * dw")


def known_mistakes(assignment: Assignment, truth: Oracle) -> KnownMistakes:
    return KnownMistakes(assignment, lambda: nullcontext(in_this_process(assignment, truth, PUBLIC_SEED)))


def test_mistakes_in_different_places_make_a_pair() -> None:
    assert together(HEAVY_SOLUTION, UPHILL, AVERAGE) == BOTH == together(HEAVY_SOLUTION, AVERAGE, UPHILL)


def test_mistakes_that_touch_the_same_text_make_no_pair() -> None:
    assert together(HEAVY_SOLUTION, UPHILL, DOWN_ONLY) == ""


def test_a_mistake_inside_a_function_that_another_replaces_makes_no_pair() -> None:
    assert together(HEAVY_SOLUTION, UPHILL, WHOLE) == together(HEAVY_SOLUTION, WHOLE, UPHILL) == ""
    assert [pair.names for pair in pairs_of(HEAVY_SOLUTION, [UPHILL, WHOLE, AVERAGE])] == [
        ("uphill", "a moving average")
    ]


def test_a_student_who_makes_two_mistakes_reads_of_both(course: Course, folder: Path, jail: ProcessJail) -> None:
    path = hand_in(folder, "grace", BOTH, "heavy-ball.py")
    result = Grading(course, jail).grade(Submission("grace", "heavy-ball", path))
    steps = next(row for row in result.rows if row.id == "steps")
    assert steps.mistake
    assert steps.mistake.told() == (
        "This looks like “uphill + a moving average”. You step uphill: subtract. That is an average: add all of dw."
    )


def test_a_single_known_mistake_is_not_named_as_a_pair(course: Course, folder: Path, jail: ProcessJail) -> None:
    path = hand_in(folder, "grace", HEAVY_SOLUTION.replace("w - lr * v", "w + lr * v"), "heavy-ball.py")
    result = Grading(course, jail).grade(Submission("grace", "heavy-ball", path))
    assert {row.mistake.name for row in result.rows if row.mistake} == {"uphill"}


def test_a_fault_that_fits_no_pair_is_not_named(shared_folder: Path) -> None:
    assignment = Assignment("heavy-ball", shared_folder)
    truth = Oracle(assignment)
    student = Live.of(HEAVY_SOLUTION.replace("+ dw", "+ 3 * dw"))
    outcomes = evaluate(assignment.topic, student, seeded_trials(assignment.topic, student, truth, PUBLIC_SEED))
    mistakes = known_mistakes(assignment, truth)
    assert mistakes.explaining(outcomes) == mistakes.known()


def test_a_row_of_a_pair_is_put_only_behind_the_rows_that_it_needs(shared_folder: Path) -> None:
    """What a row needs may be all that keeps it from running for ever."""
    assignment = Assignment("heavy-ball", shared_folder)
    truth = Oracle(assignment)
    asked: list[Sequence[str] | None] = []
    inner = in_this_process(assignment, truth, PUBLIC_SEED)

    def run(source: str, name: str, rows: Sequence[str] | None = None, like: Answers | None = None) -> list[Outcome]:
        asked.append(rows)
        return inner(source, name, rows, like)

    mistakes = KnownMistakes(assignment, lambda: nullcontext(run))
    mistakes.slips = []  # they are put to single rows, too
    outcomes = inner(HEAVY_SOLUTION.replace("+ dw", "+ 3 * dw"), "student", None)
    mistakes.explaining(outcomes)
    assert [rows for rows in asked if rows] == [["steps"]]  # the pair; single mistakes are put to all rows


def test_pairs_that_no_row_can_tell_apart_are_counted_as_alike(folder: Path) -> None:
    twin = 'mistakes = [Mistake("its twin", was="w - lr * v", now="w - -lr * v", say="Uphill."),'
    edit(folder, HEAVY, "mistakes.py", "mistakes = [", twin)
    assignment = Assignment("heavy-ball", folder)
    truth = Oracle(assignment)
    found = diagnose_pairs(
        assignment, truth, run_mistakes(assignment, in_this_process(assignment, truth, PUBLIC_SEED)), lambda text: None
    )
    assert (found.pairs, found.alike, len(found.diagnosed)) == (2, 2, 0)


def test_a_pair_of_which_a_mistake_is_not_named_is_a_finding() -> None:
    [pair] = pairs_of(HEAVY_SOLUTION, [UPHILL, AVERAGE])
    told = [DiagnosedPair(pair, frozenset(named), apart=True) for named in ([], ["uphill"], pair.names)]
    assert PairsReport(1, 0, 0, told).findings() == [
        "mistakes 'uphill' and 'a moving average' together: neither is named",
        "mistakes 'uphill' and 'a moving average' together: only 'uphill' is named",
    ]
