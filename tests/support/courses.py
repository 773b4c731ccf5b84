"""A small course of two topics, complete and sound, for the tests of everything that grades."""

from __future__ import annotations

from pathlib import Path

SOFTMAX_TOPIC = '''
"""Softmax cross-entropy."""
from grader import Ints, Reals, Row, Topic, either, gradient, holds, matches, pure, sample

UNHEARD_OF_SHIFT = 7.25

def softmax_xent(logits: Reals["n c"], labels: Ints["n", "c"]) -> Reals[""]:
    """The mean over the batch of  -log softmax(logits)[label]."""

def softmax_xent_grad(logits: Reals["n c"], labels: Ints["n", "c"]) -> Reals["n c"]:
    """The derivative of `softmax_xent` with respect to `logits`."""

def cases(rng):
    yield "a batch", sample(softmax_xent, rng, n=8, c=5)
    yield "a single row", sample(softmax_xent, rng, n=1, c=3)

def enormous(rng):
    yield "logits near 1000", sample(softmax_xent, rng, n=4, c=3, scale=1000)

def rows_sum_to_zero(trial, case):
    sums = trial.call(softmax_xent_grad, **case).sum(axis=1)
    if abs(sums).max() > 1e-12:
        return f"row 0 of the gradient sums to {sums[0]:.3g}"

def moved(logits):
    return logits + UNHEARD_OF_SHIFT

def blind_to_a_shift(trial, case) -> str | None:
    before = trial.call(softmax_xent, **case)
    after = trial.call(softmax_xent, **{**case, "logits": moved(case["logits"])})
    if abs(before - after) > 1e-9:
        return "a constant added to every logit changes the loss"
    if abs(before - trial.expected(softmax_xent, **case)) > 1e-9:
        return "the loss is wrong"

topic = Topic("Softmax cross-entropy", cases, rubric=[
    Row("loss", 3, "the loss is right", matches(softmax_xent)),
    Row("grad", 4, "the gradient is right",
        either(matches(softmax_xent_grad), gradient(of=softmax_xent, by=softmax_xent_grad, wrt="logits"))),
    Row("huge", 2, "large logits do not overflow", matches(softmax_xent, on=enormous)),
    Row("sums", 1, "each row of the gradient sums to 0", holds(rows_sum_to_zero, softmax_xent_grad), needs="grad"),
    Row("pure", 1, "the inputs are left alone", pure(softmax_xent, softmax_xent_grad), needs="loss grad"),
    Row("shift", 1, "a shift changes nothing", holds(blind_to_a_shift, softmax_xent), needs="loss", hidden=True),
])
'''

SOFTMAX_SOLUTION = """\
import numpy as np


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax_xent(logits, labels):
    rows = np.arange(len(labels))
    return -log_softmax(logits)[rows, labels].mean()


def softmax_xent_grad(logits, labels):
    grad = np.exp(log_softmax(logits))
    grad[np.arange(len(labels)), labels] -= 1
    return grad / len(labels)
"""

SOFTMAX_MISTAKES = """
from grader import Mistake

mistakes = [
    Mistake("loss summed", was="labels].mean()", now="labels].sum()",
            say="Your loss grows with the batch: average over the rows."),
    Mistake("gradient not averaged", was="return grad / len(labels)", now="return grad",
            say="Your gradient is that of the summed loss: the mean's 1/n is missing."),
    Mistake("no max shift", was="logits - logits.max(axis=1, keepdims=True)", now="logits",
            say="exp(1000) overflows: subtract each row's maximum first."),
    Mistake("one-hot forgotten", was="grad[np.arange(len(labels)), labels] -= 1", now="pass",
            say="That is softmax(logits); its derivative subtracts 1 at the label."),
    Mistake("logits changed in place", was="shifted = logits -",
            now="logits -= logits.max(axis=1, keepdims=True); shifted = logits -",
            say="You subtract the maximum from the caller's array: make a new one."),
]
"""

ONE_HOT_BY_EYE = '''\
"""one-hot by eye"""
import numpy as np

def softmax_xent_grad(logits, labels):
    grad = np.exp(log_softmax(logits))
    grad = grad - np.eye(logits.shape[1])[labels]
    return grad / len(labels)
'''

LOGADDEXP = '''\
"""logaddexp"""
import numpy as np

def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.logaddexp.reduce(shifted, axis=1, keepdims=True)
'''

SOFTMAX_HANDOUT = """# Softmax

The loss of a classifier.

{stub softmax_xent}

{check loss}
{check huge}

Now downhill.

{stub softmax_xent_grad}

{check grad}
{check sums}
{check pure}
"""

SOFTMAX_REFERENCE = """
from torch.nn.functional import cross_entropy
from grader.truth.reference import derivative

def softmax_xent(logits, labels):
    return cross_entropy(logits, labels)

softmax_xent_grad = derivative(softmax_xent, wrt="logits")
"""

HEAVY_TOPIC = '''
"""Gradient descent with a heavy ball."""
from grader import Opaque, Reals, Row, Topic, converges, trajectory

def heavy_ball(w: Reals["n"], dw: Reals["n"], state: Opaque, *, lr=0.1, beta=0.9) -> (Reals["n"], Opaque):
    """One step:  v ← beta v + dw,  w ← w - lr v.  `state` is {} before the first step."""

def bowls(rng):
    to = rng.uniform(-3, 3, size=2)
    yield "a bowl", {"start": to + [-2, 3], "to": to}

def slope(w, case):
    return (w - case["to"]) * [1.0, 4.0]

topic = Topic("Heavy ball", lambda rng: iter(()), rubric=[
    Row("steps", 3, "ten steps are right", trajectory(heavy_ball, steps=10)),
    Row("two", 2, "two tensors do not share a state", trajectory(heavy_ball, steps=4, tensors=2, lr=0.5), needs="steps"),
    Row("bowl", 1, "it finds the bottom of a bowl",
        converges(heavy_ball, slope, on=bowls, within=0.05, steps=60, lr=0.1, beta=0.5)),
])
'''

HEAVY_SOLUTION = """\
def heavy_ball(w, dw, state, *, lr=0.1, beta=0.9):
    v = beta * state.get("v", 0) + dw
    return w - lr * v, {"v": v}
"""

HEAVY_MISTAKES = """
from grader import Mistake

mistakes = [
    Mistake("uphill", was="w - lr * v", now="w + lr * v", costs=3, say="You step uphill: subtract."),
    Mistake("a moving average", was="+ dw", now="+ (1 - beta) * dw", costs=3, say="That is an average: add all of dw."),
]
"""

IN_PLACE = '''\
"""in place"""

def heavy_ball(w, dw, state, *, lr=0.1, beta=0.9):
    state.setdefault("v", 0 * w)
    state["v"] *= beta
    state["v"] += dw
    w -= lr * state["v"]
    return w, state
'''

HEAVY_HANDOUT = """# Heavy ball

{stub heavy_ball}

{check steps}
{check two}
{check bowl}
"""

HEAVY_REFERENCE = """
import torch
from grader.truth.reference import stepwise

heavy_ball = stepwise(lambda ps, lr, beta: torch.optim.SGD(ps, lr=lr, momentum=beta))
"""

SOFT, HEAVY = "softmax_xent", "heavy_ball"  # the modules
TOPICS = {
    SOFT: (SOFTMAX_TOPIC, SOFTMAX_SOLUTION, SOFTMAX_MISTAKES, SOFTMAX_HANDOUT, SOFTMAX_REFERENCE),
    HEAVY: (HEAVY_TOPIC, HEAVY_SOLUTION, HEAVY_MISTAKES, HEAVY_HANDOUT, HEAVY_REFERENCE),
}
VARIANTS = {
    "softmax_xent": {"one_hot_by_eye.py": ONE_HOT_BY_EYE, "logaddexp.py": LOGADDEXP},
    "heavy_ball": {"in_place.py": IN_PLACE},
}

SETTINGS = """\
name: A small course
topics:
  softmax-xent: {weight: 2}
  heavy-ball:
limits: {row_cpu_seconds: 0.5, cell_cpu_seconds: 0.5, submission_cpu_seconds: 10, wall_factor: 8, memory_mb: 1024}
device: cpu
"""


def make_course(root: Path) -> Path:
    """Write the course below `root`, which may not exist yet."""
    for module, (topic, solution, mistakes, handout, reference) in TOPICS.items():
        folder = root / "assignments" / module
        (folder / "variants").mkdir(parents=True)
        files = {"topic.py": topic, "solution.py": solution, "mistakes.py": mistakes, "handout.md": handout}
        files |= {f"variants/{name}": text for name, text in VARIANTS[module].items()}
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        (root / "reference").mkdir(exist_ok=True)
        (root / "reference" / f"{module}.py").write_text(reference, encoding="utf-8")
    (root / "autograder.yml").write_text(SETTINGS, encoding="utf-8")
    return root


def hand_in(folder: Path, student: str, text: str, file: str = "softmax-xent.py") -> Path:
    """A submission FOLDER/STUDENT/FILE."""
    path = folder / student / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def edit(folder: Path, module: str, file: str, was: str, now: str) -> None:
    """Replace the one occurrence of `was` in a topic's file."""
    path = folder / "assignments" / module / file
    text = path.read_text(encoding="utf-8")
    assert text.count(was) == 1, f"{file} has {text.count(was)} times {was!r}"
    path.write_text(text.replace(was, now), encoding="utf-8")
