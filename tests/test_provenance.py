"""The two hashes of a Result move with everything that decided it, and with nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import provenance
from grader.submission.limits import Limits
from grader.topics.folder import Assignment

LIMITS = Limits()
INSIDE = {"inside", "submission"}
JUDGING = {"topics", "numerics", "checks", "truth", "judging"}


def hashes(assignment: Assignment, limits: Limits = LIMITS, round: str = "1", share: float = 1 / 3) -> tuple[str, str]:
    provenance._framework.cache_clear()
    return provenance.ran(assignment, limits, ("numpy",), round), provenance.judged(assignment, share)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The framework's own files, to be changed."""
    there = tmp_path / "grader"
    shutil.copytree(provenance.GRADER, there, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "GRADER", there)
    return there


def test_a_comment_in_any_file_moves_the_hash_of_what_it_does(copied: Path, softmax: Assignment) -> None:
    before = hashes(softmax)
    for path in sorted(copied.rglob("*.py")):
        text = path.read_text("utf-8")
        path.write_text(f"{text}# a comment\n", "utf-8")
        moved = tuple(new != old for new, old in zip(hashes(softmax), before, strict=True))
        folder = path.relative_to(copied).parts[0]
        top = path.parent == copied
        judges = top or folder in JUDGING or path == copied / "course" / "repairing.py"
        assert moved == (top or folder in INSIDE, judges), path
        path.write_text(text, "utf-8")
    assert hashes(softmax) == before
    provenance._framework.cache_clear()


def test_a_file_that_moves_to_another_place_moves_the_hash(copied: Path, softmax: Assignment) -> None:
    before = hashes(softmax)
    (copied / "checks" / "values.py").rename(copied / "checks" / "claims.py")
    assert hashes(softmax)[1] != before[1]


def test_limits_round_and_the_topics_files_move_the_hash_that_they_decide(folder: Path) -> None:
    def assignment() -> Assignment:
        return Assignment("softmax-xent", folder)

    ran, judged = hashes(assignment())
    assert hashes(assignment(), replace(LIMITS, row_cpu_seconds=1.0)) != (ran, judged)
    assert hashes(assignment(), round="2")[0] != ran
    assert hashes(assignment(), share=0.5)[1] != judged
    assert hashes(assignment(), round="2")[1] == judged
    for name in ("topic.py", "mistakes.py", "solution.py"):
        with (folder / "assignments" / "softmax_xent" / name).open("a") as file:
            file.write("# a comment\n")
        assert hashes(assignment())[0] == ran
        assert hashes(assignment())[1] != judged
        judged = hashes(assignment())[1]
    (folder / "assignments" / "softmax_xent" / "handout.md").write_text("Prose decides nothing.")
    assert hashes(assignment()) == (ran, judged)
