"""Attacks by the file that is handed in: on the reader, on Python's parser, on whoever follows links.

Each is graded by the real pipeline beside an honest neighbour. It gets the points that its honest part deserves and no
more, the student is told in a sentence what is wrong, and the grader neither waits nor swells.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.submission.notebook import MAX_FILE_BYTES
from hostile.harness import HONEST, TOPIC, Range
from support.notebooks import notebook
from support.repository import ROOT

Make = Callable[[Path, Range], Path]

# ------------------------------------------------------------------------------------------ what the reader refuses


def with_output(text: str) -> str:
    whole = json.loads(notebook(HONEST))
    whole["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    return json.dumps(whole)


UNREADABLE: dict[str, tuple[Callable[[], str], str]] = {
    "nested too deep": (lambda: '{"cells": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested too deep"),
    "nested a million deep": (lambda: "[" * 1_000_000, "nested too deep"),
    "an integer of ten million digits": (lambda: '{"cells": [' + "9" * 10_000_000 + "]}", "too many digits"),
    "ten million containers": (lambda: '{"cells": [' + "[]," * 10_000_000 + "[]]}", "too much data"),
    "fifteen million numbers": (lambda: '{"cells": [' + "1," * 15_000_000 + "1]}", "too much data"),
    "200 MB of outputs": (lambda: with_output("x" * (200 << 20)), "larger than"),
    "not JSON": (lambda: "__import__('os').system('true')", "not JSON"),
    "five thousand cells": (lambda: notebook(*["1"] * 5_000), "code cells"),
    "ten million characters of code": (lambda: notebook("#" * 10_000_000), "characters of code"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_notebook_that_is_a_bomb_is_refused_with_a_sentence(range_: Range, place: Path, name: str) -> None:
    make, sentence = UNREADABLE[name]
    path = place / f"{TOPIC}.ipynb"
    path.write_text(make())
    assert sentence in range_.graded(path, 0)


def test_a_careless_reader_of_notebooks_falls_to_the_bombs() -> None:
    """The bombs are alive: the usual way to read a notebook raises what its caller does not expect."""
    for name, error in (("nested too deep", RecursionError), ("an integer of ten million digits", ValueError)):
        with pytest.raises(error) as fallen:
            json.loads(UNREADABLE[name][0]())
        assert not isinstance(fallen.value, json.JSONDecodeError)


def test_outputs_below_the_limit_are_dropped(range_: Range, place: Path) -> None:
    path = place / f"{TOPIC}.ipynb"
    path.write_text(with_output("x" * (MAX_FILE_BYTES - (1 << 20))))
    range_.graded(path)


# ------------------------------------------------------------------------------------------ source for Python's parser

SOURCES = {
    "a hundred thousand brackets": "(" * 100_000,
    "brackets that close": "[" * 5_000 + "]" * 5_000,
    "a tower of signs": "x = " + "-" * 200_000 + "1",
    "a long sum": "x = " + "1+" * 100_000 + "1",
    "a chain of attributes": "x = a" + ".a" * 100_000,
    "a chain of calls": "x = a" + "()" * 100_000,
    "nested functions": "x = " + "lambda: " * 20_000 + "1",
    "a number of half a million digits": "x = " + "9" * 500_000,
    "a number of half a million hex digits": "x = 0x" + "f" * 500_000,
    "a power that is folded": "x = 9 ** 9 ** 9",
    "a string that is folded": "x = 'x' * (1 << 40)",
    "nested strings": "x = " + 'f"{' * 2_000,
    "indented a hundred deep": "".join(" " * i + "if 1:\n" for i in range(200)),
    "a hundred thousand assignments": "x = " * 100_000 + "1",
    "a null byte": "x = 1\0",
    "a form feed and other blanks": "\f\x1c\x85x = 1",
    "half a surrogate pair": "x = '\ud800'; \udfff = 1",
    "text from right to left": "x = 1 \u202e # \u2066 }⁦if x⁩",
    "an end of file": "x = 1\x1a\n\x04",
}


@pytest.mark.parametrize("name", SOURCES)
def test_source_that_breaks_a_parser_costs_its_own_cell(range_: Range, place: Path, name: str) -> None:
    path = place / f"{TOPIC}.ipynb"
    path.write_text(notebook(HONEST, SOURCES[name], "after = 1"))
    range_.graded(path)


def test_a_coding_cookie_hides_no_code_in_a_comment(range_: Range, place: Path) -> None:
    """In UTF-7 `+AAo-` ends the line, so that what every editor shows as a comment would be code."""
    target = range_.bait.folder / range_.bait.token
    hidden = f"open({str(target)!r}, 'w').close()"
    text = f"# -*- coding: utf-7 -*-\n# +AAo-{hidden}\n"
    path = place / f"{TOPIC}.py"
    path.write_text(text + HONEST)
    range_.graded(path, configuration="process")
    exec(compile(text.encode(), "cookie", "exec"))  # compiled from bytes, it is believed
    assert target.exists()
    target.unlink()


# ------------------------------------------------------------------------------------------ cells that are no Python

SHELL = {
    "a shell line": "!touch {target}",
    "a shell line for its value": "x = !touch {target}",
    "a doubled shell line": "!!touch {target}",
    "a shell cell": "%%bash\ntouch {target}",
    "another shell cell": "%%script sh\ntouch {target}",
    "a magic": "%system touch {target}",
    "a magic for its value": "x = %sx touch {target}",
    "a file that is written": "%%writefile {target}\n1",
    "a program that is run": "%run {target}",
    "the shell behind the magics": "get_ipython().system('touch {target}')\nget_ipython().run_line_magic('sx', 'touch {target}')",
    "a shell line below a string": "x = '''\n'''; pass\n!touch {target}",
}


@pytest.mark.parametrize("name", SHELL)
@pytest.mark.parametrize("configuration", ["full", "process"])
def test_magics_and_shell_lines_run_no_command(range_: Range, place: Path, name: str, configuration: str) -> None:
    path = place / f"{TOPIC}.ipynb"
    path.write_text(notebook(SHELL[name].format(target=range_.bait.folder / range_.bait.token), HONEST))
    range_.graded(path, configuration=configuration)


LEAVING = {
    "exit": "exit()",
    "quit": "quit(0)",
    "sys.exit": "import sys; sys.exit(0)",
    "os._exit": "import os; os._exit(0)",
    "abort": "import os; os.abort()",
    "an interrupt": "raise KeyboardInterrupt",
    "an exception of its own": "class E(BaseException):\n    def __str__(self): raise E\nraise E",
    "an exception without a name": "E = type('\\x1b[31m' + 'E' * 10_000_000, (Exception,), {})\nraise E('x' * 10_000_000)",
    "a closed channel": "import os; os.closerange(3, 64)",
    "awaiting for ever": "import asyncio\nawait asyncio.Event().wait()",
    "awaiting in a loop": "import asyncio\nwhile True:\n    await asyncio.sleep(0)",
    "a loop of its own": "import asyncio\nasyncio.new_event_loop().run_forever()",
    "a generator at top level": "import asyncio\nasync for x in (await asyncio.sleep(0) for _ in range(3)): pass",
}


@pytest.mark.parametrize("name", LEAVING)
def test_a_cell_that_exits_aborts_or_waits_costs_only_itself(range_: Range, place: Path, name: str) -> None:
    path = place / f"{TOPIC}.ipynb"
    path.write_text(notebook(LEAVING[name], HONEST))
    range_.graded(path)


def test_the_graders_hashes_cannot_be_foreseen() -> None:
    """Keys of a notebook's JSON that all fall into one bucket have to be computed for one seed of `hash`."""
    program = [sys.executable, "-c", "import grader.cli.app; print(hash('a key'))"]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONHASHSEED"}
    environment["PYTHONPATH"] = str(ROOT)
    assert len({subprocess.run(program, capture_output=True, env=environment).stdout for _ in range(3)}) == 3
