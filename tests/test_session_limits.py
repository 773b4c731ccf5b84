"""Limits of time, memory, answers and files: what they stop, and that only the one at fault pays."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from grader.errors import Died, Raised, TimedOut, Wrong
from grader.inside.plan import Plan
from grader.submission.limits import Limits
from support.sessions import ANSWER, Open, ask


def test_an_endless_loop_is_stopped_by_processor_time(open_session: Open) -> None:
    session = open_session("def f():\n    while True: pass", ANSWER)
    with pytest.raises(TimedOut, match=r"`f` took longer than 0.5 s of processor time"):
        ask(session, "f")
    assert session.cpu_seconds() < 2
    assert ask(session, "answer") == 42
    with pytest.raises(TimedOut, match="`f` took too long in an earlier row, for no more than this: not asked again"):
        ask(session, "f")


def test_an_endless_loop_that_catches_everything_is_stopped(open_session: Open) -> None:
    code = "import signal\nfor s in (15, 2, 24): signal.signal(s, signal.SIG_IGN)\n"
    code += "def f():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass"
    with pytest.raises(TimedOut):
        ask(open_session(code), "f")


def test_sleeping_for_ever_is_stopped_by_the_wall(open_session: Open) -> None:
    limits = Limits(row_cpu_seconds=0.2, wall_factor=2)
    session = open_session("import time\ndef f():\n    time.sleep(10)\n    return 1", limits=limits)
    with pytest.raises(TimedOut, match="or slept"):
        ask(session, "f")


def test_the_calls_of_one_row_share_its_processor_time(open_session: Open) -> None:
    code = "import time\ndef f():\n    t = time.process_time()\n    while time.process_time() - t < 0.2: pass"
    session = open_session(code)
    ask(session, "f")
    plan = Plan()
    plan.want(*plan.call("f"))
    session.run(plan)
    with pytest.raises(TimedOut):
        session.run(plan)


def test_taking_too_much_memory_is_a_memory_error(open_session: Open) -> None:
    session = open_session("import numpy as np\ndef f():\n    return np.ones((1 << 30,)).sum()", ANSWER)
    with pytest.raises(Raised, match="MemoryError"):
        ask(session, "f")
    assert ask(session, "answer") == 42


def test_a_huge_answer_is_not_read(open_session: Open) -> None:
    session = open_session("import numpy as np\ndef f():\n    return np.zeros(1 << 20)", ANSWER)
    with pytest.raises(Died, match="over the limit"):
        ask(session, "f")
    assert ask(session, "answer") == 42


def test_an_answer_of_too_many_parts_is_refused_politely(open_session: Open) -> None:
    limits = Limits(row_cpu_seconds=10, wall_factor=10)
    session = open_session("def f():\n    return [0.0] * 1_000_000", limits=limits)
    with pytest.raises(Wrong, match="too many parts"):
        ask(session, "f")


def test_the_budget_of_a_submission_ends_it(open_session: Open) -> None:
    limits = Limits(row_cpu_seconds=0.3, cell_cpu_seconds=0.3, submission_cpu_seconds=1.0, wall_factor=20)
    session = open_session(*(f"def f{i}():\n    while True: pass" for i in range(8)), limits=limits)
    for i in range(8):
        with pytest.raises(TimedOut) as caught:
            ask(session, f"f{i}")
    assert str(caught.value) == "the submission used up its 1 s of processor time"
    assert session.child is None
    assert session.cpu_seconds() < 2


def test_a_process_that_ends_itself_pays_for_its_time(open_session: Open) -> None:
    code = "import os, time\ndef f():\n    t = time.process_time()\n    while time.process_time() - t < 0.3: pass\n"
    session = open_session(code + "    os._exit(0)")
    before = session.cpu_seconds()
    with pytest.raises(Died):
        ask(session, "f")
    assert session.cpu_seconds() - before > 0.25


def test_a_flood_of_printed_output_does_not_block_the_submission(open_session: Open) -> None:
    flood = "import sys\nfor stream in (sys.stdout, sys.stderr):\n    stream.write('x' * 5_000_000)\nprint(input)"
    session = open_session(flood, ANSWER)
    assert ask(session, "answer") == 42
    assert session.notes == []


def test_a_submission_cannot_fill_the_disk(open_session: Open) -> None:
    session = open_session("def f():\n    open('x', 'wb').write(bytes(64 << 20))", ANSWER)
    with pytest.raises((Raised, Died)):
        ask(session, "f")
    assert ask(session, "answer") == 42


def test_what_the_cells_have_used_is_not_taken_from_the_rows_by_the_kernel_either(open_session: Open) -> None:
    limits = Limits(row_cpu_seconds=3.0, cell_cpu_seconds=3.0, submission_cpu_seconds=3.0, wall_factor=20)
    spend = "import time\ndef f(seconds):\n    until = time.process_time() + seconds\n"
    spend += "    while time.process_time() < until: pass\n    return 42\n"
    with patch("grader.submission.jail.base.GRACE_SECONDS", 1):
        session = open_session(spend + "f(2.5)", limits=limits)
    assert ask(session, "f", 2.5) == 42
    assert session.notes == []
