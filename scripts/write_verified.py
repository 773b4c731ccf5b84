"""Prove every topic thoroughly and write docs/verified.md: mutants, pairs of mistakes, and false alarms over many seeds.

    python scripts/write_verified.py [TOPIC ...]     some minutes a topic; those named, else those whose files changed
    python scripts/write_verified.py --mutants       the mutants alone of all topics that have figures: after new descriptions
    python scripts/write_verified.py --slips [TOPIC …]   what a slip costs that nobody listed, of those topics or of all

The figures are kept in docs/verified.json with the hashes of what they speak of; the page is made from that. Figures that were not
measured again after a topic was rewritten without a change of its programs have `carried`, the reason, which the page prints.
tests/test_verified.py fails where a topic has changed since.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from grader.cli.authoring import prove
from grader.cli.progress import show_progress
from grader.course.settings import Course
from grader.judging.known import in_this_process, run_mistakes
from grader.proving.memory import bounded_memory
from grader.proving.mutants.coverage import Coverage
from grader.proving.mutants.feedback import summarise_feedback
from grader.proving.slips import price_of_slips
from grader.proving.verify import false_alarms
from grader.submission.jail import open_jail
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from grader.truth.trials import PUBLIC_SEED, round_seed

ROOT = Path(__file__).resolve().parent.parent
FIGURES, PAGE = ROOT / "docs" / "verified.json", ROOT / "docs" / "verified.md"
SEEDS = 20  # for mistakes, do-nothing programs, solution and variants
RIGHT_SEEDS = 200  # for solution and variants, which must earn every row

HEAD = """# What is proven of each topic

<!-- Written by scripts/write_verified.py: run it after changing a topic. -->

`grader verify --seeds {seeds} --mutants`, and the solution with all variants on {right_seeds} more seeds. A *mutant* is the
solution with one slip in one statement, made by a program: it is caught where it loses a row, or named equivalent in the topic with
a reason. The *score* is the share that is caught of those that are not equivalent. *Told*: of the mutants that answer wrongly,
those on whose page a student reads more than numbers: the name of a known mistake (first figure), else a description of the
difference (second), else a message that is itself what is wrong, "returned None" or a wrong shape (third). *Pairs*: two known
mistakes at once; of those whose answers are not another program's in every row, how many have at least one named, and how many of
those that first fail in different rows have both. *Price*: the share of a topic's points that one costs, in the median: of a known
mistake, with how many cost more than 40 %; of a slip that nobody listed, measured on mutants of the *variants*, which are other
code than the solution: as graded, and in brackets without a proof that it is a single slip ([points.md](points.md)); and how many
of those that lose a row have a name in all of them, or are proven to be one slip.
"""


def main() -> None:
    course = Course.load(ROOT / "autograder.yml")
    stale = [slug for slug in course.topics if known().get(slug, {}).get("hashes") != hashes(slug)]
    asked, options = [a for a in sys.argv[1:] if a[0] != "-"], {a for a in sys.argv[1:] if a[0] == "-"}
    for slug in asked or (known() if options else stale):
        if "--slips" in options:
            kept = {slug: known()[slug] | {"slips": slips_of(course, slug)}}
        elif "--mutants" in options:
            kept = {slug: known()[slug] | {"mutants": mutants_of(course, slug)}}
        else:
            kept = {slug: measured(course, slug)}
        print(f"{slug}: {len(kept[slug]['findings'])} findings", *kept[slug]["findings"], sep="\n  ", flush=True)
        if not kept[slug]["mutants"]:
            continue  # it is not sound, so that nothing more was proven: the page keeps what it says
        ordered = {name: (known() | kept)[name] for name in course.topics if name in known() | kept}
        FIGURES.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PAGE.write_text(page(ordered), encoding="utf-8")


def known() -> dict[str, Any]:
    """Return the figures on disk, read anew each time: several of these scripts may run side by side."""
    found: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}
    return found


def hashes(slug: str) -> dict[str, str]:
    """Return the hashes of the files that a topic's figures depend on."""
    # Not of the framework: the tests watch its changes, and minutes a topic are too much for each of them.
    found = Assignment(slug, ROOT).hashes
    return {name: found[name] for name in ("topic", "reference")}


def measured(course: Course, slug: str) -> dict[str, Any]:
    """Prove one topic and return its figures."""
    assignment = Assignment(slug, ROOT)
    spawn = multiprocessing.get_context("spawn")  # once torch has threads, a forked process may hang
    with ProcessPoolExecutor(1, spawn) as beside, show_progress(f"{slug}: verifying", None, True) as advance:
        right = beside.submit(alarms_of, slug)
        report = prove(course, slug, SEEDS, mutants=True, progress=advance)
        alarms = right.result()
    keep_sentences(slug, report.mutants.pop("sentences", {}))
    return {
        "date": date.today().isoformat(),
        "hashes": hashes(slug),
        "rows": len(report.rows),
        "points": assignment.topic.points,
        "mistakes": len(report.matrix),
        "named": sum(report.named.values()),
        "prices": sorted(round(price, 4) for price in report.prices.values()),
        "variants": len(assignment.variants),
        "alarms": len(alarms),
        "mutants": report.mutants,
        "pairs": report.pairs,
        "slips": slips_of(course, slug) if report.mutants else {},
        "findings": report.findings + alarms,
    }


def mutants_of(course: Course, slug: str) -> dict[str, Any]:
    """Return the figures of a topic's mutants, measured again."""
    assignment, jail = Assignment(slug, ROOT), open_jail(course.imports)
    truth = Oracle(assignment)
    try:
        coverage = Coverage.of(assignment, truth, jail)
    finally:
        jail.close()
    known = run_mistakes(assignment, in_this_process(assignment, truth, PUBLIC_SEED))
    found = coverage.figures() | summarise_feedback(coverage.caught, known)
    keep_sentences(slug, found.pop("sentences"))
    return found


def slips_of(course: Course, slug: str) -> dict[str, Any]:
    """Return what slips cost that nobody listed."""
    assignment, jail = Assignment(slug, ROOT), open_jail(course.imports)
    try:
        with bounded_memory():
            return price_of_slips(assignment, Oracle(assignment), jail)
    finally:
        jail.close()


def keep_sentences(slug: str, sentences: dict[str, str]) -> None:
    """Keep the descriptions of mutants in out/, to be read."""
    (ROOT / "out").mkdir(exist_ok=True)
    (ROOT / "out" / f"described-{slug}.json").write_text(json.dumps(sentences, indent=1, ensure_ascii=False))


def alarms_of(slug: str) -> list[str]:
    """Return a sentence for every row that the solution or a variant does not earn, on RIGHT_SEEDS seeds."""
    assignment = Assignment(slug, ROOT)
    seeds = [round_seed(b"right", slug, str(i)) for i in range(RIGHT_SEEDS)]
    return false_alarms(assignment, Oracle(assignment), seeds)


def page(figures: dict[str, Any]) -> str:
    lines = [
        "| topic | rows | mistakes, named | variants | false alarms | mutants | caught | equivalent | survive | score | told "
        "| pairs | one named | both named | price of a known mistake | of another slip | found to be one |",
        "|---|" + "---|" * 16,
    ]
    lines += [_line(slug, f) for slug, f in figures.items()]
    dates = sorted({f["date"] for f in figures.values()})
    when = f"Measured on {' and '.join(dates)}." if dates else ""
    course = Course.load(ROOT / "autograder.yml")
    left = [f"`{slug}`" for slug in course.topics if slug not in figures]
    notes = [when, *([f"Not measured so thoroughly yet: {', '.join(left)}."] if left else [])]
    notes += [f"`{slug}`: of {f['date']}. {f['carried']}" for slug, f in figures.items() if "carried" in f]
    return "\n".join([HEAD.format(seeds=SEEDS, right_seeds=RIGHT_SEEDS), *lines, "", *notes, ""])


def _line(slug: str, f: dict[str, Any]) -> str:
    m, p, s, right = f["mutants"], f["pairs"], f.get("slips"), f"{RIGHT_SEEDS} × {1 + f['variants']}"
    parts = [m["named"], m["described"], m["worded"]]
    told = f"{sum(parts) / m['wrong']:.0%} ({' + '.join(map(str, parts))} of {m['wrong']})"
    cells = [
        f"`{slug}`",
        f["rows"],
        f"{f['mistakes']}, {f['named']}",
        f["variants"],
        f"{f['alarms']} in {right}",
        m["mutants"],
        m["caught"],
        m["equivalents"],
        len(m["survivors"]),
        f"{m['score']:.1%}",
        told,
        p["told"],
        p["one_named"],
        f"{p['both_named']} of {p['apart']}",
        f"{statistics.median(f['prices']):.0%}; {sum(p > 0.4 for p in f['prices'])} above 40 %"
        if "prices" in f
        else "",
        f"{s['price']:.0%} ({s['unless']:.0%})" if s else "",
        f"{s['one_slip'] + s['named']} of {s['lose']}" if s else "",
    ]
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
