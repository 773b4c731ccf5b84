"""docs/told.jsonl: a sample of what students are told of mutants, each read against the mutant's code by a fresh reader."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from grader.judging.known import in_this_process, run_mistakes
from grader.proving.mutants.feedback import read_page
from grader.proving.mutants.judge import MutantJudge, judge_mutants
from grader.submission.jail import open_jail
from grader.topics.folder import Assignment
from grader.topics.mutants.generate import mutants
from grader.truth.trials import PUBLIC_SEED
from support.repository import ROOT, own_course

pytest.importorskip("torch")

from grader.truth.reference import Oracle

COURSE = own_course()
FIGURES = json.loads((ROOT / "docs" / "verified.json").read_text(encoding="utf-8"))
SAMPLE = [json.loads(line) for line in (ROOT / "docs" / "told.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_sample_has_a_hundred_sentences_and_some_of_every_topic_that_has_figures_and_of_every_kind() -> None:
    assert len(SAMPLE) >= 100
    topics = Counter(entry["topic"] for entry in SAMPLE)
    assert topics.keys() >= FIGURES.keys()
    assert min(topics.values()) >= 10
    for slug in topics:
        kinds = {mutant.kind for mutant in mutants(Assignment(slug, ROOT).solution)}
        read = {entry["kind"] for entry in SAMPLE if entry["topic"] == slug}
        assert len(read) >= min(len(kinds), 6), slug


def test_every_sentence_of_the_sample_was_read_and_found_true() -> None:
    assert [entry for entry in SAMPLE if entry.get("true") is not True or not entry.get("why")] == []


@pytest.mark.parametrize("slug", ["momentum", "softmax-cross-entropy"])
def test_what_was_read_is_what_is_said_today(slug: str) -> None:
    assignment, jail = Assignment(slug, ROOT), open_jail(COURSE.imports)
    truth = Oracle(assignment)
    read = {entry["mutant"]: entry for entry in SAMPLE if entry["topic"] == slug}
    made = [mutant for mutant in mutants(assignment.solution) if mutant.name in read]
    try:
        judged = judge_mutants(MutantJudge.of(assignment, truth, jail), made, lambda text: None)
    finally:
        jail.close()
    known = run_mistakes(assignment, in_this_process(assignment, truth, PUBLIC_SEED))
    said = {page.mutant.name: page.sentence for page in (read_page(each, known) for each in judged)}
    assert said == {name: entry["sentence"] for name, entry in read.items()}, "run `python scripts/sample_told.py`"
