"""Jupyter's dialect becomes plain Python, line for line; plain Python is never touched."""

from __future__ import annotations

import ast
import sysconfig
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from grader.submission import magics
from grader.submission.magics import strip

LEFT_OUT = [
    ("%matplotlib inline\nx", "pass  # %matplotlib inline\nx", "`%matplotlib inline` is a magic: it was left out"),
    ("!pip install x", "pass  # !pip install x", "`!pip install x` is a shell line: it was left out"),
    ("!echo it's (\nx = 1", "pass  # !echo it's (\nx = 1", "`!echo it's (` is a shell line: it was left out"),
    ("!pip \\\n  install x\ny", "pass  # !pip \\\n\ny", "`!pip \\` is a shell line: it was left out"),
    ("x = !ls", "x = None  # x = !ls", "`x = !ls` is a shell line: `x` is None here"),
    ("d['a'] = %who", "d['a'] = None  # d['a'] = %who", "`d['a'] = %who` is a magic: `d['a']` is None here"),
    ("np.dot?", "pass  # np.dot?", "`np.dot?` asks for help: it was left out"),
    ("np.dot??  # why", "pass  # np.dot??  # why", "`np.dot??  # why` asks for help: it was left out"),
    ("?np.dot", "pass  # ?np.dot", "`?np.dot` asks for help: it was left out"),
    ("if x:\n\t%timeit f()", "if x:\n\tpass  # %timeit f()", "`%timeit f()` is a magic: it was left out"),
    ("%time", "pass  # %time", "`%time` is a magic: it was left out"),
    ("%time y = f()", "y = f()", "`%time y = f()` is a magic: the statement was run without it"),
    ("y = %time f(\n1)", "y = f(\n1)", "`y = %time f(` is a magic: the statement was run without it"),
    ("%%time\nx = 1", "# %%time\nx = 1", "`%%time` is a cell magic: the cell was run without it"),
    ("\n# 1\n%%prun -q\nf()", "\n# 1\n# %%prun -q\nf()", "`%%prun -q` is a cell magic: the cell was run without it"),
    ("%%bash\nrm -r x\nls", "\n\n", "`%%bash` is a cell magic: the whole cell was left out"),
    (
        "%%time\n%%html\n<b>",
        "\n\n",
        "`%%time` is a cell magic: the cell was run without it; `%%html` is a cell magic: the whole cell was left out",
    ),
    (
        "%%capture out\n!ls\nx = 1",
        "# %%capture out\npass  # !ls\nx = 1",
        "`%%capture out` is a cell magic: the cell was run without it; `!ls` is a shell line: it was left out",
    ),
    (
        "get_ipython().system('ls')",
        "pass  # get_ipython().system('ls')",
        "`get_ipython().system('ls')` is a magic: it was left out",
    ),
    (
        "a = get_ipython().getoutput(\n'ls')",
        "a = None  # a = get_ipython().getoutput(\n",
        "`a = get_ipython().getoutput(` is a magic: `a` is None here",
    ),
]


@pytest.mark.parametrize(("code", "plain", "note"), LEFT_OUT)
def test_a_magic_that_is_left_out_is_replaced_and_named(code: str, plain: str, note: str) -> None:
    assert strip(code) == (plain, note)


@pytest.mark.parametrize("exported", ["run_cell_magic('time', '', 'y = 1\\n')", "run_line_magic('time', 'y = 1')"])
def test_code_that_an_exported_magic_only_measured_is_run(exported: str) -> None:
    variables: dict[str, object] = {}
    exec(strip(f"get_ipython().{exported}").code, variables)
    assert variables["y"] == 1


@pytest.mark.parametrize(
    "code",
    [
        "s = '''\n%time\n!ls\nobj?\n'''",
        's = """ \\""" \n!ls\n"""',
        "x = (a\n% b)",
        "x = a \\\n% b",
        "s = 'one \\\n!two'",
        "x = a % b  # really?",
        "x %= 3",
        'print("why?")',
        "# %matplotlib inline",
        "s = '#'; y = [\n%x]",
        "if a != b: pass",
        "",
        "\n",
    ],
)
def test_text_and_continued_lines_are_not_touched(code: str) -> None:
    assert strip(code) == (code, "")


def test_an_indented_cell_is_moved_to_the_margin_as_jupyter_does() -> None:
    assert strip("\n    x = 1\n    if x:\n        !ls\n  # odd").code == "\nx = 1\nif x:\n    pass  # !ls\n  # odd"


def test_a_note_is_short_and_names_a_repeated_magic_once() -> None:
    note = strip("\n".join(["!ls"] * 3 + [f"%a{i} `\x1b[31m {'x' * 200}" for i in range(9)])).note
    assert note.count("!ls") == 1
    assert note.endswith("; and 6 more")
    assert note.isprintable()
    assert "…" in note
    assert len(note) < 500


def _standard_library(limit: int) -> list[Path]:
    return sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[::3][:limit]


@pytest.mark.parametrize("path", _standard_library(40), ids=lambda path: path.stem)
def test_files_of_plain_python_are_returned_unchanged(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert strip(code) == (code, "")


PIECES = ["\n", "\n", "%", "!", "?", "%%", "%%time", "%time ", "=", "x", " ", "  ", "\t", "\f", "(", ")", "[", "]", "#"]
PIECES += [
    "'",
    '"',
    "'''",
    '"""',
    "\\",
    "\\\n",
    "if x:",
    "pass",
    "f'{",
    "}'",
    "1",
    ",",
    "é",
    "\0",
    "get_ipython().magic(",
]
hostile = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text()


@given(hostile)
def test_any_text_keeps_its_number_of_lines(code: str) -> None:
    stripped = strip(code)
    assert stripped.code.count("\n") == code.count("\n")
    assert "\n" not in stripped.note


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(hostile)
@example("x = '''\n!ls'''\n")
@example(" \\\n\n")
@example("  \fx")
def test_whatever_python_accepts_is_returned_unchanged(code: str) -> None:
    assume("get_ipython" not in code and "\r" not in code)
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(code)
    except (SyntaxError, ValueError):
        assume(False)
    assert strip(code) == (code, "")


@given(hostile)
def test_no_statement_begins_with_a_magic_after_stripping(code: str) -> None:
    """No line that begins a statement of the outcome is a magic."""
    state = magics.Open()
    for line in strip(code).code.split("\n"):
        assert state != magics.Open() or not line.lstrip(" \t\f").startswith(("%", "!", "?"))
        state = magics.scan(line, state)


HOSTILE = ["%%time\n" * 200_000, "!\\\n" * 300_000, "(\n" * 300_000, "(" * 10**6, '"' * 10**6, "'" * 10**6]
HOSTILE += ['"\\' * 500_000, '"""' + "\\" * 10**6, " " * 10**6, "x=" + " " * 10**6, "= %" * 300_000, "x?" * 500_000]


@pytest.mark.parametrize("code", HOSTILE, ids=lambda code: repr(code[:8]))
def test_stripping_magics_of_hostile_text_takes_time_in_proportion_to_its_length(code: str) -> None:
    started = time.process_time()
    strip(code)
    assert time.process_time() - started < 5  # a second at most is usual; a quadratic pattern takes hours
