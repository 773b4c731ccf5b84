"""Take a sample of what students are told of mutants, to be read by somebody who did not write it: docs/told.jsonl.

    python scripts/sample_told.py [TOPIC ...]     take a sample: some minutes; without a name, of all topics
    python scripts/sample_told.py --again [...]   what is said today of the mutants of the sample

A line is a mutant, with its statement before and after, and the best sentence of its page. The reader compares the two and adds
`true` (is all that is said so?) and `why`. Readings of sentences that are still said are kept. The sample is stratified: of each
topic `EACH`, from as many kinds of slip as there are, and from each kind in turn. tests/test_told.py reads the file.
"""

from __future__ import annotations

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.course.settings import Course
from grader.judging.known import in_this_process, run_mistakes
from grader.proving.mutants.feedback import Told, read_page
from grader.proving.mutants.judge import MutantJudge, judge_mutants
from grader.submission.jail import open_jail
from grader.topics.folder import Assignment
from grader.topics.mutants.generate import mutants
from grader.truth.reference import Oracle
from grader.truth.trials import PUBLIC_SEED

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "told.jsonl"
EACH = 12


def main() -> None:
    course = Course.load(ROOT / "autograder.yml")
    again, named = "--again" in sys.argv, [slug for slug in sys.argv[1:] if slug in course.topics]
    for slug in named or ({entry["topic"]: None for entry in entries()} if again else course.topics):
        known = {entry_key(entry): entry for entry in entries()}
        names = [entry["mutant"] for entry in known.values() if entry["topic"] == slug]
        found = pages(course, slug, names) if again else sample(slug, pages(course, slug))
        made = [as_entry(slug, told) for told in found]
        kept = [entry for entry in known.values() if entry["topic"] != slug]
        kept += [known.get(entry_key(entry), entry) for entry in made]
        kept.sort(key=lambda entry: list(course.topics).index(entry["topic"]))
        FILE.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in kept), encoding="utf-8")
        print(f"{slug}: {len(made)} sentences", flush=True)


def entries() -> list[dict[str, Any]]:
    """Return the sample on disk."""
    text = FILE.read_text(encoding="utf-8") if FILE.is_file() else ""
    return [json.loads(line) for line in text.splitlines()]


def entry_key(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["topic"], entry["mutant"], entry["sentence"]


def as_entry(slug: str, told: Told) -> dict[str, Any]:
    m = told.mutant
    about = {"topic": slug, "mutant": m.name, "kind": m.kind, "was": m.was, "now": m.now}
    return {**about, "told": told.told, "row": told.row, "sentence": told.sentence}


def pages(course: Course, slug: str, names: Sequence[str] = ()) -> list[Told]:
    """Return what a student reads of each mutant (or of those of these names) that answers wrongly and of which more than numbers
    is said."""
    assignment = Assignment(slug, ROOT)
    truth, jail = Oracle(assignment), open_jail(course.imports)
    made = [mutant for mutant in mutants(assignment.solution) if not names or mutant.name in names]
    try:
        judged = judge_mutants(MutantJudge.of(assignment, truth, jail), made, lambda text: None)
    finally:
        jail.close()
    known = run_mistakes(assignment, in_this_process(assignment, truth, PUBLIC_SEED))
    read = [read_page(each, known) for each in judged if each.answers_wrongly]
    return [told for told in read if told.told != "numbers"]


def sample(slug: str, read: Sequence[Told]) -> list[Told]:
    """Return `EACH` of them: kinds of slip in turn, within a kind names, descriptions and words in turn."""
    kinds: dict[str, list[Told]] = defaultdict(list)
    for told in random.Random(slug).sample(read, len(read)):
        kinds[told.mutant.kind].append(told)
    return list(_in_turn([list(_in_turn(_by_how(of_kind))) for of_kind in kinds.values()]))[:EACH]


def _by_how(read: Sequence[Told]) -> list[list[Told]]:
    return [[told for told in read if told.told == how] for how in ("described", "named", "worded")]


def _in_turn(lists: Sequence[list[Told]]) -> Iterator[Told]:
    for i in range(max(map(len, lists), default=0)):
        yield from (each[i] for each in lists if i < len(each))


if __name__ == "__main__":
    main()
