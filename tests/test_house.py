"""`make house` prints the figures of the code, and counts right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.repository import ROOT

# A package of three modules whose figures can be counted by eye.
PACKAGE = {
    "__init__.py": '"""A small package."""\n',
    "low.py": '"""What is below."""\n\n\ndef run(x):\n    """Whether it runs."""\n    return _once(x) + _twice(x) + _twice(x)\n\n\n'
    "# A comment on a line of its own.\ndef _once(x):\n    return x  # one behind code\n\n\ndef _twice(x):\n    return x\n",
    "high/__init__.py": '"""Return to the top."""\n',
    "high/a.py": "from .. import low\nfrom ..low import run as below\n\n\ndef run():\n    return below(low)\n",
    "high/b.py": "from .a import run as near\n\nrun = near\n",
}


def house(*arguments: str) -> str:
    command = [sys.executable, str(ROOT / "scripts" / "house.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def today() -> dict[str, Any]:
    return json.loads(house("--format", "json"))


@pytest.fixture
def small(tmp_path: Path) -> dict[str, Any]:
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return json.loads(house(str(tmp_path), "--format", "json"))


def test_house_counts_what_can_be_counted_by_eye(small: dict[str, Any]) -> None:
    assert small["figures"] == {
        "lines": 26,
        "modules": 5,
        "modules_at_top": 2,
        "module_lines_median": 3,
        "functions_per_1000_lines": 154,
        "function_lines_median": 2,
        "private_functions": 2,
        "private_used_once": 1,
        "private_used_once_short": 1,
        "comment_lines_percent": 3.8,
        "docstrings": 4,
        "docstrings_noun_clause": 2,
        "docstrings_noun_clause_percent": 50,
        "rooms": 2,
        "arrows": 1,
        "repeated_names": 1,
    }
    assert small["imports"] == {"high": ["low"], "low": []}
    assert small["repeated_names"] == {"run": ["high/a.py", "high/b.py", "low.py"]}
    assert small["longest_modules"][0] == [15, "low.py"]
    assert small["longest_functions"][0] == [3, "low.py:4 run"]


def test_house_sets_every_figure_beside_an_earlier_one(today: dict[str, Any]) -> None:
    assert set(today["before"]) == {"commit", *today["figures"]}
    assert all(isinstance(figure, int | float) and figure >= 0 for figure in today["figures"].values())


def test_house_draws_the_folders_as_they_are(today: dict[str, Any]) -> None:
    folders = {path.parent.relative_to(ROOT / "grader").as_posix() for path in ROOT.glob("grader/*/**/__init__.py")}
    assert folders <= set(today["imports"])
    assert today["imports"]["inside"] == []
    assert today["figures"]["arrows"] == sum(map(len, today["imports"].values()))


def test_top_of_the_package_has_eight_modules_at_most(today: dict[str, Any]) -> None:
    assert today["figures"]["modules_at_top"] <= 8


def test_house_prints_a_table_with_both_columns(today: dict[str, Any]) -> None:
    table = house()
    assert f"{today['before']['commit']}     today" in table.splitlines()[0]
    [lines] = [line.split() for line in table.splitlines() if line.startswith("lines  ")]
    assert lines[1:] == [f"{today['before']['lines']:,}", f"{today['figures']['lines']:,}"]
    assert "modules of more than 300 lines:" in table
