"""A slip costs once: the rows that a known mistake explains cost together what the mistake is worth."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from grader.checks import matches
from grader.errors import Wrong
from grader.judging.known import KnownMistakes, in_this_process
from grader.judging.mistakes import Known, Likeness, compare, recognise
from grader.judging.outcome import Outcome
from grader.judging.pairs import together
from grader.judging.points import cost_share, points
from grader.judging.verdicts import verdicts
from grader.proving.refuted import refuted
from grader.proving.slips import alone
from grader.result import Hint, Status
from grader.topics.folder import Assignment
from grader.topics.mutants.generate import mutants
from grader.topics.rubric import Row
from grader.truth.reference import Oracle
from grader.truth.trials import PUBLIC_SEED
from support.miniature import ramp
from support.repository import ROOT

WORTH = {"a": 4.0, "b": 3.0, "c": 2.0, "d": 1.0}


def program(lost: str, withheld: str = "", answer: float = 2.37) -> list[Outcome]:
    """A program that loses some of four rows, with one and the same answer."""
    return [
        Outcome(
            Row(name, worth, f"{name} is right", matches(ramp)),
            Status.LOST if name in lost else Status.WITHHELD if name in withheld else Status.EARNED,
            Wrong(name, "is wrong", np.array([answer])) if name in lost else None,
        )
        for name, worth in WORTH.items()
    ]


def earned(outcomes: Sequence[Outcome], *known: Known, share: float = 1 / 3) -> dict[str, float]:
    named = recognise(outcomes, known)
    return {row: p.earned for row, p in points(outcomes, named, known, share).items()}


def mistake(outcomes: Sequence[Outcome], costs: float | None = None, dead: str = "") -> Known:
    return Known(Hint("slip", "say"), outcomes, costs=costs, dead=frozenset(dead))


def test_a_recognised_slip_costs_its_dearest_row_and_an_unknown_one_all_of_them() -> None:
    lost = program("abc")
    assert earned(lost, mistake(program("abc"))) == {"a": 0, "b": 3, "c": 2, "d": 1}
    assert earned(lost) == {"a": 0, "b": 0, "c": 0, "d": 1}


@pytest.mark.parametrize(("share", "left"), [(1.0, [0, 0, 0]), (0.0, [0, 3, 2]), (2 / 3, [0, 1, 2])])
def test_the_share_of_the_course_decides_where_it_is_more_than_the_dearest_row(share: float, left: list[float]) -> None:
    found = earned(program("abc"), mistake(program("abc")), share=share)
    assert [found[row] for row in "abc"] == pytest.approx(left)


def test_the_author_may_say_what_a_mistake_costs() -> None:
    assert earned(program("abc"), mistake(program("abc"), costs=8.5)) == {"a": 0, "b": 0, "c": 0.5, "d": 1}


def test_a_dead_row_is_lost_as_it_is() -> None:
    assert earned(program("abc"), mistake(program("abc"), dead="b")) == {"a": 0, "b": 0, "c": 2, "d": 1}


def test_a_row_that_the_mistake_withholds_too_is_explained_and_any_other_withheld_one_is_not() -> None:
    assert earned(program("a", withheld="bc"), mistake(program("a", withheld="b"))) == {"a": 0, "b": 3, "c": 0, "d": 1}


def test_every_row_of_a_slip_says_why_it_got_what_it_got() -> None:
    lost, known = program("abc"), [mistake(program("abc"), costs=5)]
    said = {row: p.why for row, p in points(lost, recognise(lost, known), known).items()}
    assert said["a"] == "a: is wrong"
    assert said["b"] == "b: is wrong. Lost to the same slip as 'a is right': 1 of 3 points are taken off"
    assert said["c"] == "c: is wrong. Lost to the same slip as 'a is right': no more points are taken off"


# ------------------------------------------------------------------------------------------ over a topic


@pytest.fixture(scope="module")
def momentum() -> KnownMistakes:
    assignment = Assignment("momentum", ROOT)
    return KnownMistakes(assignment, lambda: nullcontext(in_this_process(assignment, Oracle(assignment), PUBLIC_SEED)))


def cost(mistakes: KnownMistakes, source: str) -> tuple[float, list[Outcome]]:
    with mistakes.runners() as run:
        outcomes = run(source, "a program", None)
    known = mistakes.explaining(outcomes)
    return cost_share(outcomes, recognise(outcomes, known), known), outcomes


def alike(one: Sequence[Outcome], other: Sequence[Outcome]) -> bool:
    return all(compare(a, b) is not Likeness.OTHER for a, b in zip(one, other, strict=True))


def test_a_second_fault_never_raises_a_score(momentum: KnownMistakes) -> None:
    """Over pairs of known mistakes, and over a known mistake and a mutant; but for those that answer as one of the two alone:
    nobody can know of the other."""
    assignment = momentum.assignment
    alone = {m.name: cost(momentum, m.apply(assignment.solution)) for m in assignment.mistakes}
    cheaper = []
    for one, other in list(combinations(assignment.mistakes, 2))[::17]:
        if source := together(assignment.solution, one, other):
            both, outcomes = cost(momentum, source)
            masked = any(alike(outcomes, alone[name][1]) for name in (one.name, other.name))
            if not masked and both < max(alone[one.name][0], alone[other.name][0]) - 1e-9:
                cheaper.append((one.name, other.name, both))
    for mistake in assignment.mistakes[::9]:
        before, answers = alone[mistake.name]
        for mutant in mutants(mistake.apply(assignment.solution))[::19]:
            after, outcomes = cost(momentum, mutant.source)
            right = all(o.earned for o in outcomes)
            if not right and after < before - 1e-9 and not alike(outcomes, answers):
                cheaper.append((mistake.name, mutant.name, after))
    assert cheaper == []


def test_a_slip_that_nobody_listed_is_priced_as_one_and_has_no_name(momentum: KnownMistakes) -> None:
    """A mutant of a variant: other code than the solution, whose slip answers as one in the solution does."""
    variant = momentum.assignment.variants[0]
    found, cheaper = 0, 0
    for mutant in mutants(alone(momentum.assignment.solution, variant))[::6]:
        with momentum.runners() as run:
            outcomes = run(mutant.source, "a mutant", None)
        known = momentum.explaining(outcomes)
        names, listed = recognise(outcomes, known), [k for k in known if k.hint.name]
        if len(listed) < len(known):
            found += 1
            assert all(known_as.hint.name for known_as in names.values())
            cheaper += cost_share(outcomes, names, known) < cost_share(outcomes, names, listed) - 1e-9
            rows = verdicts(outcomes, known)
            assert all(row.mistake is None for row in rows if row.id not in names)
    assert found > 2
    assert cheaper > 0


def test_a_program_that_earns_nothing_is_no_slip(momentum: KnownMistakes) -> None:
    """A momentum that returns what it was given is one changed expression, and deserves nothing."""
    idle = "def momentum(w, dw, state, *, lr=0.01, beta=0.9):\n    return w, state\n\n"
    price, outcomes = cost(momentum, idle + idle.replace("momentum", "ema_momentum"))
    assert not any(o.earned for o in outcomes)
    assert price == 1.0


def test_what_is_withheld_behind_a_dead_row_is_not_paid_for() -> None:
    """Who answers NaN to one row is not asked the next: that one is no part of the slip, however few points it costs."""
    dead = Known.beside({}, Hint("slip", "say"), program("a", withheld="b"))
    assert earned(program("a", withheld="b"), replace(dead, dead=frozenset("ab"))) == {"a": 0, "b": 0, "c": 2, "d": 1}
    assert earned(program("a", withheld="b"), replace(dead, dead=frozenset())) == {"a": 0, "b": 3, "c": 2, "d": 1}


def test_two_slips_at_once_are_not_one(momentum: KnownMistakes) -> None:
    """A step along twice the velocity, made of the squared gradient: each by itself is one changed expression, or nearly."""
    solution = momentum.assignment.solution
    both = solution.replace('state.get("v", 0) + dw', 'state.get("v", 0) + dw * dw').replace("lr * v\n", "lr * 2 * v\n")
    with momentum.runners() as run:
        outcomes = run(both, "a program", None)
    assert all(k.hint.name for k in momentum.explaining(outcomes))


def test_no_mistake_is_named_whose_answers_differ_in_a_row_that_no_other_named_one_explains(
    momentum: KnownMistakes,
) -> None:
    """Over mutants, which are wrong in ways that nobody foresaw, and of known mistakes, which are wrong twice."""
    assignment, named = momentum.assignment, 0
    changed = [m.apply(assignment.solution) for m in assignment.mistakes[::12]]
    for mutant in [*mutants(assignment.solution)[::4], *(m for text in changed for m in mutants(text)[::23])]:
        with momentum.runners() as run:
            outcomes = run(mutant.source, "a mutant", None)
        explaining = momentum.explaining(outcomes)
        found = recognise(outcomes, explaining)
        named += len(set(found.values()))
        assert refuted(outcomes, found, explaining) == [], mutant.name
    assert named > 5
