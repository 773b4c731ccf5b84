"""Every kind of error that the code can give has a heading of its own in docs/errors.md, and no other heading is there."""

from __future__ import annotations

import ast
import re

from grader.checks import holds
from grader.errors import Died, Evidence, Fault, Raised, TimedOut, Wrong
from grader.judging.outcome import Outcome
from grader.judging.verdicts import error_id
from grader.result import Status
from grader.topics.rubric import Row
from support.repository import ROOT

HEADINGS = re.findall(r"^### `([\w-]+)`$", (ROOT / "docs" / "errors.md").read_text("utf-8"), re.MULTILINE)
ROW = Row("a", 1, "a", holds(lambda trial, case: None))


def ids_in_code() -> set[str]:
    """The ids that `Wrong(…, id=…)` and `Evidence(where, sentence, answer, id, …)` are given in the framework's source."""
    found = {Evidence("", "").id}
    for path in (ROOT / "grader").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                given = [k.value for k in node.keywords if k.arg == "id"]
                given += node.args[3:4] if name == "Evidence" else []
                if name in ("Wrong", "Evidence", "_at_entry", "replace"):
                    found |= {
                        value.value
                        for value in given
                        if isinstance(value, ast.Constant) and isinstance(value.value, str)
                    }
    return found


def test_each_id_has_a_heading_and_each_heading_an_id() -> None:
    faults = [Raised("ValueError", "x"), Raised("NotImplementedError", ""), TimedOut("late"), Died("gone")]
    assert sorted(HEADINGS) == sorted({*ids_in_code(), *(fault.id for fault in faults), "withheld", "void"})
    assert Fault.id not in HEADINGS  # one of the three always has its own


def test_an_outcome_has_the_id_of_its_evidence_or_of_its_status() -> None:
    outcomes = {
        "": Outcome(ROW, Status.EARNED),
        "shape": Outcome(ROW, Status.LOST, Wrong("f", "the shape is (), expected (3,)", id="shape")),
        "timeout": Outcome(ROW, Status.TIMEOUT, TimedOut("late")),
        "withheld": Outcome(ROW, Status.WITHHELD),
    }
    assert {error_id(outcome): outcome for outcome in outcomes.values()} == outcomes
