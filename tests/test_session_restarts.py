"""A process that ended is started anew: the cell or the row that ended it is lost, and nothing else."""

from __future__ import annotations

import pytest

from grader.errors import Died
from grader.submission.run_cells import MAX_ENDS
from support.sessions import ANSWER, Open, ask, notes

KILLING = {
    "leaves": ("import os\nos._exit(7)", "ended by itself with exit status 7"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
    "aborts": ("import os\nos.abort()", "SIGABRT"),
    "loops": ("while True: pass", "took longer than 0.5 s"),
    "kills its group": ("import os\nos.killpg(0, 9)", "SIGKILL"),
}


@pytest.mark.parametrize("kind", KILLING)
def test_a_cell_that_loops_or_kills_is_left_out_and_the_rest_is_run(open_session: Open, kind: str) -> None:
    code, words = KILLING[kind]
    session = open_session("x = 40", code, "x += 2\ndef f():\n    return x")
    assert ask(session, "f") == 42
    assert words in notes(session)[2]
    assert not notes(session)[2].startswith(":")
    assert notes(session)[2].endswith(": the rest was run without it")


def test_after_too_many_such_cells_definitions_alone_are_run(open_session: Open) -> None:
    session = open_session(ANSWER, *["import os; os._exit(0)"] * 7, "x = late()\ndef late():\n    return 1")
    assert ask(session, "answer") == 42
    assert ask(session, "late") == 1
    assert "of all cells only definitions were run" in [note.text for note in session.notes if note.cell == 7][-1]


@pytest.mark.parametrize("code", ["os._exit(0)", "ctypes.string_at(0)", "os.kill(os.getpid(), 9)", "os.close(fd())"])
def test_a_function_that_ends_the_process_loses_its_row_only(open_session: Open, code: str) -> None:
    fd = (
        "def fd():\n    return max(int(n) for n in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{n}'))"
    )
    session = open_session(f"import os, ctypes\n{fd}\ndef f():\n    {code}", ANSWER)
    with pytest.raises(Died):
        ask(session, "f")
    assert ask(session, "answer") == 42
    assert session.notes == []


def test_notes_are_not_told_again_after_a_new_start(open_session: Open) -> None:
    session = open_session("1 / 0", "import os\ndef f():\n    os._exit(0)", ANSWER)
    with pytest.raises(Died):
        ask(session, "f")
    assert ask(session, "answer") == 42
    assert len(session.notes) == 1


def test_rows_that_end_the_process_leave_the_next_rows_a_new_one_however_many_they_are(open_session: Open) -> None:
    session = open_session("import os\ndef f():\n    os._exit(0)", ANSWER)
    for _ in range(13):
        with pytest.raises(Died):
            ask(session, "f")
    assert ask(session, "answer") == 42


def test_cells_that_end_every_process_are_given_up(open_session: Open) -> None:
    dying = """class Definition:
    import gc, os
    for kernel in gc.get_objects():
        if type(kernel).__name__ == "Kernel":
            class Dying(type(kernel)):
                def answer(self, request): os._exit(0)
            kernel.__class__ = Dying
import os
"""
    session = open_session(dying, *["x = 1"] * 20)
    for _ in range(5):
        with pytest.raises(Died, match="the cells looped or ended the process 12 times"):
            ask(session, "f")
    assert session._past.ends == MAX_ENDS
    assert len(session.notes) <= MAX_ENDS + 1
