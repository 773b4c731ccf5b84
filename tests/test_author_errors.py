"""An author's slip is told in one sentence, with its place, by `grader verify` and `grader release`: exit code 2, no traceback."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.cli.app import app
from grader.topics.cases import draw

TOPIC = '''\
"""Waves."""
import numpy as np
from grader import *

def wave(x: Reals["n"], a: Reals[""], *, shift=0.5) -> Reals[""]:
    """The sum of sin(a x + shift)."""

def slope(x: Reals["n"], a: Reals[""], *, shift=0.5) -> {"dx": Reals["n"], "da": Reals[""]}:
    """Its derivatives."""

def cases(rng):
    yield "points", sample(wave, rng, n=4)

# HELPERS
topic = Topic("Waves", cases, rubric=[
    Row("wave", 1, "the wave is right", matches(wave)),
    Row("slope", 1, "its slopes are right", matches(slope), needs="wave"),
])
'''
SOLUTION = """\
import numpy as np


def wave(x, a, *, shift=0.5):
    return np.sin(a * x + shift).sum()


def slope(x, a, *, shift=0.5):
    inner = np.cos(a * x + shift)
    return a * inner, (x * inner).sum()
"""
STEP = 'def step(w: Reals["n"], dw: Reals["n"], state: Opaque, *, lr=0.1) -> (Reals["n"], Opaque): ...\n'
BOWLS = 'def bowls(rng): yield "a bowl", {}\n'
MISTAKES = """\
from grader import Mistake

mistakes = [Mistake("cosine", was="np.sin(", now="np.cos(", costs=2, say="Take the sine.")]
"""
HANDOUT = "# Waves\n\n{stub wave}\n\n{check wave}\n\n{stub slope}\n\n{check slope}\n"
REFERENCE = """\
import torch


def wave(x, a, shift):
    return torch.sin(a * x + shift).sum()


def slope(x, a, shift):
    inner = torch.cos(a * x + shift)
    return a * inner, (x * inner).sum()
"""
FILES = {"solution.py": SOLUTION, "mistakes.py": MISTAKES, "handout.md": HANDOUT}
LAYER = (
    'class scale(Layer):\n    def forward(x: Reals["n"], g: Reals[""]) -> {"out": Reals["n"], "cache": Opaque}: ...\n'
    '    def backward(dout: Reals["n"], cache: Opaque) -> {"dx": Reals["n"]}: ...\n'
)
WAVE, SLOPE = "matches(wave)", "matches(slope)"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of one sound topic, which is the working directory."""
    folder = tmp_path / "assignments" / "waves"
    folder.mkdir(parents=True)
    for name, text in {"topic.py": TOPIC, **FILES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "waves.py").write_text(REFERENCE, encoding="utf-8")
    (tmp_path / "autograder.yml").write_text("name: A course\ntopics:\n  waves:\ndevice: cpu\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(path: Path, was: str, now: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(was) == 1, f"{was!r} occurs {text.count(was)} times"
    path.write_text(text.replace(was, now), encoding="utf-8")


def topic_of(root: Path) -> Path:
    return root / "assignments" / "waves" / "topic.py"


def told(root: Path, *command: str) -> list[str]:
    """What the command says of the author's slip, line by line; folders are left out."""
    done: Any = CliRunner().invoke(app, [*command, "waves", "--no-progress"])
    assert done.exit_code == 2, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "Traceback" not in done.output
    assert "a bug" not in done.output
    *lines, _ = f"{done.stderr}\n".split("\n")
    return [re.sub(rf"{root}/(?:[\w-]+/)*", "", line) for line in lines if line]


def verified(root: Path) -> list[str]:
    return told(root, "verify", "--seeds", "1")


def released(root: Path) -> list[str]:
    return told(root, "release", "-o", str(root / "out"))


def test_the_course_of_these_tests_is_sound(root: Path) -> None:
    done = CliRunner().invoke(app, ["verify", "--seeds", "1", "waves"])
    assert done.exit_code == 0, done.output


# ------------------------------------------------------------------------- what is wrong in topic.py where it is read

READ = {
    # declarations
    "no sizes": ('wave(x: Reals["n"]', "wave(x: Reals", "5", "`x` of wave is annotated with Reals without sizes"),
    "no annotation": ('wave(x: Reals["n"]', "wave(x", "5", "`x` of wave is annotated with nothing"),
    "another type": ('wave(x: Reals["n"]', "wave(x: np.ndarray", "5", "`x` of wave is annotated with ndarray"),
    "text for annotations": (
        '"""Waves."""',
        "from __future__ import annotations",
        "5",
        "is `from __future__ import annotations` in this file? Take it out",
    ),
    "a number for sizes": ('wave(x: Reals["n"]', "wave(x: Reals[3]", "5", 'Reals[3]: sizes are letters or digits with blanks'),
    "commas between sizes": ('wave(x: Reals["n"]', 'wave(x: Reals["n,m"]', "5", "Reals['n,m']: sizes are letters or digits"),
    "all arguments": (
        '(x: Reals["n"], a: Reals[""], *, shift=0.5) -> Reals',
        "(*x) -> Reals",
        "5",
        "wave takes `*x`: name each argument",
    ),
    "nothing is returned": ('shift=0.5) -> Reals[""]:', "shift=0.5):", "5", "wave returns nothing, expected Reals"),
    "a size of the answer alone": (
        '{"dx": Reals["n"]',
        '{"dx": Reals["e"]',
        "8",
        "`dx` of slope has the size `e`, which no argument has (they have: n, shift)",
    ),
    "a layer without backward": (
        "# HELPERS",
        'class scale(Layer):\n    def forward(x: Reals["n"]) -> {"out": Reals["n"], "cache": Opaque}: ...\nvjp(scale)',
        "16",
        "the Layer scale has no `def backward`",
    ),
    "a layer without cache": (
        "# HELPERS",
        'class scale(Layer):\n    def forward(x: Reals["n"]) -> Reals["n"]: ...\n'
        '    def backward(dout: Reals["n"], cache: Opaque) -> Reals["n"]: ...\nvjp(scale)',
        "15",
        "scale_forward has to return an array and an Opaque cache, in this order",
    ),
    "an attribute of another type": (
        "# HELPERS",
        "class Counter(Object):\n    total: float\nfollows(cases, Counter)",
        "16",
        "Counter: `total` is annotated with float, expected Reals",
    ),
    # rows
    "needs another name": ('needs="wave"', 'needs="wav"', "15", "row 'slope' needs ['wav'], which no earlier row is called"),
    "a row twice": ('Row("slope"', 'Row("wave"', "15", "row 'wave' is there twice"),
    "a check that is not made": (WAVE, "matches", "15", "row 'wave' has `matches` where a check belongs"),
    "a claim in place of a check": (WAVE, "cases", "15", "row 'wave' has `cases` where a check belongs, as in matches(f)"),
    "points in words": ('"wave", 1,', '"wave", "1",', "15", "row 'wave' is worth '1' points"),
    # checks
    "a helper in place of a function": (WAVE, "matches(cases)", "11", "`rng` of cases is annotated with nothing"),
    "a layer is asked for": (WAVE, "vjp(wave)", "16", "a Layer is asked for here, and wave is none"),
    "a function is asked for": (WAVE, "trajectory(Layer, steps=2)", "16", "a function is asked for here, and Layer is a class"),
    "an object in a function's place": (WAVE, "matches(Object)", "16", "Object is an Object: it is asked by a script"),
    "an unknown output of a stage": (WAVE, 'stage(slope, "dy")', "16", "slope has no output `dy` (it has: dx, da)"),
    "an unknown output": (WAVE, 'matches(slope, output="dy")', "16", "slope has no output `dy` (it has: dx, da)"),
    "an output of a script": (
        WAVE,
        'matches(Script(cases, wave), output="y")',
        "16",
        "matches(…, output='y'): a script has no outputs by name",
    ),
    "an unknown output of a backward": (
        "# HELPERS",
        LAYER + 'vjp(scale, output="dg")',
        "17",
        "scale_backward has no output `dg` (it has: dx)",
    ),
    "an output that is no array": (
        "# HELPERS",
        LAYER + 'matches(scale, output="cache")',
        "17",
        "scale_forward has no output `cache` (it has: out)",
    ),
    "a gradient along an argument without slope": (
        "# HELPERS",
        LAYER + 'gradient(scale, wrt="g")',
        "17",
        "gradient(…, wrt='g'): scale_backward returns no slope of `g` (it returns those of x)",
    ),
    "no optimiser": (WAVE, "trajectory(wave, steps=2)", "16", "wave is no optimiser: one takes (w, dw, state, *, …)"),
    "too many round trips": (WAVE, "converges(wave, cases, cases, within=0.1, steps=999)", "16", "converges(steps=999): from 1"),
    "a gradient of an array": (WAVE, "gradient(of=slope, by=slope)", "16", "slope returns no single number"),
    "a gradient without slopes": (WAVE, "gradient(of=wave)", "16", "gradient(of=…) needs `by`"),
    "a gradient along an unknown name": (
        WAVE,
        'gradient(of=wave, by=slope, wrt="x b")',
        "16",
        "gradient(…, wrt='x b'): wave has no real argument `b` (x, a)",
    ),
    "a gradient of a script along nothing": (
        WAVE,
        "gradient(of=Script(cases, wave), by=slope)",
        "16",
        "gradient(of=a script, …) needs `wrt`",
    ),
    "a run along an unknown name": (
        WAVE,
        'run(wave, at=[1], along="y")',
        "16",
        "run(along='y'): wave has no array or whole number of that name",
    ),
    "a run of no steps": (WAVE, 'run(wave, at=[], along="x")', "16", "run(at=[]): name at least one number of steps"),
    "a fall-back that is none": (WAVE, "either(matches(wave), pure(wave))", "16", "pure cannot stand in for another claim"),
    "a test with many false alarms": (WAVE, "statistical(cases, wave, false_alarm=0.01)", "16", "at most 1e-09"),
    "no steps": (WAVE, "trajectory(wave, steps=0)", "16", "trajectory(steps=0, tensors=1, shape=(40,)): at least one step"),
    "a shape without entries": (WAVE, "trajectory(wave, steps=1, shape=(3, 0))", "16", "shape=(3, 0)): at least one step of one"),
    "zero gradients in two entries": (
        WAVE,
        "trajectory(wave, steps=3, shape=(2,), zero_gradients=True)",
        "16",
        "trajectory(shape=(2,), zero_gradients=True): at least three entries, one of them never 0",
    ),
    "a pause beyond the steps": (
        WAVE,
        "trajectory(wave, steps=3, pauses=[0])",
        "16",
        "trajectory(steps=3, pauses=[0]): some of the steps 1 to 3, but not all of them",
    ),
    "a schedule that is too short": (
        "# HELPERS",
        STEP + "trajectory(step, steps=3, lr=[0.1, 0.01])",
        "15",
        "trajectory(steps=3, lr=[0.1, 0.01]): a list is a schedule, a number for each of the 3 steps",
    ),
    "a minimum that is the same on every seed": (
        "# HELPERS",
        STEP + BOWLS.format('{"start": [1.0, 2.0], "to": [0.0, 1.0]}') + "converges(step, cases, on=bowls, within=0.1, steps=3)",
        "15",
        "converges(on=`bowls`): the minimum on a bowl is (0, 1) on every seed: a program that always walks there earns the row",
    ),
    "a start of another size": (
        "# HELPERS",
        STEP + BOWLS.format('{"start": [1.0, 2.0], "to": [rng.normal()]}') + "converges(step, cases, bowls, within=0.1, steps=3)",
        "15",
        "converges: `bowls` gives start=[1.0, 2.0]",
    ),
    "a start at the minimum": (
        "# HELPERS",
        STEP + BOWLS.format('{"start": [1.0], "to": [1.0]}') + "converges(step, cases, on=bowls, within=0.1, steps=3)",
        "15",
        "to=[1.0] on a bowl: two arrays of one shape, further apart than 0.1",
    ),
    "a hyper-parameter that is not there": (
        "# HELPERS",
        'def step(w: Reals["n"], dw: Reals["n"], state: Opaque, *, lr=0.1) -> (Reals["n"], Opaque): ...\n'
        "trajectory(step, steps=3, rate=0.1)",
        "15",
        "step has no hyper-parameter `rate` (it has: lr)",
    ),
    "a step of a number that is not judged": (
        WAVE,
        'band(wave, cases, of=["loss"], ensemble="e", steps={"share": 0.1})',
        "16",
        "band(steps=…): `share` is no number that is judged (loss)",
    ),
    "a band of text": (WAVE, 'band(wave, cases, of="loss", ensemble="e")', "16", "band(of='loss'): give a list"),
    # Python
    "a slip in Python": (WAVE, "matches(wav)", "16", "NameError: name 'wav' is not defined"),
    "no Python": (WAVE, "matches(wave", "18", "SyntaxError: closing parenthesis"),
}  # fmt: skip


@pytest.mark.parametrize(("was", "now", "line", "sentence"), READ.values(), ids=READ)
def test_a_slip_that_shows_when_topic_py_is_read_is_told_with_its_line(
    root: Path, was: str, now: str, line: str, sentence: str
) -> None:
    edit(topic_of(root), was, now)
    [said] = released(root)
    assert re.match(rf"grader: topic\.py:{line}: ", said), said
    assert sentence in said


# ------------------------------------------------------------------------------- what shows when a check is asked

SCRIPT = "def story(world, case):\n    {}\n"
ASKED = {
    # cases
    "a size that is not given": (
        "sample(wave, rng, n=4)",
        "sample(wave, rng)",
        "topic.py:12: sample(wave, …): the size `n` of `x` is not given: write sample(wave, rng, n=…)",
    ),
    "a size that nothing has": (
        "sample(wave, rng, n=4)",
        "sample(wave, rng, n=4, m=3)",
        "topic.py:12: sample(wave, …, m=…): wave has no `m` (its arguments are x, a, shift, its sizes n)",
    ),
    "cases that fail": (
        "n=4)",
        "n=1 // 0)",
        "topic.py:12: `cases` raised ZeroDivisionError: integer division or modulo by zero",
    ),
    "no case": ('yield "points"', 'if False: yield "points"', "topic.py:11: `cases` yields no case"),
    "no name for a case": ('yield "points", ', "yield ", "topic.py:11: `cases` yields {'x': array("),
    "a case without an argument": (
        "sample(wave, rng, n=4)",
        '{"x": rng.normal(size=4)}',
        "topic.py:16: wave takes `a`, which the case has not (it has: x)",
    ),
    "an array of another number of axes": (
        "sample(wave, rng, n=4)",
        "sample(wave, rng, x=np.ones((2, 2)))",
        "topic.py:16: `x` of wave is declared as real array of shape (n,), but has shape (2, 2) in a case",
    ),
    # claims
    "a claim that fails": (
        WAVE,
        "holds(lambda trial, case: 1 / 0, wave)",
        "topic.py:16: a lambda raised ZeroDivisionError: division by zero, on points",
    ),
    "a claim on what a case has not": (
        WAVE,
        'holds(lambda trial, case: case["y"], wave)',
        "topic.py:16: `y` is asked for, which the case has not (it has: x, a)",
    ),
    "a claim that returns a truth value": (
        WAVE,
        "holds(lambda trial, case: 1 > 2, wave)",
        "topic.py:16: a lambda returned False, expected None where it holds, or a sentence",
    ),
    "a call without an argument": (
        WAVE,
        'holds(lambda trial, case: trial.call(wave, x=case["x"]), wave)',
        "topic.py:16: wave takes `a`, which the case has not (it has: x)",
    ),
    "a count that is none": (
        WAVE,
        "statistical(lambda trial, case: 3, wave)",
        "topic.py:16: a lambda returned 3, expected a Count, a Mean, a Variance, a Distribution, several, or a sentence",
    ),
    "a function of a script is not named": (
        WAVE,
        "follows(lambda world, case: [world.slope(1)], wave)",
        "topic.py:16: the script asks for `slope`, which is not named beside it (it names: wave)",
    ),
    # scripts
    "a script that yields nothing": (
        WAVE,
        "follows(lambda world, case: [], wave)",
        'topic.py:16: a lambda yields nothing: write `yield "what it is", value` for each answer',
    ),
    "a script that is no generator": (
        WAVE,
        "follows(lambda world, case: None, wave)",
        "topic.py:16: a lambda yields nothing",
    ),
    "a script that yields no name": (
        WAVE,
        "follows(lambda world, case: [7], wave)",
        'topic.py:16: a lambda yields 7, expected what it is and its value, as in `yield "w", w`',
    ),
    "a script that fails": (
        WAVE,
        'follows(lambda world, case: [("w", 1 / 0)], wave)',
        "topic.py:16: a lambda raised ZeroDivisionError: division by zero",
    ),
    "too many arguments": (
        WAVE,
        'follows(lambda world, case: [("w", world.wave(1, 2, 3, 4))], wave)',
        "topic.py:16: wave takes 3 arguments, and the script gives 4",
    ),
    "an attribute that is not declared": (
        WAVE,
        'follows(lambda world, case: [("w", world.wave(**case).total)], wave)',
        "topic.py:16: 'w' is a method that is not called, or an attribute that no class declares",
    ),
    "another number of outputs": (
        WAVE,
        'composition(slope, lambda world, case: [("dx", world.wave(**case))], wave)',
        "topic.py:16: the script has to yield the 2 outputs of slope, and yields 1",
    ),
    # single checks
    "a checkpoint beyond the steps": (
        WAVE,
        'run(wave, at=[1, 9], along="x")',
        "topic.py:16: run(at=[1, 9]): `x` has 4 steps on points, so there is no checkpoint at 9",
    ),
    "no case is one for it": (
        WAVE,
        'pure(wave, on=lambda rng: [("y", {"y": 1.0})])',
        "topic.py:16: pure: no case is one for wave: wave takes `x` and `a`, which the case has not (it has: y)",
    ),
    "a slope of another shape": (
        "# HELPERS",
        STEP + BOWLS.format('{"start": [9.0], "to": [rng.normal()]}') + 'row = Row("down", 1, "c", '
        "converges(step, lambda w, case: [1, 2], on=bowls, within=0.1, steps=3))",
        "topic.py:16: a lambda returned an array of shape (2,), expected (1,)",
    ),
}


@pytest.mark.parametrize(("was", "now", "sentence"), ASKED.values(), ids=ASKED)
def test_a_slip_that_shows_when_a_check_is_asked_is_told_once_with_its_rows(
    root: Path, was: str, now: str, sentence: str
) -> None:
    edit(topic_of(root), was, now)
    if "row = " in now:  # in place of the rows that there are, with a function of its own
        edit(topic_of(root), f'Row("wave", 1, "the wave is right", {WAVE})', "row")
        edit(topic_of(root), 'needs="wave"', "")
        edit(
            root / "assignments" / "waves" / "solution.py",
            "import numpy as np\n",
            "def step(w, dw, state):\n    return w, 0\nimport numpy as np\n",
        )
    said = [line.removeprefix("grader: ") for line in verified(root)]
    assert len(said) == len(set(said)) <= 2, said
    assert sentence in said[0], said
    assert re.match(r"topic\.py:\d+: ", said[0]), said
    assert re.search(r" \((row '[a-z]+'|rows 'wave' and 'slope')\)$", said[0]), said


def test_what_the_solution_meets_is_told_by_release_with_its_row(root: Path) -> None:
    edit(topic_of(root), "n=4)", "n=1 // 0)")
    [said] = released(root)
    assert said.startswith("grader: waves: the model solution does not earn 'wave': topic.py:12: `cases` raised Zero")


# -------------------------------------------------------------------------------------------------- the other files


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("handout.md", "the prose of the student's notebook"),
        ("solution.py", "the model solution, in numpy"),
    ],
)
@pytest.mark.parametrize("command", [verified, released])
def test_a_file_that_is_missing_is_named(root: Path, name: str, what: str, command: Any) -> None:
    (topic_of(root).parent / name).unlink()
    assert command(root) == [f"grader: {name}: there is no such file; it is {what} (docs/add-a-topic.md)"]


def test_a_mistakes_py_that_is_missing_is_named(root: Path) -> None:
    (topic_of(root).parent / "mistakes.py").unlink()
    assert verified(root) == ["grader: mistakes.py: there is no such file"]


def test_a_reference_that_is_missing_is_named(root: Path) -> None:
    (root / "reference" / "waves.py").unlink()
    assert verified(root) == ["grader: waves.py: there is no such file"]


@pytest.mark.parametrize("command", [verified, released])
def test_a_function_that_the_reference_lacks_is_told_once(root: Path, command: Any) -> None:
    edit(root / "reference" / "waves.py", "def slope", "def slop")
    assert command(root) == [
        "grader: waves.py: defines no `slope`, which the rubric compares with (first in row 'slope')"
    ]


def test_an_ensemble_that_the_reference_lacks_is_told_once(root: Path) -> None:
    edit(topic_of(root), WAVE, 'band(wave, cases, of=["loss"], ensemble="trainings")')
    assert verified(root) == [
        "grader: waves.py: defines no `trainings`, which the rubric compares with (first in row 'wave')"
    ]


def test_a_reference_that_fails_is_told_once_and_not_for_each_mistake(root: Path) -> None:
    edit(root / "reference" / "waves.py", "torch.sin(a * x", "torch.sin(1 / 0 * x")
    done = CliRunner().invoke(app, ["verify", "--seeds", "2", "waves"])
    assert done.exit_code == 1  # a fault of the reference may be one of the machine
    said = [line for line in done.stdout.splitlines() if "failed" in line]
    assert said == [
        "the solution cannot be judged: the reference of wave failed: ZeroDivisionError: division by zero (row 'wave')"
    ]


def test_a_topic_py_that_defines_no_topic_is_told(root: Path) -> None:
    edit(topic_of(root), "topic = Topic(", "topics = Topic(")
    assert verified(root) == ["grader: topic.py: defines no `topic = Topic(…)`"]


def test_a_list_that_mistakes_py_lacks_is_told(root: Path) -> None:
    edit(topic_of(root).parent / "mistakes.py", "mistakes = [", "nothing = [")
    assert verified(root) == ["grader: mistakes.py: defines no list `mistakes` (it may be empty)"]


def test_a_solution_that_is_no_python_is_told(root: Path) -> None:
    edit(topic_of(root).parent / "solution.py", "def wave(", "def wave((")
    [said] = verified(root)
    assert said.startswith("grader: solution.py cannot be run: SyntaxError: ")


def test_a_handout_without_a_stub_is_told(root: Path) -> None:
    edit(topic_of(root).parent / "handout.md", "{stub wave}", "")
    assert released(root) == ["grader: waves: handout.md has {stub wave} on a line of its own 0 times, not once"]


def test_a_mistake_that_does_not_apply_is_told(root: Path) -> None:
    edit(topic_of(root).parent / "mistakes.py", 'was="np.sin("', 'was="np.tan("')
    assert released(root) == ["grader: 'cosine': its `was` occurs 0 times in solution.py: 'np.tan('"]


ENSEMBLE = """
from grader.truth.reference import Ensemble
trainings = Ensemble(lambda members, x: {"loss": torch.arange(members) + 0.0, "curve": torch.ones(members, 3)})
"""


@pytest.mark.parametrize(
    ("returned", "sentence"),
    {
        "a number is lacking": ('{"curve": [1, 1, 1]}', "a lambda returned no 'loss' (it returned: curve)"),
        "a list for a number": ('{"loss": [1], "curve": [1, 1, 1]}', "a lambda raised TypeError: "),
        "a shorter curve": (
            '{"loss": 1, "curve": [1, 1]}',
            "the curve of a lambda has shape (2,), that of `trainings` (3,)",
        ),
    }.values(),
)
def test_a_measure_that_does_not_fit_its_ensemble_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, returned: str, sentence: str
) -> None:
    monkeypatch.setenv("GRADER_CACHE", str(root / "cache"))
    reference = root / "reference" / "waves.py"
    reference.write_text(REFERENCE + ENSEMBLE, encoding="utf-8")
    band = f'band(wave, lambda case, answer: {returned}, of=["loss"], ensemble="trainings")'
    edit(topic_of(root), WAVE, band)
    [said] = verified(root)
    assert said.startswith(f"grader: topic.py:16: {sentence}"), said


# ------------------------------------------------------------------------------------------ what helps on


def test_two_cases_of_one_name_are_told_apart() -> None:
    """Chance may draw a name twice, as autodiff's graphs are drawn: no reason to leave a submission ungraded."""
    found = draw(lambda rng: iter([("a batch", {"n": 1}), ("a batch", {"n": 2}), ("a row", {}), ("a batch", {})]), None)
    assert [name for name, _ in found] == ["a batch", "a batch (2)", "a row", "a batch (3)"]


def findings(root: Path, *more: str) -> str:
    done = CliRunner().invoke(app, ["verify", "--seeds", "1", "waves", "--no-progress", *more])
    assert done.exit_code == 1, done.output
    return str(done.output)


def test_a_topic_without_variants_is_told_so(root: Path) -> None:
    done = CliRunner().invoke(app, ["verify", "--seeds", "1", "waves", "--no-progress"])
    assert "no variants: nothing shows that a right program of another form earns every row" in done.output


def test_a_variant_that_defines_nothing_that_is_asked_for_is_found(root: Path) -> None:
    (topic_of(root).parent / "variants").mkdir()
    (topic_of(root).parent / "variants" / "loop.py").write_text('"""a loop"""\n\ndef waves(x, a):\n    return 0\n')
    assert (
        "variant 'a loop' defines nothing that is asked for or that the solution defines: it is the solution once more"
        in findings(root)
    )


def test_a_mutant_that_survives_comes_with_the_line_that_would_declare_it_right(root: Path) -> None:
    edit(topic_of(root).parent / "solution.py", "np.sin(a * x + shift).sum()", "np.sin(a * x + shift).sum() + 0.0")
    said = findings(root, "--mutants")
    line = "Equivalent('return np.sin(a * x + shift).sum() + 0.0', 'return np.sin(a * x + shift).sum()', because=…)"
    assert f"if it is right, say why in `equivalents` of mistakes.py: {line}" in said


def test_a_solution_with_kinks_is_told_of_piecewise(root: Path) -> None:
    folder = topic_of(root).parent
    edit(topic_of(root), SLOPE, "gradient(of=wave, by=slope)")
    kinked = SOLUTION.replace("np.sin(", "np.abs(").replace("np.cos(", "np.sign(")
    (folder / "solution.py").write_text(kinked, encoding="utf-8")
    edit(
        topic_of(root),
        "sample(wave, rng, n=4)",
        'sample(wave, rng, n=40) | {"shift": 0.0, "x": 1e-4 * rng.normal(size=40)}',
    )
    reference = root / "reference" / "waves.py"
    edit(reference, "torch.sin(", "torch.abs(")
    edit(folder / "mistakes.py", 'was="np.sin("', 'was="np.abs("')
    said = findings(root)
    assert "(has it kinks? gradient(…, piecewise=True) asks along coordinates" in said, said
