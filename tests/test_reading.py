"""A file is read as its author meant it: nothing that stands beside a function costs the function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import Raised, TimedOut
from grader.inside.absent import Absent
from grader.submission.forms import is_marimo, marimo_cells, markdown_cells
from grader.submission.jail import Jail
from grader.submission.limits import Limits
from grader.submission.notebook import read_source
from grader.submission.session import Session
from support.notebooks import notebook
from support.sessions import Open, ask, notes

F = "def f(x):\n    return x + 1\n"
TORCH = "imports `torch`"

# What stands beside a right function, as cells of a notebook, and a part of the note that it gets ("" for none).
BESIDE: Mapping[str, tuple[list[str], str]] = {
    "a package that is not there, above numpy": (["import pandas as pd\nimport numpy as np\n" + F], "imports `pandas`"),
    "a name of a missing package": (
        ["from google.colab import drive\ndrive.mount('/x')\n" + F],
        "`google` is not there",
    ),
    "a star import of a helper file": (["from utils import *\n" + F], "imports `utils`"),
    "a fall-back": (["try:\n    import cupy as np\nexcept ImportError:\n    import numpy as np\n" + F], ""),
    "a base class of a missing package": (
        ["import torch.nn as nn\nclass N(nn.Module):\n    pass\nn = N()\n" + F],
        TORCH,
    ),
    "a decorator": (["import numba\n@numba.njit\n" + F + "@numba.jit(nopython=True)\ndef g(): ..."], "imports `numba`"),
    "an annotation": (["import torch\ndef f(x: torch.Tensor) -> torch.Tensor:\n    return x + 1"], TORCH),
    "a default": (["import torch\ndef f(x, kind=torch.float64):\n    return x + 1"], TORCH),
    "a file that is not there": (
        ["rows = open('data.csv').read()\nn = len(rows)\nONE = 10 ** 0\ndef f(x):\n    return x + ONE"],
        "FileNotFoundError",
    ),
    "a question": (["name = input('Your name? ')\n" + F], "EOFError"),
    "an endless training below it": ([F + "while True:\n    pass"], "was stopped (line 3)"),
    "an endless training above it": (["while True:\n    pass\n" + F], "was stopped (line 1)"),
    "what ends the process": ([F + "import os\nos._exit(3)"], "exit status 3"),
    "exit()": (["exit()\n" + F], "calls exit()"),
    "a main guard": ([F + "if __name__ == '__main__':\n    while True:\n        pass"], "was stopped"),
    "its name for a value": ([F, "f = f(2)"], "`f` becomes a value"),
    "another definition": (["def f(x):\n    return 0", F], ""),
    "another name for it": (["def f_v2(x):\n    return x + 1\nf = f_v2"], ""),
    "a helper's name for a value": (
        ["def one():\n    return 1\ndef f(x):\n    return x + one()", "one = one()"],
        "`one` becomes a value",
    ),
    "a future import in an earlier cell": (
        ["from __future__ import annotations", "def f(x: Nowhere):\n    return x + 1"],
        "",
    ),
    "a cell that is no Python": (["x = (", F], "is no Python"),
    "a fall-back below what failed": (
        ["rows = open('data.csv').read()\nrows = 0\nONE = rows + 1\ndef f(x):\n    return x + ONE"],
        "FileNotFoundError",
    ),
    "a loop that fails above another of the same variables": (
        [
            "t = []\nfor i in range(2):\n    v = i\n    1 / 0\nfor i in range(2):\n    v = i\n    t += [v]\n"
            "u = [i for i in t]\ndef f(x):\n    return x + u[1]"
        ],
        "line 4",
    ),
    "a file that fails above another of the same name": (
        [
            "with open('data.csv') as h:\n    pass\nimport io\nwith io.StringIO('1') as h:\n    ONE = int(h.read())\n"
            "def f(x):\n    return x + ONE"
        ],
        "FileNotFoundError",
    ),
    "a list that fails, whose variable is its own": (
        ["i = 1\ny = [1 / 0 for i in range(3)]\nONE = i\ndef f(x):\n    return x + ONE"],
        "ZeroDivisionError",
    ),
    "limits of plots": (
        ["import matplotlib.pyplot as plt\nlow, high = plt.xlim()\ntop = plt.gca().get_ylim()[1] * 1.1\n" + F],
        "",
    ),
    "lines, bars and colours of plots": (
        [
            "import matplotlib.pyplot as plt\na, b = plt.plot([1], [2], [3], [4])\nn, bins, _ = plt.hist([1])\n"
            "mid = 0.5 * (bins[1:] + bins[:-1])\ncolours = plt.rcParams['axes.prop_cycle'].by_key()['color']\n"
            "c = colours[3 % len(colours)]\nhandles, labels = plt.gca().get_legend_handles_labels()\n" + F
        ],
        "",
    ),
    "a grid of plots": (
        [
            "import numpy as np\nimport matplotlib\nimport matplotlib.pyplot as plt\nprint(matplotlib.__version__)\n"
            "fig, axs = plt.subplots(2, 3)\nassert axs.shape == (2, 3)\nfor ax in np.array(axs).reshape(-1):\n    ax.plot([1])\n"
            + F
        ],
        "",
    ),
    "a progress bar": (
        ["from tqdm import tqdm\nbar = tqdm(range(3))\nfor i in bar:\n    pass\nassert bar.n == 3\n" + F],
        "",
    ),
    "a widget's value": (["import ipywidgets as w\ns = w.FloatSlider(value=1)\nprint(f'{s.value:.2f}')\n" + F], ""),
}


@pytest.mark.parametrize("kind", BESIDE)
def test_a_right_function_is_graded_beside_figures_downloads_and_failing_statements(
    open_session: Open, kind: str
) -> None:
    cells, said = BESIDE[kind]
    session = open_session(*cells, asked=["f"])
    assert ask(session, "f", 1.0) == 2.0
    assert (said in " ".join(note.text for note in session.notes)) if said else session.notes == []


def test_what_uses_a_missing_package_says_where_it_was_imported(open_session: Open) -> None:
    uses = "import pandas as pd\ndef f(x):\n    return pd.DataFrame(x)\ndef g(x):\n    return pd.NA"
    session = open_session("x = 1", uses)
    for name in "fg":
        with pytest.raises(Raised, match=r"`pandas` is not there where work is graded \(imported in cell 2\)"):
            ask(session, name, 1.0)


def test_the_note_says_which_lines_were_not_run(open_session: Open) -> None:
    session = open_session("a = 1 / 0\nb = a + 1\nc = 2\nprint(c)\nd = b\ne = c")
    said = "lines 2, 4, 5 (which need what it would have made, or only show something) were not run, the rest was"
    assert notes(session) == {1: f"raised ZeroDivisionError: division by zero (line 1): {said}"}


def test_a_number_that_code_reads_stays_though_a_function_had_its_name(open_session: Open) -> None:
    both = "def momentum(x):\n    return x\ndef f(x):\n    return x * momentum"
    session = open_session(both, "momentum = 0.5", asked=["f", "momentum"])
    assert ask(session, "f", 4.0) == 2.0
    assert ask(session, "momentum", 4.0) == 4.0


@pytest.mark.parametrize(
    "calling", ["def h(x, rate):\n    return rate(x)", "def h(x):\n    rate = f\n    return rate(x)"]
)
def test_a_call_of_a_functions_own_variable_leaves_the_number_of_that_name(open_session: Open, calling: str) -> None:
    both = "def rate(x):\n    return x\ndef f(x):\n    return x * rate\n" + calling
    session = open_session(both, "rate = 0.5", asked=["f", "h"])
    assert ask(session, "f", 4.0) == 2.0
    assert session.notes == []


def test_a_timeout_withholds_only_what_is_at_least_as_large(open_session: Open) -> None:
    slow = "def f(x):\n    for i in range(10 ** 9 if len(x) > 9 else 1):\n        pass\n    return len(x)"
    session = open_session(slow)
    with pytest.raises(TimedOut, match="took longer"):
        ask(session, "f", np.zeros(10))
    assert ask(session, "f", np.zeros(3)) == 3
    with pytest.raises(TimedOut, match="for no more than this: not asked again"):
        ask(session, "f", np.zeros(20))


STATEMENTS = ["import numpy as np", "ONE = 10 ** 0", "def one():\n    return ONE", "def f(x):\n    return x + one()"]
DISTURBANCES = ["import NAME_NOT_THERE", "1 / 0", "while True: pass"]
LIMITS = Limits(row_cpu_seconds=0.5, cell_cpu_seconds=0.2, submission_cpu_seconds=2, wall_factor=20)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_disturbing_statements_anywhere_cost_nothing_that_does_not_need_them(jail: Jail, data: st.DataObject) -> None:
    """Cut into up to four cells, with up to five disturbances before, between and behind the statements."""
    listed = list(STATEMENTS)
    for _ in range(data.draw(st.integers(0, 5))):
        listed.insert(data.draw(st.integers(0, len(listed))), data.draw(st.sampled_from(DISTURBANCES)))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(listed) - 1), max_size=3)))
    cells = ["\n".join(listed[a:b]) for a, b in zip([0, *cuts], [*cuts, len(listed)], strict=True)]
    with Session(read_source(notebook(*cells).encode(), "x.ipynb"), jail, LIMITS, ["f"]) as session:
        assert ask(session, "f", 1.0) == 2.0


# ------------------------------------------------------------------------------------------ forms that are text

QUARTO = """---
jupyter: python3
---
Text with ```python``` in it.

```{python}
#| echo: false
import numpy as np
```

```{r}
library(x)
```
"""
MYST = '''````{code-cell} ipython3
:tags: [hide]

s = """
```
"""
````
```{code-cell}
---
tags: [a]
---
y = 1
```
~~~python
z = 1
~~~
'''
MARIMO = '''import marimo

app = marimo.App()

with app.setup:
    import numpy as np

@app.cell(hide_code=True)
def _(
    np,
):
    s = """
inside
"""
    def f(x):
        return x + 1

    return (
        f,
        s,
    )


@app.function
def helper(x):
    return x

if __name__ == "__main__":
    app.run()
'''


def test_quarto_and_myst_cells_are_read_with_their_lines() -> None:
    assert list(markdown_cells(QUARTO)) == ["#| echo: false\nimport numpy as np"]
    hidden, tagged, plain = markdown_cells(MYST)
    assert hidden == '# :tags: [hide]\n\ns = """\n```\n"""'
    assert (tagged, plain) == ("# ---\n# tags: [a]\n# ---\ny = 1", "z = 1")


def test_marimo_cells_are_bodies_without_their_return() -> None:
    assert is_marimo(MARIMO)
    setup, cell, function = marimo_cells(MARIMO)
    assert setup == "import numpy as np"
    assert cell == 's = """\ninside\n"""\ndef f(x):\n    return x + 1\n\n# return (\n#     f,\n#     s,\n# )'
    assert function == "def helper(x):\n    return x"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("x.py", F),
        ("x.py", "# %%\nimport pandas\n# %%\n" + F),
        ("x.py", MARIMO),
        ("x.qmd", f"# Mine\n\n```{{python}}\n{F}```\n"),
        ("x.md", f"# Mine\n\n```{{code-cell}} ipython3\n{F}```\n"),
        ("x.md", f"```python\n{F}```\n"),
        ("x.py", notebook(F)),
        ("x.ipynb", notebook(F)),
    ],
)
def test_the_same_work_is_read_from_each_form(jail: Jail, file: str, text: str) -> None:
    with Session(read_source(text.encode(), file), jail, Limits(), ["f"]) as session:
        assert ask(session, "f", 1.0) == 2.0


PIECES = ["```{python}", "```", "@app.cell", "def _():", "    x", "import marimo", "'" * 3]


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES)).map("\n".join))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert all(isinstance(cell, str) for cell in [*markdown_cells(text), *marimo_cells(text)])


def test_a_missing_package_may_be_looked_at_but_not_used() -> None:
    thing: Any = Absent("pandas", 3)
    assert isinstance(thing.core.frame, Absent)
    assert not isinstance(3, thing)
    uses: dict[str, Any] = {
        "+": lambda: thing + 1,
        "r+": lambda: 1 + thing,
        "()": lambda: thing(1),
        "[]": lambda: thing[0],
    }
    uses |= {"list": lambda: list(thing), "bool": lambda: bool(thing), "<": lambda: thing < 1}
    for use in uses.values():
        with pytest.raises(ModuleNotFoundError, match=r"`pandas` is not there .* \(imported in cell 3\)"):
            use()


# ------------------------------------------------------------------------------------------ hostile answers

# The kernel of a process that answers some requests itself: `LIES` has a function for each kind that it lies about.
LYING = """
import gc
kernel = next(thing for thing in gc.get_objects() if type(thing).__name__ == 'Kernel')
class Lying(type(kernel)):
    def answer(self, request):
        return LIES[request['do']](request) if request['do'] in LIES else super().answer(request)
kernel.__class__ = Lying
"""
RAISING = "dict(raised='E', message='m' * 600, cell=2, line=1, calling='')"
FOREIGN = {
    "a start for a cell": "{'cell': lambda r: {'ready': True}}",
    "an answer for a statement": "{'statement': lambda r: {'ok': []}}",
    "more statements than characters": "{'cell': lambda r: {'lines': [1] * 99, 'main': 0}}",
    "a missing function for a name": "{'settle': lambda r: {'missing': 'f', 'have': []}}",
}
ODD = {
    "no cell": "{'settle': lambda r: {'restored': [['f', [], {}], ['f', True, 1.0], ['f', 9, 1], [1, 1, 1], 3]}}",
    "an array": "{'settle': lambda r: {'restored': [['f', __import__('numpy').zeros(3), 1]]}}",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_an_answer_to_another_request_ends_the_process(open_session: Open, kind: str) -> None:
    session = open_session(f"LIES = {FOREIGN[kind]}{LYING}", F)
    assert "answered out of turn or out of form" in " ".join(note.text for note in session.notes)


@pytest.mark.parametrize("kind", ODD)
def test_names_of_odd_form_that_a_process_claims_make_no_notes(open_session: Open, kind: str) -> None:
    session = open_session(f"LIES = {ODD[kind]}{LYING}", F)
    assert ask(session, "f", 1.0) == 2.0
    assert session.notes == []


MUCH = {
    "exceptions": f"{{'statement': lambda r: {RAISING}, 'cell': lambda r: {{'lines': [1] * 999, 'main': 0}}}}",
    "packages": "{'statement': lambda r: {'ran': True, 'absent': [f'{\"p\" * 600}{r[\"index\"]}_{i}' for i in range(300)]}}",
    "names": "{'settle': lambda r: {'restored': [['f' * 9, 1, 2]] * 9999}}",
}


@pytest.mark.parametrize("kind", MUCH)
def test_notes_are_few_and_short_whatever_a_process_claims(open_session: Open, kind: str) -> None:
    session = open_session(f"LIES = {MUCH[kind]}{LYING}", "x = 1\n" * 999)
    assert 0 < len(session.notes) <= 200
    assert sum(len(note.text) for note in session.notes) < 20_000


def test_a_cell_in_which_much_fails_says_how_much(open_session: Open) -> None:
    session = open_session("".join(f"x{i} = 1 / 0\n" for i in range(30)) + "y = x3")
    assert len(session.notes) == 21
    assert session.notes[-2].text.endswith(
        "line 31 (which need what it would have made, or only show something) was not run, the rest was"
    )
    assert session.notes[-1].text == "10 more of its statements raised an exception"


BUSY = "import time\ndef wait():\n    until = time.process_time() + 0.02\n    while time.process_time() < until: pass\n"
# The wall's limits leave the last start 2.4 s for what takes 0.05 s, so that a busy machine does not decide.
SHORT = Limits(row_cpu_seconds=0.5, cell_cpu_seconds=0.3, submission_cpu_seconds=0.5, wall_factor=8)


@pytest.mark.parametrize("statement", ["x = wait()\n", "x = time.sleep(0.08)\n"])
def test_many_short_statements_share_the_limits_of_their_cell_and_of_all(open_session: Open, statement: str) -> None:
    session = open_session(BUSY + statement * 50, *[statement * 50] * 9, F, limits=SHORT)
    said = " ".join(note.text for note in session.notes)
    assert "took longer than 0.3 s of processor time (or slept) and was stopped" in said
    assert "of all cells only definitions were run" in said
    assert session.cpu_seconds() < 0.5 + 0.3 + 1.0  # what starting the processes takes is in it, too
    assert ask(session, "f", 1.0) == 2.0


DEFINITIONS = {
    "a lambda": "f = lambda x: x + 1",
    "another name": "def g(x):\n    return x + 1\nf = g",
    "an import that is provided for": (
        "try:\n    import numpy as np\nexcept ImportError:\n    print('no numpy')\ndef f(x):\n    return np.add(x, 1)"
    ),
    "a condition": "USE = True\nif USE and 1 < 2:\n" + "    def f(x):\n        return x + 1\n" + "else:\n    pass",
}


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_the_last_start_defines_what_the_notebook_defines(open_session: Open, kind: str) -> None:
    limits = Limits(row_cpu_seconds=0.5, cell_cpu_seconds=0.2, submission_cpu_seconds=0.3, wall_factor=20)
    session = open_session(DEFINITIONS[kind], *["while True: pass"] * 3, limits=limits)
    assert "of all cells only definitions were run" in " ".join(note.text for note in session.notes)
    assert ask(session, "f", 1.0) == 2.0


def test_a_lambda_calls_the_function_though_its_name_became_a_value(open_session: Open) -> None:
    session = open_session("def one():\n    return 1\nf = lambda x: x + one()", "one = one()", asked=["f"])
    assert ask(session, "f", 1.0) == 2.0
