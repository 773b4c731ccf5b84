"""Every topic of the course is proven on two seeds, its matrix is the one that reviewers read, and its smallest inputs are true.

docs/verified.md tells of many more seeds, and test_verified.py fails where a topic has changed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

from grader.cli import authoring
from grader.cli.authoring import matrix_path, prove
from grader.errors import Wrong
from grader.judging.known import Runner, in_this_process, run_mistakes
from grader.judging.mistakes import Known
from grader.judging.smallest.shrink import Shrinking
from grader.submission.in_process import Live
from grader.submission.limits import SHRINK_CALLS
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from grader.truth.trials import PUBLIC_SEED
from support.repository import own_course

SEEDS = 2
COURSE = own_course()
FOUND: dict[str, Sequence[Known]] = {}  # what known mistakes lose on the public seed: two tests of a topic want it


@pytest.fixture(scope="module", params=COURSE.topics)
def slug(request: pytest.FixtureRequest) -> str:
    """Return a topic; the tests of one follow each other."""
    return str(request.param)


def test_topic_is_proven(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(assignment: Assignment, runner: Runner, declared_only: bool = False) -> list[Known]:
        found = run_mistakes(assignment, runner, declared_only)
        FOUND.setdefault(slug, found)  # the public seed comes first
        return found

    monkeypatch.setattr("grader.proving.verify.run_mistakes", run)
    # A program that loops earns nothing however long it may.
    monkeypatch.setattr(authoring, "IMPATIENT", replace(authoring.IMPATIENT, row_cpu_seconds=0.1))
    report = prove(COURSE, slug, SEEDS)
    assert not report.findings, "\n".join(report.findings)
    kept = matrix_path(COURSE, slug).read_text(encoding="utf-8")
    assert report.text() == kept, f"the matrix changed: `grader verify {slug} --write`, and read its diff"


def test_smallest_input_of_every_known_mistake_shows_what_it_says(slug: str) -> None:
    """Pasted into the notebook, the cell gives "yours" with the mistake, and "expected" with the solution and every variant."""
    assignment = Assignment(slug, COURSE.root)
    truth = Oracle(assignment)
    shrinking = Shrinking(assignment, truth)
    rights = [assignment.solution, *(variant.apply(assignment.solution) for variant in assignment.variants)]
    if slug not in FOUND:
        FOUND[slug] = run_mistakes(assignment, in_this_process(assignment, truth, PUBLIC_SEED))
    differing = shown = 0  # mistakes whose values differ from the reference's; those of them that a cell shows
    for mistake, known in zip(assignment.mistakes, FOUND[slug], strict=False):
        source = mistake.apply(assignment.solution)
        cells = shrinking.cells(known.outcomes, Live.of(source))
        found = [o.error.evidence for o in known.outcomes if isinstance(o.error, Wrong)]
        differing += any(e.truth is not None and e.id != "claim" for e in found)
        shown += any("expected" in cell for cell in cells.values())
        for row, cell in cells.items():
            assert set(cell) <= {"code", "got", "expected", "calls"}
            assert cell["calls"] <= SHRINK_CALLS
            if "expected" in cell and not cell["got"].startswith("returned "):
                mine, *others = (pasted(text, cell["code"]) for text in (source, *rights))
                assert close(mine, cell["got"]), (mistake.name, row, mine, cell)
                assert cell["got"] != cell["expected"]
                for right in others:
                    assert close(right, cell["expected"]), (mistake.name, row, right, cell)
    assert shown >= differing / 2 > 1


compiled = cache(partial(compile, filename="work", mode="exec", dont_inherit=True))


def pasted(source: str, code: str) -> Any:
    """What a notebook shows that has run `source`: the value of the last line of the cell."""
    world: dict[str, Any] = {}
    *body, last = code.splitlines()
    with np.errstate(all="ignore"):
        exec(compiled(source), world)
        exec("\n".join(body), world)
        return eval(last, world)


def close(value: Any, text: str) -> bool:
    said = np.array(eval(text, {"nan": np.nan, "inf": np.inf}))
    size = np.abs(said[np.isfinite(said)]).max(initial=1)
    return np.shape(value) == said.shape and np.allclose(value, said, rtol=1e-5, atol=1e-9 * size, equal_nan=True)


def test_topic_knows_enough_mistakes_and_variants(slug: str) -> None:
    assignment = Assignment(slug, COURSE.root)
    assert len(assignment.mistakes) >= 12
    assert len(assignment.variants) >= 3
