"""What stands in for figures, progress bars, input() and packages that are not there."""

from __future__ import annotations

import pytest

from grader.errors import Raised
from support.sessions import ANSWER, Open, ask, notes


@pytest.mark.parametrize("leaving", ["exit()", "quit()", "import sys; sys.exit(1)", "raise SystemExit"])
def test_exit_in_a_cell_costs_no_definition_beside_it(open_session: Open, leaving: str) -> None:
    session = open_session(f"x = 1\n{leaving}\nx = 2", "def f():\n    return x")
    assert ask(session, "f") == 2
    assert notes(session) == {1: "calls exit() (line 2): the rest was run without it"}


def test_exit_in_a_function_loses_its_row_only(open_session: Open) -> None:
    session = open_session("import sys\ndef f():\n    sys.exit()", ANSWER)
    with pytest.raises(Raised, match="SystemExit"):
        ask(session, "f")
    assert ask(session, "answer") == 42


def test_input_has_nobody_to_answer_it(open_session: Open) -> None:
    session = open_session("name = input('Your name? ')", ANSWER)
    assert ask(session, "answer") == 42
    assert "input() has nobody to answer it" in notes(session)[1]


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
def test_figures_and_progress_bars_run_without_their_packages(open_session: Open, kind: str) -> None:
    session = open_session(PLOTS[kind])
    assert session.notes == []


def test_a_package_that_is_not_there_may_be_imported_and_not_used(open_session: Open) -> None:
    session = open_session("import torch.nn.functional as F\ndef f(x):\n    return F.relu(x)", ANSWER)
    assert ask(session, "answer") == 42
    assert notes(session) == {1: "imports `torch`, which is not there where work is graded: what uses it fails"}
    with pytest.raises(Raised, match=r"`torch` is not there where work is graded \(imported in cell 1\)"):
        ask(session, "f", 1.0)


def test_a_missing_module_of_an_allowed_package_is_named(open_session: Open) -> None:
    assert "numpy.torch" in notes(open_session("import numpy.torch"))[1]
