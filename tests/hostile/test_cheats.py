"""What no value tells from honest work: other ways to get the right gradient. Which row sees it, on batch normalisation.

The row `cheap` times a large case from outside. An automatic differentiation that the student brings along is as cheap as
what is asked for, and as exact: it is for whoever reads the notebook to see.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.grade import Grading
from grader.result import Status
from grader.submission.find import Submission
from hostile.harness import Range
from support.repository import ROOT, own_course

SOLUTION = (ROOT / "assignments" / "batch_norm" / "solution.py").read_text()

COMMON = """
def batch_norm_forward(x, gamma, beta, *, eps=1e-5):
    return _forward(x, gamma, beta, eps), (x, gamma, beta, eps)


def _forward(x, gamma, beta, eps):
    centred = x - x.mean(axis=0)
    return gamma * centred / np.sqrt((centred * centred).mean(axis=0) + eps) + beta


def batch_norm_backward(dout, cache):
    *arguments, eps = cache
    return tuple(_slope(lambda a: (dout * _forward(*arguments[:i], a, *arguments[i + 1:], eps)).sum(), argument)
                 for i, argument in enumerate(arguments))
"""

CENTRAL = """

def _slope(f, x, h=1e-6):
    slope = np.zeros_like(x)
    for at in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[at] = h
        slope[at] = (f(x + step) - f(x - step)) / (2 * h)
    return slope
"""

COMPLEX = """

def _slope(f, x, h=1e-30):
    slope = np.zeros_like(x)
    for at in np.ndindex(*x.shape):
        step = x.astype(complex)
        step[at] += 1j * h
        slope[at] = f(step).imag / h
    return slope
"""

TAPE = """
class Tape:
    def __init__(self, value, parents=()):
        self.value, self.parents, self.grad = value, parents, 0.0

    def __add__(self, other):
        return Tape(self.value + other.value, [(self, lambda g: g), (other, lambda g: g)])

    def __mul__(self, other):
        return Tape(self.value * other.value, [(self, lambda g: g * other.value), (other, lambda g: g * self.value)])

    def power(self, p):
        return Tape(self.value**p, [(self, lambda g: g * p * self.value ** (p - 1))])

    def mean(self):
        n = len(self.value)
        return Tape(self.value.mean(axis=0), [(self, lambda g: np.broadcast_to(g / n, self.value.shape))])

    def backward(self, g):
        g = np.asarray(g)
        while g.ndim > np.ndim(self.value):
            g = g.sum(axis=0)
        self.grad = self.grad + g
        for parent, back in self.parents:
            parent.backward(back(g))


def batch_norm_forward(x, gamma, beta, *, eps=1e-5):
    leaves = x, gamma, beta = Tape(x), Tape(gamma), Tape(beta)
    centred = x + x.mean() * Tape(np.array(-1.0))
    out = gamma * (centred * ((centred * centred).mean() + Tape(np.array(eps))).power(-0.5)) + beta
    return out.value, (out, leaves)


def batch_norm_backward(dout, cache):
    out, leaves = cache
    for leaf in leaves:
        leaf.grad = 0.0
    out.backward(dout)
    return tuple(leaf.grad for leaf in leaves)
"""


@pytest.mark.timing(reason="the row `cheap` compares processor times, which neighbours on the same core change")
@pytest.mark.parametrize(
    ("code", "seen_by"),
    [
        pytest.param("", set(), id="the solution"),
        pytest.param(COMMON + CENTRAL, {"dx", "dx_edges", "cheap"}, id="central differences"),
        pytest.param(COMMON + COMPLEX, {"cheap"}, id="a complex step"),
        pytest.param(TAPE, set(), id="an automatic differentiation brought along"),
    ],
)
def test_a_gradient_got_by_other_ways_is_seen_by_the_row_cheap_or_not_at_all(
    range_: Range, tmp_path: Path, code: str, seen_by: set[str]
) -> None:
    path = tmp_path / "batch-norm.py"
    path.write_text(SOLUTION + code)
    grading = Grading(replace(range_.course, root=ROOT, limits=own_course().limits), range_.grading("full").jail)
    result = grading.grade(Submission("mallory", "batch-norm", path))
    lost = {row.id for row in result.rows if row.status is not Status.EARNED}
    assert (
        lost & {"fwd", "dx", "dx_edges", "dgamma", "dbeta", "cheap", "moving_mean", "moving_var", "infer"} == seen_by
    ), [row.message for row in result.rows]
