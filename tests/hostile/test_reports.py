"""Attacks on whoever reads the results: names, texts and outputs that are markup, formulas, commands or escape sequences.

One class of hostile names and notebooks is graded by `grader grade` as a program, in each of its formats.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import mistune
import pytest

from grader.result import Result
from hostile.harness import TOPIC, Range
from support.notebooks import notebook
from support.repository import ROOT

MARK = "7f3a9"  # in everything that must not come alive
NAMES = [
    f"<script>alert('{MARK}')<∕script>",
    f"\"><img src=x onerror=alert('{MARK}')>",
    f'=HYPERLINK("http:{MARK}")',
    f"+cmd|' {MARK}'!A0",
    f"-2+3+{MARK}",
    f"@SUM({MARK})",
    f"\t={MARK}",
    f"\x1b[2J\x1b]0;{MARK}\x07",
    f"\u202e{MARK}\u2066",
    f"line\n::error::{MARK}",
    f"::set-output name=x::{MARK}",
    f"{{{{ {MARK} }}}}{{% raw %}}",
    f"{MARK}...",
    f"{MARK}%2e%2e%2f",
    f" {MARK} ",
    f"CON.{MARK}",
    f"`{MARK}`|**|<!--",
    f"{MARK}" + "n" * 240,
    os.fsdecode(b"\xff\xfe" + MARK.encode()),
]
SCRIPT = f"<script>alert('{MARK}')</script><img src=x onerror=alert('{MARK}')>"
CODE = f"""
import numpy as np
class Evil(Exception):
    pass
Evil.__name__ = "<script>alert('{MARK}')</script>"
def softmax_xent(logits, labels):
    "{SCRIPT}"
    raise Evil("\\x1b[31m\\n::error::{MARK}\\n\\u202e{SCRIPT}\\r" + "\\n```\\n<img src=x>]]>&lt;" + chr(0xd800))
"""
OUTPUTS: list[dict[str, Any]] = [
    {"output_type": "display_data", "metadata": {}, "data": {"text/html": SCRIPT}},
    {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": f"<svg onload=alert('{MARK}')>"}},
    {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": f"alert('{MARK}')"}},
    {"output_type": "display_data", "metadata": {}, "data": {"text/markdown": f"[x](javascript:alert('{MARK}'))"}},
    {"output_type": "display_data", "metadata": {}, "data": {"image/png": SCRIPT}},
    {"output_type": "stream", "name": "stdout", "text": f"{SCRIPT}\x1b[2J\u202e{MARK}"},
    {"output_type": "error", "ename": SCRIPT, "evalue": SCRIPT, "traceback": [SCRIPT]},
]
PROSE = f"""{SCRIPT}

[x](javascript:alert('{MARK}')) ![x](http://{MARK}.invalid/x.png) <iframe srcdoc="{MARK}"></iframe> <style>*{{}}</style>
<a href="data:text/html,{MARK}" onclick="alert('{MARK}')">x</a> <form action="//{MARK}.invalid"><input></form>
<meta http-equiv=refresh>
$\\href{{javascript:alert('{MARK}')}}{{x}}$
"""


def hostile_notebook() -> str:
    whole = json.loads(notebook(CODE, "1"))
    whole["cells"][0]["outputs"] = OUTPUTS
    whole["cells"].insert(0, {"cell_type": "markdown", "source": PROSE, "metadata": {}})
    whole["metadata"]["title"] = SCRIPT
    return json.dumps(whole)


FORMS = ("text", "github", "junit", "gradescope", "json", "jsonl")
# The command, once for each form, in one process: its output as a program writes it. 1 is the standard output.
PROGRAM = """
import os, sys
from grader.cli import main
course, submissions, above, *forms = sys.argv[1:]
for form in forms:
    out = f"{above}/{form}/out"
    os.makedirs(out)
    os.environ["GITHUB_STEP_SUMMARY"] = f"{above}/{form}/summary.md"
    said = os.open(f"{above}/{form}.txt", os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1)
    sys.argv[1:] = ["grade", "--course", course, submissions, "-o", out, "--format", form, "-q"]
    try:
        main()
    except SystemExit as end:
        assert not end.code, end.code
    sys.stdout.flush()
"""


@pytest.fixture(scope="module")
def graded(range_: Range, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what was said in each form (FORM.txt) and written (FORM/out)."""
    submissions, above = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("above")
    for name in NAMES:
        (submissions / name).mkdir()
        (submissions / name / f"{TOPIC}.ipynb").write_text(hostile_notebook())
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(range_.course.root), str(submissions), str(above), *FORMS],
        capture_output=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == 0, ended.stderr.decode(errors="replace")
    return above


@pytest.fixture
def out(graded: Path) -> Path:
    return graded / "text" / "out"


def said(graded: Path, form: str) -> str:
    return (graded / f"{form}.txt").read_bytes().decode("utf-8", "surrogateescape")


class Alive(HTMLParser):
    """Collects what a browser would run, fetch or submit because a student wrote it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        if tag in ("iframe", "object", "embed", "form", "base", "meta", "svg") and MARK in str(attrs):
            self.found.append(f"<{tag} {attrs}>")
        for name, value in attrs:
            text = (value or "").strip().lower()
            fetched = name in ("src", "href", "action", "srcset", "style") and MARK in text
            inside_report = text.startswith(("students/", "#")) or text.endswith(".html")
            if (
                name.startswith("on")
                or text.startswith(("javascript:", "data:text"))
                or (fetched and not inside_report)
            ):
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_data(self, data: str) -> None:
        if self.inside in ("script", "style") and MARK in data:
            self.found.append(f"<{self.inside}>{data[:80]}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def alive(html: str) -> list[str]:
    parser = Alive()
    parser.feed(html)
    return parser.found


def test_the_search_for_living_markup_finds_it() -> None:
    assert len(alive(PROSE)) >= 5


def test_pages_hold_no_living_markup(out: Path) -> None:
    pages = list((out / "report").rglob("*.html"))
    assert len(pages) == 1 + len(NAMES)
    assert [found for page in pages for found in alive(page.read_text(encoding="utf-8"))] == []


def test_pages_hold_no_control_characters(out: Path) -> None:
    for page in (out / "report").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not set(text) & set("\x1b\x07\u202e\u2066"), page.name


def test_nothing_is_written_outside_the_output_folder(out: Path) -> None:
    assert {path.name for path in out.parent.iterdir()} == {"out"}
    assert {path.name for path in out.iterdir()} <= {"gradebook.db", "grades.csv", "report", "results"}
    for path in out.rglob("*"):
        assert path.resolve().is_relative_to(out.resolve())


def test_hostile_names_do_not_share_a_result_file(out: Path) -> None:
    results = list((out / "results").rglob("*.json"))
    assert len(results) == len(NAMES)
    for file in results:
        Result.from_json(file.read_text(encoding="utf-8"))


def test_no_cell_of_the_table_of_grades_is_a_formula(out: Path) -> None:
    with open(out / "grades.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + len(NAMES)
    for row in rows[1:]:
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert float(row[-1]) == 0


def test_the_terminal_shows_no_escape_sequences(graded: Path) -> None:
    text = said(graded, "text")
    assert MARK in text
    assert not set(text) & set("\x1b\x07\r\u202e\u2066")


@pytest.mark.parametrize("form", FORMS[1:])
def test_hostile_names_and_texts_do_not_break_a_format(graded: Path, form: str) -> None:
    text = said(graded, form)
    assert MARK in text
    assert "\x1b" not in text
    if form == "junit":
        assert len(list(ElementTree.fromstring(text).iter("testsuite"))) == len(NAMES)
    elif form == "jsonl":
        assert len([json.loads(line) for line in text.splitlines()]) == len(NAMES)
    elif form in ("json", "gradescope"):
        json.loads(text)
    else:
        commands = [line for line in text.splitlines() if line.startswith("::")]
        assert f"::error::{MARK}" not in commands
        assert not any(line.startswith("::set-output") for line in commands)
        summary = (graded / form / "summary.md").read_text(encoding="utf-8")
        assert alive(str(mistune.create_markdown(escape=False)(summary))) == []
