"""Every topic of the course is proven, on several seeds, and its matrix is the one that reviewers read."""

from __future__ import annotations

import pytest

from grader.cli.authoring import matrix_path, prove
from grader.topics.folder import Assignment
from support.repository import own_course

SEEDS = 4
COURSE = own_course()


@pytest.mark.parametrize("slug", COURSE.topics)
def test_topic_is_proven(slug: str) -> None:
    report = prove(COURSE, slug, SEEDS)
    assert not report.findings, "\n".join(report.findings)
    kept = matrix_path(COURSE, slug).read_text(encoding="utf-8")
    assert report.text() == kept, f"the matrix changed: `grader verify {slug} --write`, and read its diff"


@pytest.mark.parametrize("slug", COURSE.topics)
def test_topic_knows_enough_mistakes_and_variants(slug: str) -> None:
    assignment = Assignment(slug, COURSE.root)
    assert len(assignment.mistakes) >= 12
    assert len(assignment.variants) >= 3
