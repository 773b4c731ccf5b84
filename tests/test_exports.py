"""What other programs and people read: each export is read back here the way its reader would."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.files import atomic_write, safe_component
from grader.output.exports.github import github, step_summary
from grader.output.exports.grades_csv import grades_csv
from grader.output.exports.gradescope import gradescope
from grader.output.exports.junit import junit
from grader.output.exports.phrases import feedback
from grader.output.exports.result_files import write_results
from grader.result import Hint, Note, Result, Status, Verdict

EARNED = Verdict("first", "the first step is right", 3, 3, Status.EARNED)
LOST = Verdict(
    "eps",
    "eps is added after the root",
    2,
    0.5,
    Status.LOST,
    "adam, step 3: entry [2] is -0.0311, and -0.0287 was expected",
    Hint("eps inside the root", "Take the root first."),
    {"line": 7},
)
WITHHELD = Verdict("steps", "thirty steps are right", 2, 0, Status.WITHHELD)
HIDDEN = Verdict("far", "it works far out", 1, 0, Status.LOST, "a secret message", hidden=True)
VOID = Verdict("run", "training follows", 1, 0, Status.VOID, "the oracle failed")

_PIECES = [*"`|<>[]()!:%\\*_~#-=+@.\n\r\t ", "\n::error ::", "##[error]", "<b>", "http://x.y", "\ud800", "\n```\n", "a"]
hostile = st.text(st.characters(exclude_categories=()), max_size=40) | st.lists(st.sampled_from(_PIECES)).map("".join)


def result(*rows: Verdict, student: str = "ada", topic: str = "adam", **more: Any) -> Result:
    return Result(topic, student, more.pop("file", "adam.ipynb"), "0" * 64, rows, **more)


def hostile_result(text: str) -> Result:
    """A submission whose author chose every text that can come from a submission."""
    lost = Verdict("r", "the claim", 1, 0, Status.RAISED, text)
    return result(lost, student=text, file=text, notes=(Note(text, 3),))


# files


@pytest.mark.parametrize("name", ["ada", "Ada Lovelace", "o'neil", "José", "a.b-c_d@x"])
def test_ordinary_student_names_are_file_names_as_they_are(name: str) -> None:
    assert safe_component(name) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        (".git", "%2Egit"),
        ("..", "%2E%2E"),
        ("~", "%7E"),
        ("a/b%", "a%2Fb%25"),
        ("a.", "a%2E"),
        ("nul.txt", "%6Eul.txt"),
    ],
)
def test_names_that_a_file_system_reserves_are_spelled_out(name: str, safe: str) -> None:
    assert safe_component(name) == safe


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", "\0", "CON", "nul.txt", "a.", " a", "~", "é" * 300]
)
def test_no_student_name_leaves_the_folder_of_results(name: str, tmp_path: Path) -> None:
    (path,) = write_results([result(EARNED, student=name, topic=name)], tmp_path)
    assert path.resolve().parent.parent == (tmp_path / "results").resolve()
    assert Result.from_json(path.read_text(encoding="utf-8")).student == name


@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_different_student_names_are_different_files(one: str, other: str) -> None:
    assert (safe_component(one) == safe_component(other)) == (one == other)
    assert re.fullmatch(r'[^\x00-\x1f/\\:*?"<>|]+', safe_component(one))
    assert len(safe_component(one).encode()) <= 200


def test_long_names_with_the_same_beginning_are_different_files() -> None:
    assert safe_component("a" * 300) != safe_component("a" * 301)


def test_every_result_is_written_to_a_file_of_its_own(tmp_path: Path) -> None:
    write_results([result(EARNED), result(LOST, topic="momentum"), result(EARNED, student="grace")], tmp_path)
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert found == ["results/ada/adam.json", "results/ada/momentum.json", "results/grace/adam.json"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    atomic_write(tmp_path / "a.txt", "old")

    def refuse(*_: object) -> None:
        raise OSError("no")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(OSError, match="no"):
        atomic_write(tmp_path / "a.txt", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


# grades.csv


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_table_has_a_row_a_student_and_a_column_a_topic() -> None:
    results = [
        result(EARNED, LOST),
        result(EARNED, topic="momentum"),
        result(EARNED, VOID, student="grace"),
        result(EARNED, topic="momentum", student="grace"),
        result(EARNED, student="alan"),
        result(LOST, student="alan"),  # the last one counts
    ]
    assert read_csv(grades_csv(results, {"adam": 3, "momentum": 1})) == [
        ["student", "adam", "momentum", "total"],
        ["ada", "3.5", "3", "77.50"],
        ["alan", "0.5", "", "18.75"],
        ["grace", "ungraded", "3", "ungraded"],
    ]


def test_a_topic_outside_the_course_is_shown_and_not_counted() -> None:
    results = [result(EARNED), result(VOID, topic="extra")]
    assert read_csv(grades_csv(results, {"adam": 1}))[1] == ["ada", "3", "ungraded", "100.00"]


def test_the_table_is_csv_as_rfc_4180_says_with_odd_names_quoted() -> None:
    text = grades_csv([result(EARNED, student='Lovelace, "Ada"\nB')], {"adam": 1})
    assert text == 'student,adam,total\r\n"Lovelace, ""Ada""\nB",3,100.00\r\n'


@given(st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "＝"]), st.text(st.characters(exclude_categories=["Cs"])))
def test_no_student_name_is_a_formula_in_the_table(first: str, rest: str) -> None:
    (_, row) = read_csv(grades_csv([result(EARNED, student=first + rest)], {"adam": 1}))
    assert row == ["'" + first + rest, "3", "100.00"]


# Gradescope


def test_gradescope_shows_a_test_a_row() -> None:
    report = gradescope([result(EARNED, LOST, WITHHELD, notes=(Note("NameError: <b>", 2),), seconds=1.5)])
    assert "score" not in report  # the sum of the tests
    assert (report["output"], report["output_format"]) == ("ada, adam: 3.5/7 points\n  cell 2: NameError: <b>", "text")
    first, lost, withheld = report["tests"]
    assert first | {"output": ""} == {
        "name": "adam: the first step is right",
        "number": "1.1",
        "score": 3,
        "max_score": 3,
        "status": "passed",
        "output": "",
        "output_format": "text",
        "visibility": "visible",
    }
    assert (lost["score"], lost["status"]) == (0.5, "failed")
    assert lost["output"] == f"{LOST.message}\nThis looks like “eps inside the root”. Take the root first."
    assert (withheld["status"], withheld["output"]) == (
        "failed",
        "not asked, because a row that it needs was not earned",
    )


CELL = {"code": "import numpy as np\n\nx = np.array([1.0])\nf(x)", "got": "[2]", "expected": "[1]", "calls": 7}


def test_a_short_smallest_input_is_said_and_a_long_one_is_left_to_the_report() -> None:
    row = Verdict("f", "f is right", 1, 0, Status.LOST, "f: entry [0] is 2, expected 1", evidence={"smallest": CELL})
    assert feedback(row).endswith(f"to paste into a cell:\n\n{CELL['code']}\n# yours:    [2]\n# expected: [1]")
    assert "x = np.array([1.0])" in gradescope([result(row)])["tests"][0]["output"]
    long = replace(row, evidence={"smallest": CELL | {"code": "x" * 1000}})
    assert feedback(long) == "f: entry [0] is 2, expected 1"
    assert "np.array" not in feedback(replace(row, hidden=True))


def test_gradescope_keeps_hidden_rows_back() -> None:
    report = gradescope([result(EARNED, HIDDEN)])
    assert report["tests"][1]["visibility"] == "after_published"
    assert "secret message" not in json.dumps(report)
    assert "3/4" not in json.dumps(report)  # the total would tell how the hidden row ended


def test_gradescope_gets_no_score_for_an_ungraded_submission() -> None:
    report = gradescope([result(EARNED, VOID), result(LOST, topic="momentum")])
    assert not [entry for entry in (report, *report["tests"]) if "score" in entry or "max_score" in entry]
    assert "not your fault" in report["output"]
    assert "not your fault" in report["tests"][0]["output"]
    assert report["extra_data"]["ungraded"] == [{"topic": "adam", "row": "run", "message": "the oracle failed"}]


def test_gradescope_always_gets_a_score_or_tests() -> None:
    assert gradescope([])["score"] == 0
    assert gradescope([result()])["score"] == 0


@given(hostile)
def test_gradescope_is_json_whatever_was_submitted(text: str) -> None:
    json.dumps(gradescope([hostile_result(text)]), ensure_ascii=False, allow_nan=False).encode()


# GitHub


def commands(log: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands that the runner obeys, and their parts, read as the runner reads them."""
    found, resume = [], ""
    for line in re.split("\r\n|\r|\n", log.removesuffix("\n")):
        if resume:
            resume = "" if line.strip() == f"::{resume}::" else resume
            continue
        parsed = re.fullmatch("::([a-z-]+) ?([^:]*)::(.*)", line)
        assert parsed, f"neither a command nor where commands are stopped: {line!r}"
        kind, told, message = parsed.groups()
        if kind == "stop-commands":
            resume = message
        else:
            properties = dict(part.split("=", 1) for part in told.split(",") if part)
            found.append((kind, {key: unescape(value) for key, value in properties.items()}, unescape(message)))
    assert not resume
    return found


def unescape(text: str) -> str:
    for code, character in ("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"):
        text = text.replace(code, character)
    return text


def test_github_annotates_each_lost_row_and_tells_the_points() -> None:
    log = github([result(EARNED, LOST, WITHHELD)])
    assert commands(log) == [
        (
            "error",
            {"file": "adam.ipynb", "title": "adam eps: eps is added after the root (0.5/2)"},
            f"{LOST.message}\nThis looks like “eps inside the root”. Take the root first.",
        ),
        ("notice", {"title": "Autograding complete"}, "Points 3.5/7"),
    ]
    assert "|   withheld     0/2  steps: thirty steps are right\n" in log


def test_github_points_at_the_line_of_a_python_file() -> None:
    assert "::error file=adam.py,line=7,title=" in github([result(LOST, file="adam.py")])


def test_github_gives_no_points_for_an_ungraded_submission() -> None:
    (error,) = commands(github([result(EARNED, VOID)]))
    assert error[:2] == ("error", {"file": "adam.ipynb", "title": "Not graded: ada, adam"})
    assert "not your fault" in error[2]
    assert "| ada, adam: ungraded" in github([result(EARNED, VOID)])


def test_github_says_what_it_leaves_off() -> None:
    errors = [text for kind, _, text in commands(github([result(*[LOST] * 13)])) if kind == "error"]
    assert len(errors) == 10
    assert errors[-1] == "4 more are in the log and in the summary"
    assert len(commands(github([result(*[LOST] * 10)]))) == 11


@pytest.mark.parametrize("text", [github([result(HIDDEN)]), step_summary([result(HIDDEN)]), junit([result(HIDDEN)])])
def test_github_and_junit_do_not_show_why_a_hidden_row_was_lost(text: str) -> None:
    assert "secret" not in text
    assert "far out" not in text


@given(hostile)
def test_no_student_starts_a_workflow_command(text: str) -> None:
    error, notice = commands(github([hostile_result(text)]))
    assert (error[0], set(error[1]) - {"file"}, notice[2]) == ("error", {"title"}, "Points 0/1")
    assert error[1]["title"] == "adam r: the claim (0/1)"


def test_a_student_who_writes_a_command_sees_it_as_text() -> None:
    evil = "100%0A\n::error file=a.py::forged\n::notice title=Autograding complete::Points 9/9\n##[add-mask]a"
    log = github([hostile_result(evil)])
    assert [(kind, text) for kind, _, text in commands(log)] == [("error", evil), ("notice", "Points 0/1")]
    assert "|       ::error file=a.py::forged\n" in log


def html(text: str) -> str:
    return MarkdownIt("commonmark").enable("table").render(text)


def test_the_github_summary_is_a_table_and_the_sentences() -> None:
    page = html(step_summary([result(EARNED, LOST, notes=(Note("odd"),))]))
    assert "<h2>Grades: 3.5/5 points</h2>" in page
    assert "<h3><code>ada, adam: 3.5/5 points</code></h3>" in page
    assert re.findall("<td.*?>(.*?)</td>", page)[4:] == ["eps", "eps is added after the root", "0.5/2", "lost"]
    assert "entry [2] is -0.0311, and -0.0287 was expected" in page
    assert ">odd\n</code>" in page


def test_the_github_summary_says_that_nothing_was_graded() -> None:
    page = html(step_summary([result(EARNED, VOID)]))
    assert "<h2>Grades: not graded</h2>" in page
    assert "not your fault" in page


@given(hostile)
def test_no_student_writes_html_or_links_in_the_github_summary(text: str) -> None:
    page = html(step_summary([hostile_result(text)]))
    allowed = {"h2", "h3", "p", "pre", "code", "table", "thead", "tbody", "tr", "th", "td"}
    assert set(re.findall(r"<([a-z0-9]+)", page)) == allowed
    assert page.count("<h3>") == page.count("<table>") == 1
    assert page.count("<pre>") == 2  # the note and the message, neither left early
    assert page.count("<p>") == 1


def test_the_github_summary_stays_below_one_mebibyte() -> None:
    summary = step_summary([hostile_result("é" * 5000) for _ in range(200)])
    assert 900_000 < len(summary.encode()) <= 1024 * 1024
    assert summary.endswith("The rest is left off: a summary holds 1 MiB.\n")
    assert html(summary).rstrip().endswith("<p>The rest is left off: a summary holds 1 MiB.</p>")


# JUnit


def test_junit_tells_the_kinds_of_failure_apart() -> None:
    suite = ET.fromstring(junit([result(EARNED, LOST, WITHHELD, VOID, seconds=0.25)]))[0]
    assert suite.attrib == {
        "name": "ada: adam",
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
        "time": "0.250",
    }
    kinds = {case.get("name"): [child.tag for child in case if child.tag != "properties"] for case in suite}
    assert kinds == {
        "first: the first step is right": [],
        "eps: eps is added after the root": ["failure"],
        "steps: thirty steps are right": ["skipped"],
        "run: training follows": ["error"],
    }
    lost = suite[1]
    assert (lost.get("classname"), lost.get("file")) == ("adam", "adam.ipynb")
    assert {prop.get("name"): prop.get("value") for prop in lost.iter("property")} == {
        "points": "0.5",
        "max_points": "2",
    }
    failure = lost.find("failure")
    assert failure is not None
    assert failure.text == f"{LOST.message}\nThis looks like “eps inside the root”. Take the root first."


def test_junit_names_are_different_for_every_student() -> None:
    suites = ET.fromstring(junit([result(EARNED), result(EARNED, student="grace")]))
    assert [case.get("classname") for case in suites.iter("testcase")] == ["adam.ada", "adam.grace"]


@given(hostile)
def test_junit_is_xml_whatever_was_submitted(text: str) -> None:
    (failure,) = ET.fromstring(junit([hostile_result(text)]).encode()).iter("failure")
    assert failure.get("type") == "raised"
