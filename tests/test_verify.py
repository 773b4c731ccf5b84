"""A sound topic has no finding; each way of being unsound has one that says what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.cli.authoring import prove
from grader.course.settings import Course
from grader.errors import TopicError
from grader.proving.report import MARKS, Report
from grader.proving.verify import verify
from grader.result import Status
from grader.submission.jail import Child, Jail
from grader.topics.folder import Assignment
from support.courses import HEAVY, SOFT, edit, hand_in

MISTAKES, IN_PLACE = "mistakes.py", "variants/in_place.py"


def findings(folder: Path, slug: str = "heavy-ball", seeds: int = 2) -> list[str]:
    """What verification finds, do-nothing programs in processes left out."""
    from grader.truth.reference import Oracle

    assignment = Assignment(slug, folder)
    return verify(assignment, Oracle(assignment), range(seeds)).findings


@pytest.mark.parametrize("slug", ["softmax-xent", "heavy-ball"])
def test_a_sound_topic_has_no_finding(shared_course: Course, slug: str) -> None:
    report = prove(shared_course, slug, 2)
    assert report.findings == []
    assert report.sound
    assert report.seeds == 2
    assert all(report.named.values())


def test_the_matrix_shows_what_each_mistake_loses(shared_course: Course) -> None:
    text = prove(shared_course, "softmax-xent", 1).text()
    assert (
        text
        == """\
                         costs  loss  grad  huge  sums  pure  shift
loss summed                25%  x     ·     x     ·     -     -
gradient not averaged      33%  ·     x     ·     -     -     ·
no max shift               17%  ·     ·     x     ·     ·     ·
one-hot forgotten          33%  ·     x     ·     -     -     ·
logits changed in place     8%  ·     ·     ·     ·     x     ·

· earned  x lost  f earned by follow-through  r raised  - withheld
"""
    )


def test_a_report_without_mistakes_has_a_text() -> None:
    assert Report("x", ["a"]).text().startswith("  costs  a\n")


# ------------------------------------------------------------------------------------------ unsound topics


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ('"no max shift", ', '"no max shift", loses="huge loss", ', "'no max shift' does not lose 'loss', as it must"),
        (
            '"one-hot forgotten", ',
            '"one-hot forgotten", loses="sums", ',
            "'one-hot forgotten' does not lose 'sums', as it must",
        ),
    ],
    ids=["earned", "withheld"],
)
def test_a_mistake_that_does_not_lose_a_row_which_it_must_is_found(
    folder: Path, was: str, now: str, found: str
) -> None:
    edit(folder, SOFT, "mistakes.py", was, now)
    assert findings(folder, "softmax-xent", 1) == [f"seed 1 of 1: mistake {found}"]


def test_a_row_that_is_to_be_lost_and_is_not_there_is_found(folder: Path) -> None:
    edit(folder, SOFT, "mistakes.py", '"no max shift", ', '"no max shift", loses="hugh", ')
    assert "mistake 'no max shift' must lose 'hugh', but there is no such row" in findings(folder, "softmax-xent", 0)


def test_a_row_that_a_do_nothing_program_earns_is_found(folder: Path) -> None:
    edit(folder, SOFT, "topic.py", 'softmax_xent_grad), needs="grad")', "softmax_xent_grad))")
    found = findings(folder, "softmax-xent", 1)
    assert "seed 1 of 1: a program that returns zeros earns 'sums'" in found


def test_a_row_that_only_a_process_of_its_own_earns_is_found(course: Course, folder: Path) -> None:
    edit(folder, HEAVY, "topic.py", "import Opaque, ", "import Opaque, holds, ")
    row = 'Row("free", 1, "anything at all", holds(lambda trial, case: None, heavy_ball, on=once)),\n])'
    edit(folder, HEAVY, "topic.py", "\n])", f"\n    {row}")
    edit(folder, HEAVY, "topic.py", "def bowl", "def once(rng):\n    yield 'once', {}\n\ndef bowl")
    edit(folder, HEAVY, "handout.md", "{check bowl}", "{check bowl}\n{check free}")
    found = prove(course, "heavy-ball", 1).findings
    for does in ("loops for ever", "exits", "raises SystemExit", "is the untouched handout", "defines nothing"):
        assert f"seed 1 of 1: a program that {does} earns 'free'" in found


def test_a_mistake_that_loses_nothing_is_found(folder: Path) -> None:
    edit(folder, HEAVY, "mistakes.py", 'now="w + lr * v"', 'now="w - v * lr"')
    assert findings(folder) == ["seed 1 of 2: mistake 'uphill' loses no row"]


def test_a_mistake_that_is_not_named_is_found(folder: Path) -> None:
    twin = 'mistakes = [Mistake("its twin", was="w - lr * v", now="w + lr * v", say="Uphill."),'
    edit(folder, HEAVY, "mistakes.py", "mistakes = [", twin)
    assert "seed 1 of 2: mistake 'uphill' is not named, but ['its twin'] is" in findings(folder)


def test_a_mistake_that_costs_other_rows_on_another_seed_is_found(folder: Path) -> None:
    edit(folder, SOFT, "mistakes.py", 'now="labels].sum()"', 'now="labels].mean() * (logits[0, 0] > logits[0, 1])"')
    assert any(
        "mistake 'loss summed' costs other rows than on the first seed: " in finding
        for finding in findings(folder, "softmax-xent", 6)
    )


def test_a_variant_that_loses_a_row_is_found(folder: Path) -> None:
    edit(folder, HEAVY, IN_PLACE, 'state["v"] *= beta', 'state["v"] *= 1.01 * beta')
    (first, *_) = findings(folder)
    assert first.startswith("seed 1 of 2: variant 'in place' does not earn 'steps': lost: ")


def test_a_solution_that_loses_a_row_is_found(folder: Path) -> None:
    edit(folder, HEAVY, "solution.py", "+ dw", "+ 1.01 * dw")
    edit(folder, HEAVY, "mistakes.py", 'was="+ dw"', 'was="+ 1.01 * dw"')
    *lost, last = findings(folder)
    assert any(finding.startswith("seed 1 of 2: the solution does not earn 'steps': lost: ") for finding in lost)
    assert last.startswith("the other programs were not asked")


def test_an_untouched_handout_that_earns_a_row_is_found(folder: Path) -> None:
    edit(folder, HEAVY, "topic.py", "import Opaque, ", "import Opaque, holds, ")
    row = 'Row("free", 1, "anything at all", holds(lambda trial, case: None, heavy_ball, on=once)),\n])'
    edit(folder, HEAVY, "topic.py", "\n])", f"\n    {row}")
    edit(folder, HEAVY, "topic.py", "def bowl", "def once(rng):\n    yield 'once', {}\n\ndef bowl")
    edit(folder, HEAVY, "handout.md", "{check bowl}", "{check bowl}\n{check free}")
    assert "seed 1 of 2: a program that is the untouched handout earns 'free'" in findings(folder)


@pytest.mark.parametrize(
    ("file", "was", "now", "sentence"),
    [
        (MISTAKES, 'was="+ dw"', 'was="+ dv"', "'a moving average': its `was` occurs 0 times in solution.py: '+ dv'"),
        (MISTAKES, 'now="w + lr * v"', 'now="w +"', "mistake 'uphill' cannot be run: SyntaxError: invalid syntax"),
        (IN_PLACE, '"v"] *= beta', '"v"] *=', "variant 'in place' cannot be run: SyntaxError: invalid syntax"),
        (MISTAKES, 'say="You step uphill: subtract."', "", "mistake 'uphill' says nothing to the student"),
        (MISTAKES, 'Mistake("uphill"', 'Mistake("in place"', "two mistakes or variants are called 'in place'"),
        (IN_PLACE, '"""in place"""', '"""uphill\n\nIn two lines."""', "two mistakes or variants are called 'uphill'"),
    ],
)
def test_a_broken_mistake_or_variant_is_found_once(folder: Path, file: str, was: str, now: str, sentence: str) -> None:
    edit(folder, HEAVY, file, was, now)
    assert [finding.endswith(sentence) or f": {sentence} " in f"{finding} " for finding in findings(folder)].count(
        True
    ) == 1


def test_a_variant_without_a_name_is_a_sentence(folder: Path) -> None:
    edit(folder, HEAVY, IN_PLACE, '"""in place"""', "# in place")
    with pytest.raises(TopicError, match=r"in_place\.py: begin with a docstring whose first line is"):
        findings(folder)


def test_a_topics_hash_covers_its_variants(folder: Path) -> None:
    before = Assignment("heavy-ball", folder).hashes["topic"]
    edit(folder, HEAVY, IN_PLACE, "0 * w", "w * 0")
    assert Assignment("heavy-ball", folder).hashes["topic"] != before


def test_a_mistake_for_which_the_reference_fails_is_found(folder: Path) -> None:
    hand_in(folder, "reference", "def heavy_ball(**case): return 1 / 0", "heavy_ball.py")
    assert any("the reference of heavy_ball failed: ZeroDivisionError" in finding for finding in findings(folder))


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ("{stub heavy_ball}", "", "handout.md has {stub heavy_ball} on a line of its own 0 times, not once"),
        (
            "{check two}",
            "{check two}\n{check two}",
            "handout.md has {check two} on a line of its own 2 times, not once",
        ),
        ("{check two}", "{check too}", "handout.md has {check too}, but the topic has no such function or public row"),
    ],
)
def test_a_handout_that_does_not_fit_is_found(folder: Path, was: str, now: str, sentence: str) -> None:
    edit(folder, HEAVY, "handout.md", was, now)
    assert sentence in findings(folder, seeds=0)


def test_proving_a_topic_leaves_no_process_behind(shared_course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.submission.jail import open_jail

    children: list[Child] = []
    strongest = type(jail := open_jail())
    jail.close()
    really = strongest.start

    def start(jail: Jail) -> Child:
        children.append(really(jail))
        return children[-1]

    monkeypatch.setattr(strongest, "start", start)
    prove(shared_course, "heavy-ball", 1)
    assert len(children) >= 3
    assert all(child.channel.fileno() == -1 for child in children)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is the kernel's, and other kernels refuse it")
def test_a_known_mistake_that_wants_all_memory_of_the_machine_fails_alone(folder: Path) -> None:
    greedy = (
        "Mistake('greedy', 'w - lr * v', 'w - lr * v + __import__(\"mmap\").mmap(-1, 12 << 30).tell()', 'Too large.'), "
    )
    edit(folder, HEAVY, "mistakes.py", "mistakes = [", f"mistakes = [{greedy}")
    report = prove(Course.load(folder / "autograder.yml"), HEAVY, seeds=1)
    assert MARKS[Status.RAISED] in report.matrix["greedy"]
