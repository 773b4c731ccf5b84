"""docs/verified.md says what is proven of each topic as it is now, and its figures come out again."""

from __future__ import annotations

import json
from types import ModuleType

import pytest

from grader.proving.mutants.coverage import Coverage
from grader.submission.jail import open_jail
from grader.topics.folder import Assignment
from grader.topics.mutants.generate import mutants
from grader.truth.reference import Oracle
from support.repository import ROOT, load_script, own_course

COURSE = own_course()
FIGURES = json.loads((ROOT / "docs" / "verified.json").read_text(encoding="utf-8"))
AGAIN = "run `python scripts/write_verified.py` and read the diff of docs/verified.md"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("scripts/write_verified.py")


def test_the_page_of_verified_topics_is_made_from_the_figures(script: ModuleType) -> None:
    assert (ROOT / "docs" / "verified.md").read_text(encoding="utf-8") == script.page(FIGURES), AGAIN


@pytest.mark.parametrize("slug", FIGURES)
def test_the_figures_of_a_topic_are_of_its_present_files(slug: str, script: ModuleType) -> None:
    figures, assignment = FIGURES[slug], Assignment(slug, ROOT)
    assert figures["hashes"] == script.hashes(slug), f"{slug} has changed since it was proven: {AGAIN}"
    assert figures["mutants"]["mutants"] == len(mutants(assignment.solution))
    assert (figures["mistakes"], figures["variants"]) == (len(assignment.mistakes), len(assignment.variants))


@pytest.mark.parametrize("slug", FIGURES)
def test_the_figures_of_a_topic_show_no_surviving_mutant_false_alarm_or_finding(slug: str) -> None:
    figures = FIGURES[slug]
    assert figures["mutants"]["survivors"] == []
    assert figures["alarms"] == 0
    assert figures["named"] == figures["mistakes"]
    assert figures["mutants"]["score"] == 1
    assert figures["pairs"]["missed"] == []
    assert figures["findings"] == []


def test_a_topic_without_figures_is_named_so(script: ModuleType) -> None:
    said = script.page({}).partition("Not measured so thoroughly yet: ")[2]
    assert all(f"`{slug}`" in said for slug in COURSE.topics)


@pytest.mark.parametrize("slug", sorted({"momentum", "dropout"} & FIGURES.keys()))
def test_the_mutants_of_a_topic_are_caught_as_its_figures_say(slug: str) -> None:
    assignment, jail = Assignment(slug, ROOT), open_jail(COURSE.imports)
    try:
        found = Coverage.of(assignment, Oracle(assignment), jail).figures()
    finally:
        jail.close()
    assert {key: FIGURES[slug]["mutants"][key] for key in found} == found
