"""A submission in a real process: what it can do to itself, what is noted, and that nothing of it stays."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from courses import notebook

from grader.errors import Died, GraderError, Raised, TimedOut, Wrong
from grader.inside.plan import Plan
from grader.submission.jail import ProcessJail, folders
from grader.submission.jail.base import how_it_ended
from grader.submission.limits import Limits
from grader.submission.notebook import read_source
from grader.submission.session import Session

LIMITS = Limits(
    row_cpu_seconds=0.5, cell_cpu_seconds=0.5, submission_cpu_seconds=10, wall_factor=4, memory_mb=1024, reply_mb=4
)
ANSWER = "def answer():\n    return 42"

Open = Callable[..., Session]


@pytest.fixture
def open_session(jail: ProcessJail) -> Any:
    """Start a session from the cells of a notebook; all are ended with the test."""
    sessions = []

    def start(*cells: str, limits: Limits = LIMITS, file: str = "work.ipynb") -> Session:
        data = notebook(*cells) if file.endswith(".ipynb") else "\n".join(cells)
        sessions.append(Session(read_source(data.encode("utf-8", "replace"), file), jail, limits))
        return sessions[-1].__enter__()

    yield start
    for session in sessions:
        session.__exit__()


def ask(session: Session, name: str, *args: Any, outputs: int = 1, **kwargs: Any) -> Any:
    """One row of one call."""
    session.begin_row()
    plan = Plan()
    plan.want(*plan.call(name, *args, outputs=outputs, **kwargs))
    answers = session.run(plan)
    return answers[0] if outputs == 1 else answers


def notes(session: Session) -> dict[int | None, str]:
    return {note.cell: note.text for note in session.notes}


# ------------------------------------------------------------------------------------------ how a notebook is run


def test_cells_run_in_order_in_one_namespace(open_session: Open) -> None:
    session = open_session("x = 1", "x += 1", "def f():\n    return x * 21")
    assert ask(session, "f") == 42
    assert session.notes == []


def test_an_exception_is_noted_with_cell_and_line_and_the_next_cell_runs(open_session: Open) -> None:
    session = open_session("x = 1", "y = 2\nz = 1 / 0\ny = 3", "def f():\n    return y")
    assert ask(session, "f") == 2
    assert notes(session) == {
        2: "raised ZeroDivisionError: division by zero (line 2): the rest of the cell was not run, the next cells were"
    }


def test_a_cell_that_is_no_python_is_noted_with_its_line(open_session: Open) -> None:
    session = open_session("x = 1\ndef f(:\n    pass", ANSWER)
    assert ask(session, "answer") == 42
    assert notes(session)[1].startswith("is no Python: SyntaxError: ")
    assert "(line 2)" in notes(session)[1]


def test_an_exception_says_where_in_the_students_cells_it_was_raised(open_session: Open) -> None:
    session = open_session("import numpy as np", "def f(x):\n    # a comment\n    return np.zeros(3) @ x")
    with pytest.raises(Raised) as caught:
        ask(session, "f", np.zeros(4))
    assert (caught.value.type, caught.value.cell, caught.value.line) == ("ValueError", 2, 3)
    assert str(caught.value).endswith("in cell 2, line 3")


def test_magics_and_shell_lines_do_not_stop_a_cell(open_session: Open) -> None:
    session = open_session("%matplotlib inline\n!pip install torch\nx = 42", "%%time\ndef f():\n    return x")
    assert ask(session, "f") == 42


@pytest.mark.parametrize("leaving", ["exit()", "quit()", "import sys; sys.exit(1)", "raise SystemExit"])
def test_leaving_ends_a_cell_not_the_notebook(open_session: Open, leaving: str) -> None:
    session = open_session(f"x = 1\n{leaving}\nx = 2", "def f():\n    return x")
    assert ask(session, "f") == 1
    assert notes(session) == {1: "calls exit() (line 2): the rest of the cell was not run, the next cells were"}


def test_leaving_from_a_function_loses_its_row_only(open_session: Open) -> None:
    session = open_session("import sys\ndef f():\n    sys.exit()", ANSWER)
    with pytest.raises(Raised, match="SystemExit"):
        ask(session, "f")
    assert ask(session, "answer") == 42


def test_input_has_nobody_to_answer_it(open_session: Open) -> None:
    session = open_session("name = input('Your name? ')", ANSWER)
    assert ask(session, "answer") == 42
    assert "input() has nobody to answer it" in notes(session)[1]


def test_await_at_top_level_works_as_in_jupyter(open_session: Open) -> None:
    session = open_session(
        "import asyncio\nasync def work():\n    await asyncio.sleep(0)\n    return 42",
        "x = await work()",
        "def f():\n    return x",
    )
    assert ask(session, "f") == 42
    assert session.notes == []


PLOTS = {
    "one axis": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1], label='x')\nax.legend()",
    "a row of axes": "import matplotlib.pyplot as plt\nfig, (a, b) = plt.subplots(1, 2, figsize=(8, 3))\na.plot(1)",
    "a grid of axes": "import matplotlib.pyplot as plt\nfig, ((a, b), (c, d)) = plt.subplots(nrows=2, ncols=2)\nd.imshow(1)",
    "an array of axes": "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2, 3)\naxes[1, 2].plot(1)\n"
    "for ax in axes.flat:\n    ax.axis('off')",
    "a line": "import matplotlib.pyplot as plt\nline, = plt.plot([1, 2])\nline.set_color('red')",
    "a histogram": "from matplotlib import pyplot as plt\ncounts, bins, bars = plt.hist([1, 2])\nplt.show()",
    "seaborn": "import seaborn as sns\nsns.set_theme()\nsns.heatmap([[1]])",
    "three dimensions": "from mpl_toolkits.mplot3d import Axes3D\nimport matplotlib as mpl\nmpl.rcParams['x'] = 2",
    "a progress bar": "from tqdm.notebook import tqdm, trange\nassert list(tqdm([1, 2])) == [1, 2]\n"
    "assert list(trange(2)) == [0, 1]",
    "a bar that is told things": "from tqdm import tqdm\nbar = tqdm(range(3), desc='x')\nassert len(bar) == 3\n"
    "for i in bar:\n    bar.set_description(str(i))\n    tqdm.write('x')\nassert i == 2",
    "a bar by hand": "import tqdm\nwith tqdm.tqdm(total=3) as bar:\n    bar.update(1)",
    "display": "from IPython.display import HTML, display\ndisplay(HTML('<b>'))\nget_ipython().system('ls')",
    "flattened axes": "import matplotlib.pyplot as plt\n_, axes = plt.subplots(2, 2)\na, b, c, d = axes.ravel()\n"
    "assert len(axes.flat) == 4\n_, axes = plt.subplots(3)\na, b, c = axes.flatten()",
    "a bare display": "display(1)",
    "an annotation": "import matplotlib.pyplot as plt\ndef f(ax: plt.Axes | None = None, *, fig: None | plt.Figure): pass",
    "the course's own check": "from grader import check\ncheck('adam')",
}


@pytest.mark.parametrize("kind", PLOTS)
def test_what_draws_is_stood_in_for(open_session: Open, kind: str) -> None:
    session = open_session(PLOTS[kind])
    assert session.notes == []


def test_a_package_that_is_not_allowed_is_refused_with_a_sentence(open_session: Open) -> None:
    session = open_session("import torch.nn.functional as F", ANSWER)
    assert ask(session, "answer") == 42
    assert "`torch` cannot be imported in this course (allowed: numpy)" in notes(session)[1]


def test_a_missing_module_of_an_allowed_package_is_named(open_session: Open) -> None:
    assert "numpy.torch" in notes(open_session("import numpy.torch"))[1]


def test_a_script_runs_its_main_part(open_session: Open) -> None:
    session = open_session("x = 1\nif __name__ == '__main__':\n    x = 42\ndef f():\n    return x", file="work.py")
    assert ask(session, "f") == 42


# ------------------------------------------------------------------------------------------ what a call may do


def test_a_missing_function_is_named_with_what_comes_close(open_session: Open) -> None:
    session = open_session("def sofmax(x):\n    return x")
    with pytest.raises(Wrong, match=r"missing function: `softmax` \(did you mean to call `sofmax` that\?\)"):
        ask(session, "softmax", 1.0)


def test_every_call_gets_arguments_of_its_own(open_session: Open) -> None:
    session = open_session("def f(x):\n    x += 1\n    return x")
    x = np.zeros(2)
    assert ask(session, "f", x).tolist() == ask(session, "f", x).tolist() == [1, 1]
    assert x.tolist() == [0, 0]


def test_an_answer_is_a_copy_of_the_moment_it_was_given(open_session: Open) -> None:
    session = open_session(
        "def step(w, state):\n    w -= 1\n    state['n'] = state.get('n', 0) + 1\n    return w, state"
    )
    session.begin_row()
    plan = Plan()
    w, state = plan.call("step", np.zeros(2), {}, outputs=2)
    again, state = plan.call("step", w, state, outputs=2)
    plan.want(w, again, state)
    plan.keep(state)
    first, second, seen, handle = session.run(plan)
    assert (first.tolist(), second.tolist(), seen) == ([-1, -1], [-2, -2], {"n": 2})
    more = Plan()
    more.want(*more.call("step", np.zeros(1), handle, outputs=2))
    assert session.run(more)[1] == {"n": 3}


ODD_ANSWERS = {
    "[1, 2]": [1, 2],
    "(1.5, 'x')": (1.5, "x"),
    "None": None,
    "[[1], [2, 3]]": [[1], [2, 3]],
    "'text'": "text",
    "{'a': True}": {"a": True},
    "float('nan') and 1": 1,
}


@pytest.mark.parametrize("code", ODD_ANSWERS)
def test_plain_answers_come_as_they_are(open_session: Open, code: str) -> None:
    answer = ask(open_session(f"def f():\n    return {code}"), "f")
    assert answer == ODD_ANSWERS[code]
    assert type(answer) is type(ODD_ANSWERS[code])


@pytest.mark.parametrize(
    "code", ["object()", "1j", "np.array([1j])", "np.array([None])", "2**64", "(x for x in ())", "print", "{1, 2}"]
)
def test_an_answer_that_is_no_value_is_the_students_fault(open_session: Open, code: str) -> None:
    session = open_session(f"import numpy as np\ndef f():\n    return {code}", ANSWER)
    with pytest.raises(Wrong, match=r"^f: returned something else: "):
        ask(session, "f")
    assert ask(session, "answer") == 42


@pytest.mark.parametrize("make", ["x = [x]", "x = {'x': x}"])
@pytest.mark.parametrize("depth", [29, 30, 31, 32, 33, 2000])
def test_a_deep_answer_is_read_or_refused_politely(open_session: Open, make: str, depth: int) -> None:
    session = open_session(f"def f():\n    x = 1\n    for _ in range({depth}):\n        {make}\n    return x")
    process = session.child
    with contextlib.suppress(Wrong):
        ask(session, "f")
    assert session.child is process, "it was ended: what it sent could not be read"


def test_an_answer_of_too_many_parts_is_refused_politely(open_session: Open) -> None:
    limits = Limits(row_cpu_seconds=10, wall_factor=10)
    session = open_session("def f():\n    return [0.0] * 1_000_000", limits=limits)
    with pytest.raises(Wrong, match="too many parts"):
        ask(session, "f")


def test_the_wrong_number_of_values_is_said(open_session: Open) -> None:
    session = open_session("def f():\n    return 1, 2, 3")
    with pytest.raises(Wrong, match="returned 3 values, expected 2 values"):
        ask(session, "f", outputs=2)


HOSTILE = {
    "a message that raises": "def __str__(self): raise ValueError('ha')",
    "a message that leaves": "def __str__(self): raise SystemExit",
    "a message that is no text": "def __str__(self): return 1",
    "a message without end": "def __str__(self): return 'x' * 10**8",
    "half a surrogate pair": "def __str__(self): return '\\ud800'",
    "a text that is sly": "def __str__(self):\n"
    "        return type('S', (str,), {'__str__': lambda s: 1/0, 'encode': lambda *a: 1/0})('x')",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_exception_is_the_students_fault(open_session: Open, kind: str) -> None:
    session = open_session(f"class Bad(Exception):\n    {HOSTILE[kind]}\ndef f():\n    raise Bad", ANSWER)
    with pytest.raises(Died if "sly" in kind else Raised) as caught:
        ask(session, "f")
    assert len(str(caught.value)) < 700
    assert ask(session, "answer") == 42


def test_names_that_a_student_chose_are_cut_short(open_session: Open) -> None:
    session = open_session("def f():\n    raise type('E' * 10**6, (Exception,), {})('x')")
    with pytest.raises(Raised) as caught:
        ask(session, "f")
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("code", ["def f():\n    return f()", "f = lambda: eval('(' * 10**5)"])
def test_recursion_is_an_exception_or_an_end(open_session: Open, code: str) -> None:
    session = open_session(code, ANSWER)
    with pytest.raises((Raised, Died)):
        ask(session, "f")
    assert ask(session, "answer") == 42


# ------------------------------------------------------------------------------------------ limits


def test_an_endless_loop_is_stopped_by_processor_time(open_session: Open) -> None:
    session = open_session("def f():\n    while True: pass", ANSWER)
    started = time.monotonic()
    with pytest.raises(TimedOut, match=r"`f` took longer than 0.5 s of processor time"):
        ask(session, "f")
    assert time.monotonic() - started < 4
    assert ask(session, "answer") == 42
    with pytest.raises(TimedOut, match="`f` took too long in an earlier row: not asked again"):
        ask(session, "f")


def test_catching_everything_does_not_help_a_loop(open_session: Open) -> None:
    code = "import signal\nfor s in (15, 2, 24): signal.signal(s, signal.SIG_IGN)\n"
    code += "def f():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass"
    with pytest.raises(TimedOut):
        ask(open_session(code), "f")


def test_sleeping_for_ever_is_stopped_by_the_wall(open_session: Open) -> None:
    limits = Limits(row_cpu_seconds=0.2, wall_factor=2)
    session = open_session("import time\ndef f():\n    time.sleep(1e6)", limits=limits)
    started = time.monotonic()
    with pytest.raises(TimedOut, match="or slept"):
        ask(session, "f")
    assert time.monotonic() - started < 3


def test_the_calls_of_one_row_share_its_time(open_session: Open) -> None:
    code = "import time\ndef f():\n    t = time.process_time()\n    while time.process_time() - t < 0.2: pass"
    session = open_session(code)
    ask(session, "f")
    plan = Plan()
    plan.want(*plan.call("f"))
    session.run(plan)
    with pytest.raises(TimedOut):
        session.run(plan)


def test_eating_memory_is_an_exception(open_session: Open) -> None:
    session = open_session("import numpy as np\ndef f():\n    return np.ones((1 << 30,)).sum()", ANSWER)
    with pytest.raises(Raised, match="MemoryError"):
        ask(session, "f")
    assert ask(session, "answer") == 42


def test_a_huge_answer_is_not_read(open_session: Open) -> None:
    session = open_session("import numpy as np\ndef f():\n    return np.zeros(1 << 20)", ANSWER)
    with pytest.raises(Died, match="over the limit"):
        ask(session, "f")
    assert ask(session, "answer") == 42


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


# ------------------------------------------------------------------------------------------ cells that loop or kill

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
    assert notes(session)[2].endswith(": this cell was left out, the others were run without it")


def test_after_too_many_such_cells_the_rest_is_given_up(open_session: Open) -> None:
    session = open_session(ANSWER, *["import os; os._exit(0)"] * 6, "def late():\n    return 1")
    assert ask(session, "answer") == 42
    with pytest.raises(Wrong, match="missing function: `late`"):
        ask(session, "late")
    assert "too many cells loop or end the process" in [note.text for note in session.notes if note.cell == 5][-1]


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


# ------------------------------------------------------------------------------------------ lies on the channel

CHANNEL = """
import os, socket, stat, struct, sys, threading, time
def channel():
    for n in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(n).st_mode):
                return socket.socket(fileno=os.dup(n))
        except OSError:
            pass
def nonce():
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    return bytes(frame.f_locals["nonce"])
def send(payload, nonce=b"0" * 16, length=None):
    channel().sendall(struct.pack("<4s16sQ", b"GDW1", nonce, len(payload) if length is None else length) + payload)
OK = b"d\\x01\\0\\0\\0\\x02\\0\\0\\0okl\\x01\\0\\0\\0i" + struct.pack("<q", 7)
"""

LIES = {
    "garbage": "channel().sendall(os.urandom(1000))",
    "a pickle": "channel().sendall(b'\\x80\\x04cos\\nsystem\\n(S\"true\"\\ntR.' * 9)",
    "an answer to another question": "send(OK)",
    "a lie about the length": "send(b'', nonce(), 2**60)",
    "a value that is no reply": "send(b'i' + bytes(8), nonce())",
    "a reply of the wrong form": "send(b'd\\x01\\0\\0\\0\\x02\\0\\0\\0okN', nonce())",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_on_the_channel_ends_the_process_and_loses_the_row(open_session: Open, lie: str) -> None:
    session = open_session(CHANNEL, f"def f():\n    {LIES[lie]}\n    return 1", ANSWER)
    with pytest.raises(Died, match="out of turn or out of form"):
        ask(session, "f")
    assert ask(session, "answer") == 42


def test_a_reply_before_it_was_asked_ends_the_process(open_session: Open) -> None:
    late = "def later():\n    time.sleep(0.1)\n    send(OK)\ndef f():\n    threading.Thread(target=later).start()\n    return 1"
    session = open_session(CHANNEL, late, ANSWER)
    assert ask(session, "f") == 1
    time.sleep(0.4)
    with pytest.raises(Died, match="answered without being asked"):
        ask(session, "answer")
    assert ask(session, "answer") == 42


def test_a_second_reply_is_no_answer_to_the_next_question(open_session: Open) -> None:
    """The forged answer stands for its own question (a lie is just a wrong answer), never for another."""
    session = open_session(CHANNEL, "def f():\n    send(OK, nonce())\n    return 1", ANSWER)
    assert ask(session, "f") == 7
    with pytest.raises(Died):
        ask(session, "answer")
    assert ask(session, "answer") == 42


def test_dripped_bytes_do_not_extend_the_time(open_session: Open) -> None:
    drip = "def f():\n    c = channel()\n    for _ in range(1000):\n        c.sendall(b'G')\n        time.sleep(0.05)"
    limits = Limits(row_cpu_seconds=0.2, wall_factor=3)
    session = open_session(CHANNEL, drip, limits=limits)
    started = time.monotonic()
    with pytest.raises((TimedOut, Died)):
        ask(session, "f")
    assert time.monotonic() - started < 3


def test_forged_places_and_endless_texts_are_cut_to_size(open_session: Open) -> None:
    forge = """
def text(s): return struct.pack("<I", len(s)) + s
def number(n): return b"i" + struct.pack("<q", n)
def f():
    send(b"d" + struct.pack("<I", 5) + text(b"raised") + b"s" + text(b"E" * 10**6) + text(b"message") + b"s"
         + text(b"m" * 10**6) + text(b"cell") + number(2**62) + text(b"line") + number(-5)
         + text(b"calling") + b"s" + text(b"c" * 10**6), nonce())
def g():
    send(b"d" + struct.pack("<I", 2) + text(b"misfit") + b"s" + text(b"E" * 10**6) + text(b"sentence") + b"s"
         + text(b"m" * 10**6), nonce())
def h():
    send(b"d" + struct.pack("<I", 2) + text(b"missing") + b"s" + text(b"E" * 10**6) + text(b"have") + b"l"
         + struct.pack("<I", 90_000) + (b"s" + text(b"EEEEE")) * 90_000, nonce())
"""
    session = open_session(CHANNEL, forge)
    with pytest.raises(Raised) as raised:
        ask(session, "f")
    assert len(str(raised.value)) < 1500
    assert raised.value.cell is None
    for name in "gh":
        session.__exit__()  # or its second reply would end it
        with pytest.raises(Wrong) as caught:
            ask(session, name)
        assert len(str(caught.value)) < 1500


# ------------------------------------------------------------------------------------------ what is around it


def test_threads_left_running_do_not_stop_the_next_question(open_session: Open) -> None:
    code = (
        "import threading, time\ndef f():\n    threading.Thread(target=lambda: time.sleep(1e6)).start()\n    return 1"
    )
    session = open_session(code, ANSWER)
    assert ask(session, "f") == 1
    assert ask(session, "answer") == 42


def test_a_flood_of_output_blocks_nothing(open_session: Open) -> None:
    flood = "import sys\nfor stream in (sys.stdout, sys.stderr):\n    stream.write('x' * 5_000_000)\nprint(input)"
    session = open_session(flood, ANSWER)
    assert ask(session, "answer") == 42
    assert session.notes == []


def test_its_folder_is_empty_its_own_and_gone_afterwards(open_session: Open) -> None:
    look = (
        "import os\ndef f():\n    before = os.listdir()\n    open('x', 'w').write('y')\n    return before, os.getcwd()"
    )
    first, second = open_session(look), open_session(look)
    (empty, mine), (also_empty, other) = ask(first, "f"), ask(second, "f")
    assert empty == also_empty == []
    assert mine != other
    assert Path(mine).is_dir()
    first.__exit__()
    assert not Path(mine).exists()
    assert Path(other).is_dir()


def test_a_file_cannot_fill_the_disk(open_session: Open) -> None:
    session = open_session("def f():\n    open('x', 'wb').write(bytes(64 << 20))", ANSWER)
    with pytest.raises((Raised, Died)):
        ask(session, "f")
    assert ask(session, "answer") == 42


def test_the_environment_is_scrubbed(open_session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_SECRET", "hush")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/tmp")
    seen = ask(open_session("import os\ndef f():\n    return dict(os.environ)"), "f")
    assert "hush" not in str(seen)
    allowed = {"PATH", "HOME", "LC_ALL", "PYTHONHASHSEED"}
    assert {name for name in seen if not name.endswith("_NUM_THREADS")} == allowed
    assert seen["OMP_NUM_THREADS"] == "1"


def test_no_descriptor_is_inherited_but_the_channel(open_session: Open, tmp_path: Path) -> None:
    secret = os.open(tmp_path / "secret", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(secret, True)
    look = """
import os
def f():
    paths = [f"/proc/self/fd/{n}" for n in range(3, 64)]
    return [os.readlink(path) for path in paths if os.path.exists(path)]
"""
    try:
        links = ask(open_session(look), "f")
    finally:
        os.close(secret)
    assert [link.partition(":")[0] for link in links] == ["socket"]


def test_nothing_of_the_grader_can_be_imported(open_session: Open) -> None:
    look = "import sys, importlib\ndef f(name):\n    return bool(importlib.import_module(name))"
    session = open_session(look)
    for name in ("grader_inside.diagnose", "pytest", "pydantic"):
        with pytest.raises(Raised, match="ModuleNotFoundError"):
            ask(session, "f", name)
    assert "recorded" not in str(ask(open_session("import sys\ndef f():\n    return sorted(sys.modules)"), "f"))


def test_the_same_question_gets_the_same_random_numbers(open_session: Open) -> None:
    code = "import numpy as np, random\ndef f():\n    return [np.random.rand(), random.random()]"
    session = open_session(code)
    assert ask(session, "f") == ask(session, "f") == ask(open_session(code), "f")


def test_what_a_row_kept_is_forgotten_by_the_next(open_session: Open) -> None:
    session = open_session("def f():\n    return object()\ndef g(x):\n    return 1")
    session.begin_row()
    plan = Plan()
    plan.keep(plan.call("f")[0])
    (handle,) = session.run(plan)
    with pytest.raises(Raised):
        ask(session, "g", handle)


# ------------------------------------------------------------------------------------------ the jail itself


def test_a_jail_that_cannot_start_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submission.jail.process.PYTHON", ("/no/such/python",))
    broken = ProcessJail()
    with (
        pytest.raises(GraderError, match="no process could be started"),
        Session(read_source(b"x = 1", "x.py"), broken, LIMITS),
    ):
        pass
    broken.close()


def test_a_package_that_is_not_installed_is_our_fault() -> None:
    with pytest.raises(GraderError, match="`no_such_package` is allowed by the course but not installed here"):
        ProcessJail(["no_such_package"])


def test_packages_are_named_as_they_are_imported_and_others_beside_them_are_not_found() -> None:
    allowed = ProcessJail(["numpy", "yaml", "pytest"])  # pytest needs colorama, but only on Windows
    look = b"import pytest, yaml, _pytest, pluggy\nimport importlib\ndef f(name):\n    importlib.import_module(name)"
    with Session(read_source(look, "x.py"), allowed, LIMITS) as session:
        assert session.notes == []
        with pytest.raises(Raised, match="ModuleNotFoundError"):
            ask(session, "f", "hypothesis")
    allowed.close()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (3, "ended by itself with exit status 3"),
        (-9, "was ended by SIGKILL"),
        (-11, r"was ended by SIGSEGV \(a crash in compiled code, or `abort`\)"),
        (0xC0000005, r"was ended by the system \(status 0xC0000005: a crash"),
    ],
)
def test_an_exit_status_is_said_in_words(status: int, words: str) -> None:
    assert re.match(words, how_it_ended(status))


def test_folders_of_a_grader_that_is_no_more_are_swept_and_no_others(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ours = Path(folders.make("scratch"))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    stale = Path(str(ours).replace(f"-{os.getpid()}-", f"-{ended.pid}-"))
    elsewhere = Path(str(stale).replace(f"-{ended.pid}-", f"0-{ended.pid}-"))  # a container's: its numbers are its own
    for folder in (stale, elsewhere, tmp_path / "grader-notes", tmp_path / f"scratch-{ended.pid}-x"):
        folder.mkdir()
        (folder / "file").touch()
    link = tmp_path / stale.name.replace(f"-{ended.pid}-", f"-{ended.pid}-link-")
    link.symlink_to(elsewhere)
    folders.sweep()
    assert not stale.exists()
    assert len(list(tmp_path.iterdir())) == 5
    assert (elsewhere / "file").exists()


def test_a_closed_jail_leaves_no_process_behind() -> None:
    closing = ProcessJail()
    session = Session(read_source(b"x = 1", "x.py"), closing, LIMITS).__enter__()
    assert session.child is not None
    closing.close()
    with pytest.raises(Died, match="SIGKILL"):
        ask(session, "x")
    with pytest.raises(GraderError, match="closed"):
        session.begin_row()
    session.__exit__()
